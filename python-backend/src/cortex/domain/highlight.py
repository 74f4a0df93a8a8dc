"""Highlights: words of items that somebody marked."""

from __future__ import annotations

from dataclasses import dataclass

from cortex.domain.item import Kind


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


@dataclass(frozen=True, slots=True)
class HighlightItem:
    """What a list of highlights says of the item that one stands in."""

    id: str
    title: str
    url: str | None
    site_name: str | None
    kind: Kind
    content_version: int
    """A highlight of another version lost its words."""


@dataclass(frozen=True, slots=True)
class ListedHighlight:
    """A highlight with its item."""

    highlight: Highlight
    item: HighlightItem


@dataclass(frozen=True, slots=True)
class HighlightFilters:
    """Conditions on highlights; all must hold. Empty means no condition."""

    item_id: str | None = None
    colours: tuple[str, ...] = ()
    """Any of them."""
    tags: tuple[str, ...] = ()
    """Of the item; all of them."""
    noted: bool | None = None
    """Whether there is a note."""
    created_after: str | None = None
    """RFC 3339; that moment included."""
    created_before: str | None = None
    """RFC 3339; that moment excluded."""
