"""Customer contacts: who was in touch with whom, why and how; and the promises to look again."""
