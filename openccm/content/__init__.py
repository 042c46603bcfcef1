"""What communications say: templates rendered in a sandbox, documents typeset, bytes stored."""
