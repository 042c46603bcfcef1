"""The deciding shell: durable workflows that run plans. No clocks, no I/O, no templates."""
