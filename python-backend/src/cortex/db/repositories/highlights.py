"""Highlights of items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cortex.db.driver import Connection
from cortex.domain.highlight import Highlight
from cortex.exceptions import HighlightNotFoundError

_COLUMNS = (
    "id", "item_id", "content_version", "quote", "start", "end", "page", "note", "colour", "created_at", "updated_at",
)  # fmt: skip


def of_item(connection: Connection, item_id: str) -> list[Highlight]:
    """An item's highlights in the order of its text."""
    rows = connection.execute("SELECT * FROM highlights WHERE item_id = ? ORDER BY start, id", (item_id,))
    return [Highlight(**dict(row)) for row in rows]


def get(connection: Connection, item_id: str, highlight_id: str) -> Highlight:
    """One highlight of this item. Raises HighlightNotFoundError."""
    row = row_of(connection, highlight_id)
    if row is None or row["item_id"] != item_id:
        raise HighlightNotFoundError(f"No highlight {highlight_id[:80]}.")
    return Highlight(**row)


def row_of(connection: Connection, highlight_id: str) -> dict[str, Any] | None:
    """The plain row of a highlight; None when there is none."""
    row = connection.execute("SELECT * FROM highlights WHERE id = ?", (highlight_id,)).fetchone()
    return dict(row) if row is not None else None


def put(connection: Connection, highlight_id: str, row: Mapping[str, object] | None) -> None:
    """Write a row as it is; None deletes it."""
    connection.execute("DELETE FROM highlights WHERE id = ?", (highlight_id,))
    if row is not None:
        names = ", ".join(f'"{name}"' for name in _COLUMNS)
        marks = ", ".join("?" for _ in _COLUMNS)
        connection.execute(f"INSERT INTO highlights ({names}) VALUES ({marks})", tuple(row[name] for name in _COLUMNS))
