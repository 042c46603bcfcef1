"""The doing shell: activities, each safe to run twice, and the relay that starts what is owed."""
