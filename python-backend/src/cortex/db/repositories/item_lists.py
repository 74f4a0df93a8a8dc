"""Lists of items: sorted, filtered, paged, counted."""

from __future__ import annotations

from dataclasses import dataclass

from cortex.db.driver import Connection
from cortex.db.repositories import items, tags
from cortex.db.repositories.list_filters import conditions
from cortex.domain.item import Item, ItemFilters
from cortex.domain.paging import Page, Position, from_cursor, to_cursor
from cortex.exceptions import ValidationError

# Expressions that 0001_library.sql indexes; a row without a date of its own sorts by the day it was saved.
_SORT_KEYS = {
    "created_at": "items.created_at",
    "updated_at": "items.updated_at",
    "title": "items.title COLLATE NOCASE",
    "published_at": "coalesce(items.published_at, items.created_at)",
    "reading_minutes": "items.reading_minutes",
    "deleted_at": "items.deleted_at",
}


@dataclass(frozen=True, slots=True)
class Facet:
    """How many of the matching items have this value."""

    value: str
    count: int
    label: str | None = None
    """A readable name where the value is an id."""


def page(
    connection: Connection, filters: ItemFilters, *, sort: str, limit: int, cursor: str | None = None, offset: int = 0
) -> Page[Item]:
    """A page of the matching items. Raises ValidationError when the cursor belongs to another list."""
    where, values = conditions(filters)
    key = _SORT_KEYS[sort.removeprefix("-")]
    direction, beyond = ("DESC", "<") if sort.startswith("-") else ("ASC", ">")
    total = count(connection, filters)
    after = ""
    if cursor is not None:
        position = _position(cursor, sort)
        after = f" AND ({key}, items.number) {beyond} (?, ?)"
        values += [position.value, position.number]
    rows = connection.execute(
        f"SELECT items.*, {key} AS sort_value FROM items WHERE {where}{after} "
        f"ORDER BY {key} {direction}, items.number {direction} LIMIT ? OFFSET ?",
        (*values, limit + 1, 0 if cursor is not None else offset),
    ).fetchall()
    shown = rows[:limit]
    more = len(rows) > limit
    following = to_cursor(Position(sort, shown[-1]["sort_value"], shown[-1]["number"])) if more else None
    return Page(items.from_rows(connection, shown), following, total)


def _position(cursor: str, sort: str) -> Position:
    try:
        position = from_cursor(cursor)
    except ValueError:
        position = None
    if position is None or position.sort != sort:
        message = "This cursor does not belong to this list. Start again without one."
        raise ValidationError(message, details=[{"loc": ["query", "cursor"], "msg": message, "type": "cursor"}])
    return position


def count(connection: Connection, filters: ItemFilters) -> int:
    """How many items match."""
    where, values = conditions(filters)
    return int(connection.execute(f"SELECT count(*) FROM items WHERE {where}", values).fetchone()[0])


def matching_ids(connection: Connection, filters: ItemFilters) -> list[str]:
    """The ids of all matching items, oldest first."""
    where, values = conditions(filters)
    return [row[0] for row in connection.execute(f"SELECT items.id FROM items WHERE {where} ORDER BY number", values)]


def facets(connection: Connection, filters: ItemFilters, *, limit: int) -> dict[str, list[Facet]]:
    """Counts of the matching items by kind, tag, site, collection and month, each at most `limit` values,
    but every month: they say where in the list a date stands."""
    where, values = conditions(filters)
    rows = connection.execute(
        "WITH matching AS MATERIALIZED (SELECT items.kind, items.site, items.collection_id, "
        f"substr(items.created_at, 1, 7) AS month FROM items WHERE {where}) "
        "SELECT 'kind' AS facet, kind AS value, count(*) AS n, NULL AS label FROM matching GROUP BY kind "
        "UNION ALL SELECT 'site', site, count(*), NULL FROM matching WHERE site IS NOT NULL GROUP BY site "
        "UNION ALL SELECT 'month', month, count(*), NULL FROM matching GROUP BY month "
        "UNION ALL SELECT 'collection', c.id, count(*), c.name FROM matching m JOIN collections c "
        "ON c.id = m.collection_id GROUP BY c.id",
        values,
    ).fetchall()
    found: dict[str, list[Facet]] = {name: [] for name in ("kind", "tag", "site", "collection", "month")}
    for row in rows:
        found[row["facet"]].append(Facet(row["value"], row["n"], row["label"]))
    found["tag"] = _tag_facet(connection, filters)
    for name, facet in found.items():
        facet.sort(key=lambda one: one.value, reverse=name == "month")
        if name != "month":
            facet.sort(key=lambda one: -one.count)
    return {name: facet if name == "month" else facet[:limit] for name, facet in found.items()}


def _tag_facet(connection: Connection, filters: ItemFilters) -> list[Facet]:
    if filters == ItemFilters():
        return [Facet(tag.name, tag.count) for tag in tags.counted(connection)]
    where, values = conditions(filters)
    rows = connection.execute(
        f"WITH matching AS MATERIALIZED (SELECT items.number FROM items WHERE {where}), "
        "carried AS (SELECT it.tag_number, count(*) AS n FROM matching m "
        "JOIN item_tags it ON it.item_number = m.number GROUP BY it.tag_number) "
        "SELECT t.name, c.n FROM carried c JOIN tags t ON t.number = c.tag_number",
        values,
    )
    return [Facet(name, number) for name, number in rows]


def trashed_before(connection: Connection, moment: str) -> list[str]:
    """The ids of items that have been in the trash since before `moment`."""
    return [row[0] for row in connection.execute("SELECT id FROM items WHERE deleted_at < ?", (moment,))]
