"""Articles become entries: what a heading, a label or a table row means, and which text belongs to which entry."""
