"""Cortex: a local-first second brain, one process that owns one SQLite file."""

__version__ = "0.1.0"
