"""A highlight: words of an item that somebody marked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Highlight:
    """Marked words; `start` and `end` are code points of the item's text at `content_version`."""

    id: str
    item_id: str
    content_version: int
    quote: str
    start: int
    end: int
    colour: str
    created_at: str
    updated_at: str
    page: int | None = None
    note: str | None = None
