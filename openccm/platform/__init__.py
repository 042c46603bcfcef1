"""What every room stands on: settings, database, clock, trail, outbox, secrets, the stack."""
