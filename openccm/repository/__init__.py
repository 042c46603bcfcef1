"""Published definitions: immutable versions with everything they need, by digest."""
