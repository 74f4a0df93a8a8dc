"""Pages of lists: opaque cursors that name the last row seen, so that rows that come or go move nothing."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
Value = str | int | float | None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a list. `next_cursor` is None at the end; `total` counts the whole list."""

    items: list[T]
    next_cursor: str | None
    total: int


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a sorted list: after the row with this value of the sort key and this number."""

    sort: str
    value: Value
    number: int


def to_cursor(position: Position) -> str:
    """The opaque text of a position."""
    packed = json.dumps([position.sort, position.value, position.number], separators=(",", ":"))
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def from_cursor(cursor: str) -> Position:
    """The position that a cursor names. Raises ValueError when it is none of ours."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        parts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        json.dumps(parts, ensure_ascii=False).encode()  # a lone surrogate is no text that could be looked for
    except (binascii.Error, UnicodeError, RecursionError, ValueError):
        raise ValueError("not a cursor") from None
    if not isinstance(parts, list) or len(parts) != 3:
        raise ValueError("not a cursor")
    sort, value, number = parts
    valid_value = value is None or (isinstance(value, str | int | float) and not isinstance(value, bool))
    fits = isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 1 << 62
    if not isinstance(sort, str) or not valid_value or not fits or (isinstance(value, int) and abs(value) >= 1 << 62):
        raise ValueError("not a cursor")
    return Position(sort, value, number)
