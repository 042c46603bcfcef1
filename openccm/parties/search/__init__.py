"""One search box over persons, accounts and premises: words of objects, and how they are found."""
