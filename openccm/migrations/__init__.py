"""The database's schema and how it is brought up to date."""
