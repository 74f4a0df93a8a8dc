"""Highlights of items, each with its entry in the word index."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from cortex.db import search_index
from cortex.db.driver import Connection, Row
from cortex.domain.chunk import MOST_HIGHLIGHTS, ORDINAL_BITS, highlight_entry_number
from cortex.domain.highlight import Highlight
from cortex.domain.index_text import index_text
from cortex.exceptions import ConflictError, HighlightNotFoundError

_COLUMNS = (
    "id", "item_id", "content_version", "quote", "start", "end", "page", "note", "colour", "created_at", "updated_at",
)  # fmt: skip


def of_item(connection: Connection, item_id: str) -> list[Highlight]:
    """An item's highlights in the order of its text."""
    rows = connection.execute("SELECT * FROM highlights WHERE item_id = ? ORDER BY start, id", (item_id,))
    return [of_row(row) for row in rows]


def of_row(row: Row) -> Highlight:
    """The highlight in a row that holds all columns of `highlights`."""
    return Highlight(**{name: row[name] for name in _COLUMNS})


def of_entries(connection: Connection, entries: Iterable[int]) -> dict[int, Highlight]:
    """The highlights behind these entries of the word index."""
    rows = connection.execute(
        "SELECT * FROM highlights WHERE entry IN (SELECT value FROM json_each(?))", (json.dumps(list(entries)),)
    )
    return {row["entry"]: of_row(row) for row in rows}


def passages_of(connection: Connection, entries: Sequence[int]) -> dict[int, int]:
    """The passage in which each of these entries' highlights stands, where one does: by its place in the present text,
    else by its words."""
    if not entries:
        return {}
    rows = connection.execute(
        "SELECT h.entry, min(c.id) FROM highlights h JOIN chunks c "
        f"ON c.id BETWEEN (h.entry >> {ORDINAL_BITS} << {ORDINAL_BITS}) AND h.entry "
        "WHERE h.entry IN (SELECT value FROM json_each(?)) AND CASE WHEN c.content_version = h.content_version "
        'THEN h.start >= c.start AND h.start < c."end" ELSE instr(c.text, h.quote) > 0 END GROUP BY h.entry',
        (json.dumps(list(entries)),),
    )
    return {row[0]: row[1] for row in rows}


def content_versions(connection: Connection, item_ids: Collection[str]) -> dict[str, int]:
    """The version of the present content of each of these items that there is."""
    rows = connection.execute(
        "SELECT id, content_version FROM items WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(item_ids)),),
    )
    return {row[0]: row[1] for row in rows}


def get(connection: Connection, item_id: str, highlight_id: str) -> Highlight:
    """One highlight of this item. Raises HighlightNotFoundError."""
    row = row_of(connection, highlight_id)
    if row is None or row["item_id"] != item_id:
        raise HighlightNotFoundError(f"No highlight {highlight_id[:80]}.")
    return Highlight(**row)


def row_of(connection: Connection, highlight_id: str) -> dict[str, Any] | None:
    """The plain row of a highlight; None when there is none."""
    row = connection.execute("SELECT * FROM highlights WHERE id = ?", (highlight_id,)).fetchone()
    return {name: row[name] for name in _COLUMNS} if row is not None else None


def put(connection: Connection, highlight_id: str, row: Mapping[str, object] | None) -> None:
    """Write a row as it is, and its words into the word index; None deletes it. Raises ConflictError when its item has
    more highlights than the index has numbers for."""
    connection.execute("DELETE FROM highlights WHERE id = ?", (highlight_id,))
    if row is not None:
        names = ", ".join(f'"{name}"' for name in _COLUMNS)
        marks = ", ".join("?" for _ in _COLUMNS)
        connection.execute(f"INSERT INTO highlights ({names}) VALUES ({marks})", tuple(row[name] for name in _COLUMNS))
        _enter_index(connection, highlight_id)


def index_all(connection: Connection) -> None:
    """Write the words of every highlight that has no entry in the word index yet."""
    for (highlight_id,) in connection.execute("SELECT id FROM highlights WHERE entry IS NULL ORDER BY id").fetchall():
        _enter_index(connection, highlight_id)


def _enter_index(connection: Connection, highlight_id: str) -> None:
    number, quote, note = connection.execute(
        "SELECT i.number, h.quote, h.note FROM highlights h JOIN items i ON i.id = h.item_id WHERE h.id = ?",
        (highlight_id,),
    ).fetchone()
    entry = _free_entry(connection, number)
    connection.execute("UPDATE highlights SET entry = ? WHERE id = ?", (entry, highlight_id))
    # The note stands where headings do, which weigh more: it is the owner's own, the quote is in a passage anyway.
    words = search_index.Entry(entry, title="", heading=index_text(note or ""), body=index_text(quote), tags="")
    search_index.write_entries(connection, [words])


def _free_entry(connection: Connection, item_number: int) -> int:
    """The first number of an item's that no highlight has."""
    first, last = highlight_entry_number(item_number, 0), highlight_entry_number(item_number, MOST_HIGHLIGHTS - 1)
    free = connection.execute(
        "SELECT max(number) FROM (SELECT ?1 AS number UNION ALL "
        "SELECT entry - 1 FROM highlights WHERE entry BETWEEN ?2 AND ?1) "
        "WHERE number >= ?2 AND NOT EXISTS (SELECT 1 FROM highlights WHERE entry = number)",
        (first, last),
    ).fetchone()[0]
    if free is None:
        raise ConflictError(
            f"This item has {MOST_HIGHLIGHTS} highlights already, the most one may have. Nothing changed."
        )
    return int(free)
