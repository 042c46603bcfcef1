"""Customer-supplied code: hooks and custom rules, called the same way wherever they live."""
