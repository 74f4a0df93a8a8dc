"""Tags as a vocabulary: how often each is used, and by which items."""

from __future__ import annotations

from cortex.db.driver import Connection
from cortex.domain.tag import TagCount
from cortex.exceptions import TagNotFoundError


def counted(connection: Connection, prefix: str = "") -> list[TagCount]:
    """Every tag that a live item carries, most used first; `prefix` narrows by how names begin."""
    rows = connection.execute(
        "SELECT t.name, count(*) AS items, sum(it.by = 'user') AS by_user FROM tags t "
        "JOIN item_tags it ON it.tag_number = t.number JOIN items i ON i.number = it.item_number "
        "WHERE i.deleted_at IS NULL AND (? = '' OR lower(substr(t.name, 1, length(?))) = lower(?)) "
        "GROUP BY t.number ORDER BY items DESC, t.name COLLATE NOCASE",
        (prefix, prefix, prefix),
    ).fetchall()
    return [TagCount(row["name"], row["items"], row["by_user"]) for row in rows]


def require(connection: Connection, name: str) -> str:
    """The tag's own spelling. Raises TagNotFoundError."""
    found = find(connection, name)
    if found is None:
        raise TagNotFoundError(f"No tag {name[:80]}.")
    return found


def find(connection: Connection, name: str) -> str | None:
    """The spelling of a tag of this name, whatever its case, or None."""
    row = connection.execute("SELECT name FROM tags WHERE name = ?", (name,)).fetchone()
    return row[0] if row else None


def remove(connection: Connection, name: str) -> None:
    """Forget a tag that no item carries."""
    connection.execute(
        "DELETE FROM tags WHERE name = ? AND NOT EXISTS (SELECT 1 FROM item_tags WHERE tag_number = tags.number)",
        (name,),
    )
