"""What `cortex self-test` tries: the parts one by one, then all of them together through the API."""
