"""The customers' mail server: every address is a mailbox, and each can be made to misbehave."""
