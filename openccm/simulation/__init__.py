"""Playing definitions through: the code that decides in production, with the outside played."""
