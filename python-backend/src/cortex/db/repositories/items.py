"""Items and their versions. Functions that take a connection are for use inside one transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from cortex.db.database import Database
from cortex.db.driver import Connection, Row
from cortex.domain import clock
from cortex.domain.item import Item, ItemContent, ItemError, Tag, TagOrigin
from cortex.exceptions import ItemNotFoundError

_ITEM_COLUMNS = (
    "number, id, url, canonical_url, title, title_by_user, kind, source, status, stage, progress, error_code, "
    "error_message, attempts, author, site_name, site, published_at, language, excerpt, summary, summary_line, "
    "key_points, summary_by, collection_id, note, selection, local_only, content_version, text_hash, pages, "
    "word_count, reading_minutes, favourite, archived, read_progress, captured_at, created_at, updated_at, "
    "processed_at, deleted_at"
)
_RECORD_FIELDS = tuple(
    field.name
    for field in fields(Item)
    if field.name not in {"error", "tags", "key_points", "local_only", "favourite", "archived"}
)
_CONTENT_FIELDS = tuple(field.name for field in fields(ItemContent) if field.name != "warnings")
_EXTRACTED = frozenset({"html", "text", "blocks"})
_UPDATABLE = frozenset(_ITEM_COLUMNS.split(", ")) - {"number", "id", "key_points", "created_at"}


@dataclass(frozen=True, slots=True)
class NewVersion:
    """Content that just came in, already in the blob store under `sha256`."""

    sha256: str
    media_type: str
    charset: str | None = None
    filename: str | None = None
    url: str | None = None


class ItemRepository:
    """Reads and single-statement changes; larger changes compose the functions below in one transaction."""

    def __init__(self, database: Database):
        self._database = database

    async def get(self, item_id: str) -> Item:
        """The item, trashed or not. Raises ItemNotFoundError."""
        return await self._database.read(lambda connection: get(connection, item_id))

    async def get_many(self, item_ids: Sequence[str]) -> list[Item]:
        """The items that exist among these ids, in their order."""
        return await self._database.read(lambda connection: get_many(connection, item_ids))

    async def content(self, item_id: str, version: int | None = None) -> ItemContent | None:
        """One version of an item's content (default: the current one); None when there is none."""
        return await self._database.read(lambda connection: content(connection, item_id, version))

    async def update(self, item_id: str, **columns: object) -> None:
        """Set columns of an item. Raises ItemNotFoundError."""
        await self._database.write(lambda connection: update(connection, item_id, **columns))


def get(connection: Connection, item_id: str) -> Item:
    """The item, trashed or not. Raises ItemNotFoundError."""
    found = get_many(connection, [item_id])
    if not found:
        raise ItemNotFoundError(f"No item {item_id[:80]}.")
    return found[0]


def get_many(connection: Connection, item_ids: Sequence[str]) -> list[Item]:
    """The items that exist among these ids, in their order."""
    rows = connection.execute(
        f"SELECT {_ITEM_COLUMNS} FROM items WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(item_ids)),)
    ).fetchall()
    by_id = {item.id: item for item in from_rows(connection, rows)}
    return [by_id[item_id] for item_id in item_ids if item_id in by_id]


def from_rows(connection: Connection, rows: Sequence[Row]) -> list[Item]:
    """Items of rows that hold all columns of `items`, with their tags, in order."""
    tags: dict[int, list[Tag]] = {}
    for number, name, by in connection.execute(
        "SELECT it.item_number, t.name, it.by FROM item_tags it JOIN tags t ON t.number = it.tag_number "
        "WHERE it.item_number IN (SELECT value FROM json_each(?)) ORDER BY it.item_number, it.position, t.name",
        (json.dumps([row["number"] for row in rows]),),
    ):
        tags.setdefault(number, []).append(Tag(name, by))
    return [_item(row, tuple(tags.get(row["number"], ()))) for row in rows]


def _item(row: Row, tags: tuple[Tag, ...]) -> Item:
    values: dict[str, Any] = {name: row[name] for name in _RECORD_FIELDS}
    values |= {name: bool(row[name]) for name in ("local_only", "favourite", "archived")}
    values["key_points"] = tuple(json.loads(row["key_points"]))
    if row["error_code"]:
        values["error"] = ItemError(row["error_code"], row["error_message"] or "")
    return Item(**values, tags=tags)


def number_of(connection: Connection, item_id: str) -> int:
    """The short key of an item. Raises ItemNotFoundError."""
    row = connection.execute("SELECT number FROM items WHERE id = ?", (item_id,)).fetchone()
    if row is None:
        raise ItemNotFoundError(f"No item {item_id[:80]}.")
    return int(row[0])


