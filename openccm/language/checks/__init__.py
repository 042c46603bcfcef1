"""What a definition must fulfil beyond its shape, one module for each part of it."""
