"""Items as search needs them: by short key, the newest in scope, and counts for facets."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from cortex.db.driver import Connection
from cortex.db.repositories import items
from cortex.db.search_index import ScopeClause
from cortex.domain.item import Item
from cortex.domain.search import FACETS, Facet

_MOST_VALUES = 50
_FACET_QUERIES: Mapping[Facet, str] = {
    "kind": "SELECT kind, count(*) FROM items WHERE {where} GROUP BY 1",
    "tag": "SELECT t.name, count(*) FROM items JOIN item_tags it ON it.item_number = items.number "
    "JOIN tags t ON t.number = it.tag_number WHERE {where} GROUP BY t.number",
    "site": "SELECT site, count(*) FROM items WHERE site IS NOT NULL AND {where} GROUP BY 1",
    "collection": "SELECT collection_id, count(*) FROM items WHERE collection_id IS NOT NULL AND {where} GROUP BY 1",
    "month": "SELECT substr(items.created_at, 1, 7), count(*) FROM items WHERE {where} GROUP BY 1",
}


def get_many(connection: Connection, numbers: Sequence[int]) -> dict[int, Item]:
    """Live items by their short keys."""
    if not numbers:
        return {}
    rows = connection.execute(
        "SELECT * FROM items WHERE number IN (SELECT value FROM json_each(?)) AND deleted_at IS NULL",
        (json.dumps(list(numbers)),),
    ).fetchall()
    return {row["number"]: item for row, item in zip(rows, items.from_rows(connection, rows), strict=True)}


def newest(connection: Connection, clause: ScopeClause, *, limit: int, offset: int) -> tuple[list[Item], int]:
    """A page of the live items in scope, newest first, and how many there are."""
    where = f"deleted_at IS NULL AND {clause.condition('number')}"
    rows = connection.execute(
        f"SELECT * FROM items WHERE {where} ORDER BY created_at DESC, number DESC LIMIT ? OFFSET ?",
        (*clause.values, limit, offset),
    ).fetchall()
    total = connection.execute(f"SELECT count(*) FROM items WHERE {where}", clause.values).fetchone()[0]
    return items.from_rows(connection, rows), int(total)


def facets(connection: Connection, clause: ScopeClause, numbers: Sequence[int] | None) -> dict[Facet, dict[str, int]]:
    """How many of these items (None: of all in scope) there are by kind, tag, site, collection and month."""
    where = f"items.deleted_at IS NULL AND {clause.condition('items.number')}"
    values = clause.values
    if numbers is not None:
        where += " AND items.number IN (SELECT value FROM json_each(?))"
        values = (*values, json.dumps(list(numbers)))
    counted: dict[Facet, dict[str, int]] = {}
    for facet in FACETS:
        query = _FACET_QUERIES[facet].format(where=where)
        rows = connection.execute(f"{query} ORDER BY 2 DESC, 1 LIMIT {_MOST_VALUES}", values)
        counted[facet] = {row[0]: row[1] for row in rows}
    return counted
