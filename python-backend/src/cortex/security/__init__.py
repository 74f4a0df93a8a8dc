"""Who may call, and what may go out."""
