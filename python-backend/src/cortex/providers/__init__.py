"""Models: the embedded one, and others behind the same small protocols."""
