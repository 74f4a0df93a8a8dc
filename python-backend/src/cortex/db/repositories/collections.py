"""Collections: folders of items, nested."""

from __future__ import annotations

from cortex.db.driver import Connection, Row
from cortex.domain.collection import Collection
from cortex.exceptions import CollectionNotFoundError

_COUNTED = (
    "SELECT c.id, c.name, c.parent_id, c.created_at, c.updated_at, "
    "(SELECT count(*) FROM items i WHERE i.collection_id = c.id AND i.deleted_at IS NULL) AS items FROM collections c"
)


def require(connection: Connection, collection_id: str) -> None:
    """Raises CollectionNotFoundError when there is no such collection."""
    row = connection.execute("SELECT 1 FROM collections WHERE id = ?", (collection_id,)).fetchone()
    if row is None:
        raise CollectionNotFoundError(f"No collection {collection_id[:80]}.")


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
    return Collection(**dict(row))
