"""Updating the copy of a page: it is fetched again, and what is new becomes the item's next version."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from cortex.db.blobs import BlobStore
from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import items, undo
from cortex.db.repositories.changes import ChangeLog
from cortex.db.repositories.items import NewVersion
from cortex.domain.document import Document
from cortex.domain.item import Item
from cortex.exceptions import ConflictError, ExtractionError, FetchError, PageNotFetchedError
from cortex.queue import jobs
from cortex.queue.wakeup import Wakeup
from cortex.services.capture import PROCESS
from cortex.services.events import EventBus
from cortex.services.fetch_reasons import reason_for
from cortex.services.item_reading import ItemReader

_KEPT = "What you have of it is kept as it is."


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The item afterwards. `is_new`: the page says something else than the copy did, and is the copy now."""

    item: Item
    is_new: bool
    undo_id: str | None


class RefreshService:
    """Fetches pages again. A page that cannot be fetched or read takes nothing away."""

    def __init__(self, database: Database, blobs: BlobStore, reader: ItemReader, events: EventBus, wakeup: Wakeup):
        self._database = database
        self._blobs = blobs
        self._reader = reader
        self._events = events
        self._wakeup = wakeup

    async def refresh(self, item_id: str) -> Refreshed:
        """Fetch the item's page, and make it the next version where it reads differently; earlier ones stay.

        Raises ItemNotFoundError, ConflictError (no address, or in the trash), PageNotFetchedError, StorageFullError;
        then nothing is changed.
        """
        item = await self._database.read(lambda connection: _refreshable(connection, item_id))
        new, document = await self._fetched(item)

        def write(connection: Connection) -> Refreshed:
            if _refreshable(connection, item_id).url != item.url:
                raise ConflictError("The item got another address meanwhile. Nothing was changed: update it again.")
            if not self._blobs.has(new.sha256):
                raise ConflictError("The same page was being deleted for good at this very moment. Try again.")
            log = ChangeLog(connection)
            is_new = _differs(connection, item_id, new, document)
            if is_new:
                log.add_version(item_id, new)
            if is_new or items.get(connection, item_id).status == "failed":
                items.restart(connection, item_id)
                jobs.enqueue(connection, kind=PROCESS, subject_id=item_id)
            undo_id = undo.record(connection, "update copy", log.before)
            return Refreshed(items.get(connection, item_id), is_new, undo_id)

        refreshed = await self._database.write(write, durable=True)
        self._events.publish("item.updated", {"item_id": item_id})
        self._wakeup.notify()
        return refreshed

    async def _fetched(self, item: Item) -> tuple[NewVersion, Document]:
        """The page, and that it can be read: one that cannot must not take the place of one that could."""
        try:
            new = await self._reader.download(item)
            return new, await self._reader.read(item, new)
        except FetchError as error:
            host = urlsplit(item.url or "").hostname or "The site"
            raise PageNotFetchedError(
                f"{reason_for(error, host)} {_KEPT}", details={"reason": error.reason}, retry_after=error.retry_after
            ) from error
        except ExtractionError as error:
            raise PageNotFetchedError(f"{error.message} {_KEPT}", details={"reason": error.reason}) from error


def _refreshable(connection: Connection, item_id: str) -> Item:
    item = items.get(connection, item_id)
    if item.url is None:
        raise ConflictError("This item has no address, so there is nothing to fetch again.")
    if item.deleted_at is not None:
        raise ConflictError("This item is in the trash. Restore it first; nothing was fetched.")
    return item


def _differs(connection: Connection, item_id: str, new: NewVersion, document: Document) -> bool:
    """Whether the page reads differently: many change some of their bytes each time that they are fetched."""
    current = items.content(connection, item_id)
    if current is None:
        return True
    return current.original_sha256 != new.sha256 and current.html != document.html
