"""Logs and metrics. Neither ever holds content, queries, tokens or full addresses."""
