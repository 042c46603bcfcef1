"""Whom we communicate with: persons, their accounts, and where they can be reached."""
