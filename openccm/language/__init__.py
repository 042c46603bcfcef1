"""The language of definitions: YAML to checked definition to plan; pure but for one loader."""
