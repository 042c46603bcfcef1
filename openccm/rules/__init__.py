"""Rules in CEL: compiled against declared fields, evaluated over plain data, no side effects."""
