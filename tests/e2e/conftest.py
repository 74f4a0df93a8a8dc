"""Fixtures of the tests with real processes."""

from __future__ import annotations

from tests.e2e.small_disk import small_disk

__all__ = ["small_disk"]
