"""OpenCCM core: pure rules, tables, queries and contracts."""
