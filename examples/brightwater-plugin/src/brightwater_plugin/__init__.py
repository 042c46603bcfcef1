"""What Brightwater Energy brings to OpenCCM."""
