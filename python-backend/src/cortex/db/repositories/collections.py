"""Collections: folders of items, nested, and queries kept in their place."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from cortex.db.driver import Connection, Row
from cortex.domain.collection import Collection, CollectionQuery
from cortex.domain.search import Filters
from cortex.exceptions import CollectionNotFoundError, ConflictError

_COUNTED = (
    "SELECT c.id, c.name, c.parent_id, c.query, c.created_at, c.updated_at, "
    "(SELECT count(*) FROM items i WHERE i.collection_id = c.id AND i.deleted_at IS NULL) AS items FROM collections c"
)


def exists(connection: Connection, collection_id: str) -> bool:
    """Whether there is such a collection."""
    return connection.execute("SELECT 1 FROM collections WHERE id = ?", (collection_id,)).fetchone() is not None


def require_folder(connection: Connection, collection_id: str) -> None:
    """Raises CollectionNotFoundError, ConflictError (a smart collection: nothing is put into it by hand)."""
    row = connection.execute("SELECT name, query FROM collections WHERE id = ?", (collection_id,)).fetchone()
    if row is None:
        raise CollectionNotFoundError(f"No collection {collection_id[:80]}.")
    if row["query"] is not None:
        raise ConflictError(
            f"The collection {row['name']} holds what matches its query; nothing can be put into it by hand. "
            "Nothing was changed: choose another collection, or take its query away first."
        )


def get_query(connection: Connection, collection_id: str) -> CollectionQuery | None:
    """The query of a smart collection; None for a folder, and where there is none."""
    row = connection.execute("SELECT query FROM collections WHERE id = ?", (collection_id,)).fetchone()
    return _query(row["query"]) if row is not None else None


def tree(connection: Connection, names: Sequence[str]) -> list[tuple[str, CollectionQuery | None]]:
    """Collections by id or name, with all that are nested in them: each one's id and query."""
    rows = connection.execute(
        "WITH RECURSIVE inside(id) AS (SELECT id FROM collections WHERE id IN (SELECT value FROM json_each(?1)) "
        "OR name COLLATE NOCASE IN (SELECT value FROM json_each(?1)) "
        "UNION SELECT c.id FROM collections c JOIN inside ON c.parent_id = inside.id) "
        "SELECT c.id, c.query FROM collections c JOIN inside ON inside.id = c.id",
        (json.dumps(list(names)),),
    )
    return [(row["id"], _query(row["query"])) for row in rows]


def live_item_ids(connection: Connection, collection_ids: Sequence[str]) -> list[str]:
    """The ids of the live items right in these collections."""
    rows = connection.execute(
        "SELECT id FROM items WHERE deleted_at IS NULL AND collection_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(collection_ids)),),
    )
    return [row["id"] for row in rows]


def query_text(query: CollectionQuery | None) -> str | None:
    """A query as its row keeps it."""
    if query is None:
        return None
    filters = {name: value for name, value in asdict(query.filters).items() if value not in ((), None)}
    return json.dumps({"query": query.query, "filters": filters}, ensure_ascii=False)


def _query(text: str | None) -> CollectionQuery | None:
    if text is None:
        return None
    stored = json.loads(text)
    filters: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in stored["filters"].items()
    }
    return CollectionQuery(stored["query"], Filters(**filters))


def get(connection: Connection, collection_id: str) -> Collection:
    """One collection. Raises CollectionNotFoundError."""
    row = connection.execute(f"{_COUNTED} WHERE c.id = ?", (collection_id,)).fetchone()
    if row is None:
        raise CollectionNotFoundError(f"No collection {collection_id[:80]}.")
    return _collection(row)


def get_all(connection: Connection) -> list[Collection]:
    """Every collection, by name."""
    rows = connection.execute(f"{_COUNTED} ORDER BY c.name COLLATE NOCASE, c.id").fetchall()
    return [_collection(row) for row in rows]


def children(connection: Connection, collection_id: str) -> list[Collection]:
    """The collections right below this one."""
    return [_collection(row) for row in connection.execute(f"{_COUNTED} WHERE c.parent_id = ?", (collection_id,))]


def item_ids(connection: Connection, collection_id: str) -> list[str]:
    """The ids of the items in this very collection, trashed ones too."""
    return [row[0] for row in connection.execute("SELECT id FROM items WHERE collection_id = ?", (collection_id,))]


def is_within(connection: Connection, collection_id: str, ancestor_id: str) -> bool:
    """Whether a collection is `ancestor_id` or lies somewhere below it."""
    row = connection.execute(
        "WITH RECURSIVE above(id) AS (SELECT ? UNION SELECT c.parent_id FROM collections c "
        "JOIN above ON c.id = above.id WHERE c.parent_id IS NOT NULL) SELECT 1 FROM above WHERE id = ?",
        (collection_id, ancestor_id),
    ).fetchone()
    return row is not None


def _collection(row: Row) -> Collection:
    return Collection(**{**dict(row), "query": _query(row["query"])})
