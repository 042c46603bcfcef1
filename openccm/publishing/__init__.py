"""Telling core systems what became of their requests: subscriptions and signed callbacks."""
