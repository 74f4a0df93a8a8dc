"""What a model may do while it answers: search and read the library at once, write to it with the owner's approval."""
