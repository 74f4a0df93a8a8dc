"""Durable jobs: enqueued with what they are about, claimed with a lease, retried, given up with a reason."""
