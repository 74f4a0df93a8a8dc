"""What the processing of an item writes into its row. Functions take a connection, for use inside one transaction."""

from __future__ import annotations

from dataclasses import dataclass

from cortex.db.driver import Connection
from cortex.db.repositories import items, vocabulary
from cortex.domain import clock
from cortex.domain.document import DocumentMetadata
from cortex.domain.item import Item, ItemError, Kind, Stage, Status


@dataclass(frozen=True, slots=True)
class Reading:
    """What the text of a version comes to, beside its metadata."""

    kind: Kind
    excerpt: str
    text_hash: str
    word_count: int
    reading_minutes: int


def current(connection: Connection, item_id: str, version: int | None) -> Item | None:
    """The item, if it is still to be processed at `version` (None: any); None when it is gone, trashed or newer."""
    found = items.get_many(connection, [item_id])
    if not found or found[0].deleted_at is not None:
        return None
    return found[0] if version is None or found[0].content_version == version else None


def show(
    connection: Connection, item_id: str, status: Status, stage: Stage | None, progress: float, error: ItemError | None
) -> bool:
    """Show where processing stands; gives whether the item is there.

    `updated_at` stays: nothing of what a person saved has changed.
    """
    cursor = connection.execute(
        "UPDATE items SET status = ?, stage = ?, progress = ?, error_code = ?, error_message = ?, "
        "processed_at = CASE WHEN ? = 'ready' THEN ? ELSE processed_at END WHERE id = ?",
        (
            status,
            stage,
            progress,
            error.code if error else None,
            error.message if error else None,
            status,
            clock.now(),
            item_id,
        ),
    )
    return cursor.rowcount > 0


def count_attempts(connection: Connection, item_id: str, attempts: int) -> None:
    """Show how many tries there were, the present one included."""
    connection.execute("UPDATE items SET attempts = ? WHERE id = ?", (attempts, item_id))


def apply_metadata(connection: Connection, item_id: str, metadata: DocumentMetadata, reading: Reading) -> None:
    """Fill the row from what was read. A person's own title stays, and what the document does not say stays too."""
    now = clock.now()
    connection.execute(
        "UPDATE items SET title = CASE WHEN title_by_user OR ? IS NULL THEN title ELSE ? END, "
        "author = coalesce(?, author), site_name = coalesce(?, site_name), "
        "published_at = coalesce(?, published_at), language = coalesce(?, language), pages = ?, kind = ?, "
        "excerpt = ?, text_hash = ?, word_count = ?, reading_minutes = ?, updated_at = ? WHERE id = ?",
        (
            metadata.title,
            metadata.title,
            metadata.author,
            metadata.site_name,
            metadata.published_at,
            metadata.language,
            metadata.pages,
            reading.kind,
            reading.excerpt,
            reading.text_hash,
            reading.word_count,
            reading.reading_minutes,
            now,
            item_id,
        ),
    )


def apply_keywords(connection: Connection, item_id: str, keywords: tuple[str, ...]) -> None:
    """Give the item the tags that its author wrote into it, but for those that a person took off again."""
    number = items.number_of(connection, item_id)
    refused = {name.casefold() for name in vocabulary.refused(connection, number)}
    for keyword in keywords:
        if keyword.casefold() not in refused:
            items.add_tag(connection, number, keyword, "user")


def without_a_job(connection: Connection, kind: str, *, item_id: str | None = None, limit: int = 10_000) -> list[str]:
    """Items (or this one) that say they are being processed while no job is there to do it: out of the trash, say."""
    rows = connection.execute(
        "SELECT id FROM items WHERE status IN ('pending', 'processing', 'waiting') AND deleted_at IS NULL "
        "AND (? IS NULL OR id = ?) "
        "AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.kind = ? AND jobs.subject_id = items.id) LIMIT ?",
        (item_id, item_id, kind, limit),
    ).fetchall()
    return [row[0] for row in rows]


def failed_ids(connection: Connection, item_ids: list[str] | None) -> list[str]:
    """Live items to be tried again: all that failed; of `item_ids`, those that failed, wait or rest."""
    if item_ids is None:
        rows = connection.execute("SELECT id FROM items WHERE status = 'failed' AND deleted_at IS NULL").fetchall()
        return [row[0] for row in rows]
    found = items.get_many(connection, item_ids)
    return [item.id for item in found if item.deleted_at is None and _may_be_retried(item)]


def _may_be_retried(item: Item) -> bool:
    """Failed, waiting, or resting after a failed try; what runs or is next anyway is left alone."""
    return item.status in ("failed", "waiting") or (item.status == "pending" and item.error is not None)