def exists(connection: Connection, item_id: str) -> bool:
    """Whether there is such an item, trashed or not."""
    return connection.execute("SELECT 1 FROM items WHERE id = ?", (item_id,)).fetchone() is not None


def is_live(connection: Connection, item_id: str) -> bool:
    """Whether an item is not in the trash. Raises ItemNotFoundError."""
    row = connection.execute("SELECT deleted_at IS NULL FROM items WHERE id = ?", (item_id,)).fetchone()
    if row is None:
        raise ItemNotFoundError(f"No item {item_id[:80]}.")
    return bool(row[0])


def insert(connection: Connection, item: Item, *, title_by_user: bool, site: str | None) -> int:
    """Store a new item with its tags (no content yet); gives its short key."""
    values: dict[str, object] = {
        name: getattr(item, name)
        for name in _ITEM_COLUMNS.split(", ")
        if hasattr(item, name) and name not in ("number", "key_points")  # written later, by `written.store`
    }
    values |= {"title_by_user": title_by_user, "site": site}
    names = ", ".join(values)
    marks = ", ".join("?" for _ in values)
    cursor = connection.execute(f"INSERT INTO items ({names}) VALUES ({marks})", tuple(values.values()))
    number = int(cursor.lastrowid or 0)
    for tag in item.tags:
        add_tag(connection, number, tag.name, tag.by)
    return number


def update(connection: Connection, item_id: str, **columns: object) -> None:
    """Set columns of an item; `updated_at` follows unless given. Raises ItemNotFoundError."""
    unknown = set(columns) - _UPDATABLE
    if unknown:
        raise ValueError(f"items has no columns {sorted(unknown)}")
    columns.setdefault("updated_at", clock.now())
    assignments = ", ".join(f"{name} = ?" for name in columns)
    cursor = connection.execute(f"UPDATE items SET {assignments} WHERE id = ?", (*columns.values(), item_id))
    if cursor.rowcount == 0:
        raise ItemNotFoundError(f"No item {item_id[:80]}.")


def restart(connection: Connection, item_id: str) -> None:
    """Put an item back to the start of processing; a job for it must be enqueued in the same transaction."""
    update(
        connection,
        item_id,
        status="pending",
        stage=None,
        progress=0.0,
        error_code=None,
        error_message=None,
        attempts=0,
    )


def find_by_canonical_url(connection: Connection, canonical_url: str) -> str | None:
    """The id of the live item saved from this address, else of a trashed one, else None."""
    # Two statements, for each of them has an index of its own.
    for state in ("IS NULL", "IS NOT NULL"):
        row = connection.execute(
            f"SELECT id FROM items WHERE canonical_url = ? AND deleted_at {state} ORDER BY number DESC LIMIT 1",
            (canonical_url,),
        ).fetchone()
        if row is not None:
            return str(row[0])
    return None


def find_by_original(connection: Connection, sha256: str) -> str | None:
    """The id of the item whose current content is these very bytes (a live one first), else None."""
    row = connection.execute(
        "SELECT i.id FROM item_contents c JOIN items i ON i.number = c.item_number AND i.content_version = c.version "
        "WHERE c.original_sha256 = ? ORDER BY i.deleted_at IS NOT NULL, i.number DESC LIMIT 1",
        (sha256,),
    ).fetchone()
    return row[0] if row else None


def add_version(connection: Connection, item_id: str, new: NewVersion) -> int:
    """Make this content the item's current version; gives the version's number. Raises ItemNotFoundError."""
    number = number_of(connection, item_id)
    version = 1 + int(
        connection.execute(
            "SELECT coalesce(max(version), 0) FROM item_contents WHERE item_number = ?", (number,)
        ).fetchone()[0]
    )
    connection.execute(
        "INSERT INTO item_contents "
        "(item_number, version, original_sha256, media_type, charset, filename, url, created_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (number, version, new.sha256, new.media_type, new.charset, new.filename, new.url, clock.now()),
    )
    update(connection, item_id, content_version=version)
    return version


def content(
    connection: Connection, item_id: str, version: int | None = None, *, extracted: bool = True
) -> ItemContent | None:
    """One version of an item's content (default: the current one); None when there is none.

    `extracted=False` leaves out what extraction made of it: of a long document that is megabytes.
    """
    names = [name for name in _CONTENT_FIELDS if extracted or name not in _EXTRACTED]
    columns = ", ".join("i.id AS item_id" if name == "item_id" else f"c.{name}" for name in names)
    row = connection.execute(
        f"SELECT {columns}, c.warnings FROM items i JOIN item_contents c ON c.item_number = i.number "
        "WHERE i.id = ? AND c.version = coalesce(?, i.content_version)",
        (item_id, version),
    ).fetchone()
    if row is None:
        return None
    return ItemContent(**{name: row[name] for name in names}, warnings=tuple(json.loads(row["warnings"])))


