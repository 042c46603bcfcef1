"""The demo company: its people, its core system, and a story that shows every outcome."""
