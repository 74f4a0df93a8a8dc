"""Digests: what is new, what it belongs with, what was forgotten, what to read next, what is due."""
