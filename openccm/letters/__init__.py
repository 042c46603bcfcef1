"""Letters: print runs, the pieces in them, and what becomes of both."""
