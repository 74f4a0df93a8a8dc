"""A tag of the vocabulary."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag with how many live items carry it, and on how many of them a person put it."""

    name: str
    count: int
    by_user: int
