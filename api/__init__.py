"""The HTTP shell: takes, asks the core, answers."""
