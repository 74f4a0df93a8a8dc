"""The fetched images of items. Functions take a connection, for use inside one transaction."""

from __future__ import annotations

from cortex.db.driver import Connection, Row
from cortex.domain import clock
from cortex.domain.item_image import ItemImage, Refusal, StoredImage

_COLUMNS = "m.url, m.sha256, m.media_type, m.width, m.height, m.size, m.reason, m.message"
_OF_ITEM = f"SELECT {_COLUMNS} FROM item_images m JOIN items i ON i.number = m.item_number WHERE i.id = ?"


def of_item(connection: Connection, item_id: str) -> dict[str, ItemImage]:
    """What became of the item's images that were asked for, by their addresses."""
    return {row["url"]: _image(row) for row in connection.execute(f"{_OF_ITEM} ORDER BY m.url", (item_id,))}


def find(connection: Connection, item_id: str, sha256: str) -> StoredImage | None:
    """The item's image with these bytes."""
    row = connection.execute(f"{_OF_ITEM} AND m.sha256 = ? LIMIT 1", (item_id, sha256)).fetchone()
    return _image(row).stored if row is not None else None


def store(connection: Connection, item_number: int, image: ItemImage) -> None:
    """Keep what became of an image, in place of what is known of it."""
    stored, refusal = image.stored, image.refusal
    connection.execute(
        "INSERT OR REPLACE INTO item_images "
        "(item_number, url, sha256, media_type, width, height, size, reason, message, asked_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            item_number,
            image.url,
            *((stored.sha256, stored.media_type, stored.width, stored.height, stored.size) if stored else (None,) * 5),
            *((refusal.reason, refusal.message) if refusal else (None, None)),
            clock.now(),
        ),
    )


def _image(row: Row) -> ItemImage:
    if row["sha256"] is None:
        return ItemImage(row["url"], Refusal(row["reason"], row["message"]))
    stored = StoredImage(row["sha256"], row["media_type"], row["width"], row["height"], row["size"])
    return ItemImage(row["url"], stored)
