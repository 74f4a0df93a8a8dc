"""A tag of the vocabulary."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag with how many live items carry it, and on how many of them a person put it."""

    name: str
    count: int
    by_user: int


@dataclass(frozen=True, slots=True)
class TagMerge:
    """Two tags that seem to mean the same: the less used one, and the one that would take its place."""

    name: str
    count: int
    into: str
    into_count: int
