"""Named SQL, one noun a module: each takes the database or, inside a transaction, its connection."""
