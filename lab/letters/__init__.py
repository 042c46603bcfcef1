"""The print house: collects letters from a folder and reports what became of them."""
