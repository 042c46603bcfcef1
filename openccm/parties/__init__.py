"""Whom we communicate with: persons, accounts, premises, how they hang together and are found."""
