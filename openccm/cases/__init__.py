"""Cases that are worked on until they are closed, and the compensations offered in them."""
