"""Lists that are short enough to be read whole: a page of them is a slice, its cursor the place where it ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query

from cortex.domain.paging import Page

T = TypeVar("T")


class Slice(Generic[T]):
    """Which part of a short list is asked for."""

    def __init__(self, start: int, limit: int):
        self._start = start
        self._end = start + limit

    def of(self, everything: Sequence[T]) -> Page[T]:
        """That part."""
        more = self._end < len(everything)
        return Page(list(everything[self._start : self._end]), str(self._end) if more else None, len(everything))


def _slice(
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(pattern=r"^[0-9]{1,9}$")] = None,
    offset: Annotated[int, Query(ge=0, lt=1 << 40)] = 0,
) -> Slice[object]:
    return Slice(int(cursor) if cursor is not None else offset, limit)


Part = Annotated[Slice[T], Depends(_slice)]
"""`?limit=&cursor=&offset=` of a short list."""
