"""`cortex …`: one module a command; `commands` puts them together."""
