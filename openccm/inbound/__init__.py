"""What comes back from outside, read and made into facts."""
