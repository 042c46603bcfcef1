"""Local counterparts of the outside world: mail server, webhook receiver, print house, billing."""