def store_extraction(
    connection: Connection, item_id: str, version: int, *, html: str, text: str, blocks: str, warnings: Sequence[str]
) -> None:
    """Keep what extraction made of one version."""
    connection.execute(
        "UPDATE item_contents SET html = ?, text = ?, blocks = ?, warnings = ? "
        "WHERE item_number = (SELECT number FROM items WHERE id = ?) AND version = ?",
        (html, text, blocks, json.dumps(list(warnings)), item_id, version),
    )


def add_tag(connection: Connection, item_number: int, name: str, by: TagOrigin) -> None:
    """Put a tag on an item, after those it has; a person's word wins over an automatic one."""
    connection.execute("INSERT OR IGNORE INTO tags (name, created_at) VALUES (?, ?)", (name, clock.now()))
    connection.execute(
        "INSERT INTO item_tags (item_number, tag_number, by, position) "
        "SELECT ?, number, ?, (SELECT coalesce(max(position) + 1, 0) FROM item_tags WHERE item_number = ?) "
        "FROM tags WHERE name = ? "
        "ON CONFLICT (item_number, tag_number) DO UPDATE "
        "SET by = CASE WHEN excluded.by = 'user' THEN 'user' ELSE by END",
        (item_number, by, item_number, name),
    )


def remove_tag(connection: Connection, item_number: int, name: str) -> None:
    """Take a tag off an item."""
    connection.execute(
        "DELETE FROM item_tags WHERE item_number = ? AND tag_number = (SELECT number FROM tags WHERE name = ?)",
        (item_number, name),
    )


def place_tag(connection: Connection, item_number: int, name: str, position: int) -> None:
    """Move a tag of an item to its place among the others."""
    connection.execute(
        "UPDATE item_tags SET position = ? "
        "WHERE item_number = ? AND tag_number = (SELECT number FROM tags WHERE name = ?)",
        (position, item_number, name),
    )


def tagged(connection: Connection, name: str) -> list[str]:
    """The ids of the items that carry a tag, trashed ones too."""
    rows = connection.execute(
        "SELECT i.id FROM tags t JOIN item_tags it ON it.tag_number = t.number "
        "JOIN items i ON i.number = it.item_number WHERE t.name = ? ORDER BY i.number",
        (name,),
    )
    return [row[0] for row in rows]


def trashed(connection: Connection, item_ids: Sequence[str]) -> list[str]:
    """Those of these ids that are in the trash, in their order."""
    rows = connection.execute(
        "SELECT id FROM items WHERE deleted_at IS NOT NULL AND id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(item_ids)),),
    )
    found = {row[0] for row in rows}
    return [item_id for item_id in dict.fromkeys(item_ids) if item_id in found]


def delete_permanently(connection: Connection, item_id: str) -> list[str]:
    """Delete an item and all that hangs on it by reference; gives the hashes of files nothing names any more.

    Passages go with their item, and their rows in the word index and in every embedding space with them (triggers).
    """
    number = number_of(connection, item_id)
    hashes = [
        row[0]
        for row in connection.execute(
            "SELECT original_sha256 FROM item_contents WHERE item_number = ?1 "
            "UNION SELECT sha256 FROM item_images WHERE item_number = ?1 AND sha256 IS NOT NULL",
            (number,),
        )
    ]
    connection.execute("DELETE FROM items WHERE number = ?", (number,))
    return [sha256 for sha256 in hashes if not is_file_known(connection, sha256)]


def is_file_known(connection: Connection, sha256: str) -> bool:
    """Whether any item still has this file, as the original of a version or as an image."""
    row = connection.execute(
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM item_contents WHERE original_sha256 = ?1) "
        "OR EXISTS (SELECT 1 FROM item_images WHERE sha256 = ?1)",
        (sha256,),
    ).fetchone()
    return row is not None


def known_files(connection: Connection) -> frozenset[str]:
    """The hashes of all files that some item has, as the original of a version or as an image."""
    rows = connection.execute(
        "SELECT original_sha256 FROM item_contents UNION SELECT sha256 FROM item_images WHERE sha256 IS NOT NULL"
    )
    return frozenset(row[0] for row in rows)
