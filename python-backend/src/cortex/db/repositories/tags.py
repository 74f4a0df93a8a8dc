"""Tags as a vocabulary: how often each is used, and by which items."""

from __future__ import annotations

from cortex.db.driver import Connection
from cortex.domain.tag import TagCount
from cortex.exceptions import TagNotFoundError


def counted(connection: Connection, prefix: str = "") -> list[TagCount]:
    """Every tag that a live item carries, most used first; `prefix` narrows by how names begin."""
    # The trash is small: counting all and taking its part away reads one narrow index, not every item.
    rows = connection.execute(
        "WITH trashed AS (SELECT it.tag_number, count(*) AS items, sum(it.by = 'user') AS by_user FROM items i "
        "JOIN item_tags it ON it.item_number = i.number WHERE i.deleted_at IS NOT NULL GROUP BY it.tag_number), "
        "carried AS (SELECT tag_number, count(*) AS items, sum(by = 'user') AS by_user FROM item_tags "
        "GROUP BY tag_number) "
        "SELECT t.name, c.items - coalesce(x.items, 0) AS items, c.by_user - coalesce(x.by_user, 0) AS by_user "
        "FROM carried c JOIN tags t ON t.number = c.tag_number LEFT JOIN trashed x ON x.tag_number = c.tag_number "
        "WHERE c.items > coalesce(x.items, 0) AND (? = '' OR lower(substr(t.name, 1, length(?))) = lower(?)) "
        "ORDER BY items DESC, t.name COLLATE NOCASE",
        (prefix, prefix, prefix),
    ).fetchall()
    return [TagCount(row["name"], row["items"], row["by_user"]) for row in rows]


def unused(connection: Connection) -> list[str]:
    """Tags that no item carries, not even in the trash, by name."""
    rows = connection.execute(
        "SELECT name FROM tags WHERE NOT EXISTS (SELECT 1 FROM item_tags WHERE tag_number = tags.number) "
        "ORDER BY name COLLATE NOCASE"
    ).fetchall()
    return [row[0] for row in rows]


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
