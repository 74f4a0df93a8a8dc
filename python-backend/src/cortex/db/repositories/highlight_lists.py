"""Highlights of the whole library: paged newest first, and item by item for an export."""

from __future__ import annotations

import json
from dataclasses import dataclass

from cortex.db.driver import Connection, Row
from cortex.db.repositories import highlights
from cortex.domain.highlight import HighlightFilters, HighlightItem, ListedHighlight
from cortex.domain.paging import Page, Position, from_cursor, to_cursor
from cortex.exceptions import ValidationError

_SORT = "highlights -created_at"
_SHOWN = "h.*, i.title, i.url, i.site_name, i.kind, i.content_version AS item_content_version"
# CROSS: there are few highlights and many items, whatever SQLite thinks of the conditions.
_FROM = "FROM highlights h CROSS JOIN items i ON i.id = h.item_id"
_TAGGED = "SELECT it.item_number FROM item_tags it JOIN tags t ON t.number = it.tag_number WHERE t.name = ?"


@dataclass(frozen=True, slots=True)
class Reached:
    """How far an export came: the last highlight that it read."""

    item_id: str
    start: int
    highlight_id: str


def page(
    connection: Connection,
    filters: HighlightFilters,
    *,
    expression: str | None,
    limit: int,
    cursor: str | None = None,
    offset: int = 0,
) -> Page[ListedHighlight]:
    """A page of the matching highlights, newest first; `expression` is one of FTS5. Those of items in the trash do not
    count. Raises ValidationError for a foreign cursor."""
    where, values = _conditions(filters, expression)
    total = int(connection.execute(f"SELECT count(*) {_FROM} WHERE {where}", values).fetchone()[0])
    after = ""
    if cursor is not None:
        position = _position(cursor)
        after = " AND (h.created_at, h.entry) < (?, ?)"
        values += [position.value, position.number]
    rows = connection.execute(
        f"SELECT {_SHOWN} {_FROM} WHERE {where}{after} ORDER BY h.created_at DESC, h.entry DESC LIMIT ? OFFSET ?",
        (*values, limit + 1, 0 if cursor is not None else offset),
    ).fetchall()
    shown = rows[:limit]
    following = None
    if len(rows) > limit:
        following = to_cursor(Position(_SORT, shown[-1]["created_at"], shown[-1]["entry"]))
    return Page([_listed(row) for row in shown], following, total)


def by_item(
    connection: Connection,
    filters: HighlightFilters,
    *,
    expression: str | None,
    after: Reached | None,
    limit: int,
) -> tuple[list[ListedHighlight], Reached | None]:
    """The matching highlights that follow, those of the item that was saved last first, each item's in the order of
    its text; and how far that reached (None: to the end)."""
    where, values = _conditions(filters, expression)
    if after is not None:
        where += " AND h.item_id <= ? AND (h.item_id < ? OR (h.start, h.id) > (?, ?))"
        values += [after.item_id, after.item_id, after.start, after.highlight_id]
    rows = connection.execute(
        f"SELECT {_SHOWN} {_FROM} WHERE {where} ORDER BY h.item_id DESC, h.start, h.id LIMIT ?", (*values, limit)
    ).fetchall()
    last = rows[-1] if len(rows) == limit else None
    reached = Reached(last["item_id"], last["start"], last["id"]) if last is not None else None
    return [_listed(row) for row in rows], reached


def _conditions(filters: HighlightFilters, expression: str | None) -> tuple[str, list[object]]:
    parts = ["i.deleted_at IS NULL"]
    values: list[object] = []

    def add(condition: str, *parameters: object) -> None:
        parts.append(condition)
        values.extend(parameters)

    if filters.item_id is not None:
        add("h.item_id = ?", filters.item_id)
    if filters.colours:
        add("h.colour IN (SELECT value FROM json_each(?))", json.dumps(filters.colours))
    for tag in filters.tags:
        add(f"i.number IN ({_TAGGED})", tag)
    if filters.noted is not None:
        add(f"h.note IS {'NOT ' if filters.noted else ''}NULL")
    if filters.created_after is not None:
        add("h.created_at >= ?", filters.created_after)
    if filters.created_before is not None:
        add("h.created_at < ?", filters.created_before)
    if expression is not None:
        add("h.entry IN (SELECT rowid FROM chunks_fts WHERE chunks_fts MATCH ?)", expression)
    return " AND ".join(parts), values


def _position(cursor: str) -> Position:
    try:
        position = from_cursor(cursor)
    except ValueError:
        position = None
    if position is None or position.sort != _SORT:
        message = "This cursor does not belong to this list. Start again without one."
        raise ValidationError(message, details=[{"loc": ["query", "cursor"], "msg": message, "type": "cursor"}])
    return position


def _listed(row: Row) -> ListedHighlight:
    item = HighlightItem(
        id=row["item_id"],
        title=row["title"],
        url=row["url"],
        site_name=row["site_name"],
        kind=row["kind"],
        content_version=row["item_content_version"],
    )
    return ListedHighlight(highlights.of_row(row), item)
