"""A digest from what was saved to what is shown: gather, theme, rank, write, verify, store."""
