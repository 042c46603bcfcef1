"""Human work: to-dos, who may take them, and what their outcome is."""
