"""Durable jobs: enqueued in the transaction of what they are about, claimed with a lease, retried, given up with a reason."""
