"""Query parameters of lists of items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Query

from cortex.api.schemas.words import Moment
from cortex.domain.item import ItemFilters, Kind, Status

Sort = Literal[
    "-created_at", "created_at", "-updated_at", "updated_at", "title", "-title", "-published_at", "published_at",
    "-reading_minutes", "reading_minutes", "-deleted_at", "deleted_at",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ListingQuery:
    """Which part of a list, in which order."""

    sort: str
    limit: int
    cursor: str | None
    offset: int


def _filters(
    *,
    status: Annotated[list[Status] | None, Query()] = None,
    kind: Annotated[list[Kind] | None, Query()] = None,
    tag: Annotated[list[str] | None, Query(max_length=50)] = None,
    collection_id: str | None = None,
    source: str | None = None,
    site: str | None = None,
    favourite: bool | None = None,
    archived: bool | None = None,
    read: bool | None = None,
    local_only: bool | None = None,
    trashed: bool = False,
    created_after: Moment | None = None,
    created_before: Moment | None = None,
) -> ItemFilters:
    return ItemFilters(
        status=tuple(status) if status else None,
        kind=tuple(kind) if kind else None,
        tags=tuple(tag) if tag else None,
        collection_id=collection_id,
        source=source,
        site=site,
        favourite=favourite,
        archived=archived,
        read=read,
        local_only=local_only,
        trashed=trashed,
        created_after=created_after,
        created_before=created_before,
    )


def _listing(
    sort: Sort = "-created_at",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=4000)] = None,
    offset: Annotated[int, Query(ge=0, lt=1 << 40)] = 0,
) -> ListingQuery:
    return ListingQuery(sort, limit, cursor, offset)


Filters = Annotated[ItemFilters, Depends(_filters)]
Listing = Annotated[ListingQuery, Depends(_listing)]
