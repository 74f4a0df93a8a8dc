"""A collection: a folder that holds items and other collections."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Collection:
    """A folder. `items` counts the live items right in it, not those further below."""

    id: str
    name: str
    created_at: str
    updated_at: str
    parent_id: str | None = None
    items: int = 0
