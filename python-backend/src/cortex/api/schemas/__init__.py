"""Shapes of requests and answers that more than one route uses."""
