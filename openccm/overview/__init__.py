"""What an agent sees of a person, an account or a premise at one glance."""
