"""Who may do what: core systems, their keys and scopes."""
