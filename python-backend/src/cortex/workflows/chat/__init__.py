"""Chat: a question with its history in, a cited answer out, as events while it is made."""
