"""A collection: a folder that holds items and other collections, or, with a query, whatever matches it now."""

from __future__ import annotations

from dataclasses import dataclass

from cortex.domain.search import NO_FILTERS, Filters


@dataclass(frozen=True, slots=True)
class CollectionQuery:
    """What a smart collection holds: items that pass the filters and hold every word and phrase of the query."""

    query: str = ""
    filters: Filters = NO_FILTERS


@dataclass(frozen=True, slots=True)
class Collection:
    """A folder. `items` counts the live items right in it, not those further below; of a smart one what matches."""

    id: str
    name: str
    created_at: str
    updated_at: str
    parent_id: str | None = None
    items: int = 0
    query: CollectionQuery | None = None
