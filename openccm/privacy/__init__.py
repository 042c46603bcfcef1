"""What a person allows, wishes and forbids: consents, preferences, suppressions."""
