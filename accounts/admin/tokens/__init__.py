"""Pages about tokens: one that somebody sent, and those near their budget."""
