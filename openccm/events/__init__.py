"""What core systems report: system events, and the bindings that turn them into deeds."""
