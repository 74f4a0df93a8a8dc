"""One item at a time: reading, changing, deleting, bringing back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cortex.db.blobs import BlobStore
from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import chunks, collections, connections, item_images, item_lists, item_reads, items, undo
from cortex.db.repositories.changes import ChangeLog
from cortex.db.repositories.item_lists import Facet
from cortex.db.repositories.items import NewVersion
from cortex.domain import clock
from cortex.domain.item import Item, ItemContent, ItemFilters
from cortex.domain.item_image import ItemImage
from cortex.domain.paging import Page
from cortex.domain.task import day_of
from cortex.exceptions import AssetNotFoundError, ConflictError, ValidationError
from cortex.queue import jobs
from cortex.queue.wakeup import Wakeup
from cortex.services import smart_collections
from cortex.services.capture import PROCESS
from cortex.services.events import EventBus
from cortex.services.item_events import tell_items
from cortex.services.term_refresh import TermsChanged
from cortex.services.titles import clean_title
from cortex.services.urls import parse_address

_AT_ONCE = 50
"""Items deleted in one transaction, so that nobody waits long to write."""


@dataclass(frozen=True, slots=True)
class NewContent:
    """Text that replaces what an item holds."""

    text: str
    media_type: str | None = None
    """None: as before."""


@dataclass(frozen=True, slots=True)
class ItemDetails:
    """An item, its current content where there is any, how many passages and connections it has, and its images."""

    item: Item
    content: ItemContent | None
    chunks: int
    connections: int
    images: tuple[ItemImage, ...]
    """Of its page, those that were asked for."""


class ItemService:
    """Reads and changes items; every change can be undone for a day."""

    def __init__(
        self,
        database: Database,
        blobs: BlobStore,
        events: EventBus,
        wakeup: Wakeup,
        terms_changed: TermsChanged,
    ):
        self._database = database
        self._blobs = blobs
        self._events = events
        self._wakeup = wakeup
        self._terms_changed = terms_changed

    async def page(
        self, filters: ItemFilters, *, sort: str, limit: int, cursor: str | None, offset: int, most_facets: int | None
    ) -> tuple[Page[Item], dict[str, list[Facet]] | None]:
        """A page of the matching items, and counts over all of them, at most `most_facets` of a kind (None: no counts).

        Raises ValidationError for a foreign cursor.
        """

        def read(connection: Connection) -> tuple[Page[Item], dict[str, list[Facet]] | None]:
            wanted = smart_collections.resolve_list(connection, filters)
            page = item_lists.page(connection, wanted, sort=sort, limit=limit, cursor=cursor, offset=offset)
            return page, None if most_facets is None else item_lists.facets(connection, wanted, limit=most_facets)

        return await self._database.read(read)

    async def details(self, item_id: str, *, extracted: bool = True) -> ItemDetails:
        """One item with its content, trashed or not; `extracted=False`: without its text. Raises ItemNotFoundError."""
        return await self._database.read(lambda connection: _details(connection, item_id, extracted=extracted))

    async def lookup(self, url: str) -> Item | None:
        """The live item saved from this address, if any; an address that cannot be saved is not saved."""
        try:
            canonical = parse_address(url).canonical
        except ValidationError:
            return None

        def find(connection: Connection) -> Item | None:
            item_id = items.find_by_canonical_url(connection, canonical)
            item = items.get(connection, item_id) if item_id else None
            return item if item is not None and item.deleted_at is None else None

        return await self._database.read(find)

    async def original(self, item_id: str, version: int | None = None) -> tuple[Item, ItemContent, Path]:
        """The file as it came in. Raises ItemNotFoundError, AssetNotFoundError."""

        def find(connection: Connection) -> tuple[Item, ItemContent | None]:
            return items.get(connection, item_id), items.content(connection, item_id, version, extracted=False)

        item, content = await self._database.read(find)
        if content is None:
            raise AssetNotFoundError("Nothing of this item was captured or fetched yet.")
        return item, content, await self._blobs.locate(content.original_sha256)

    async def change(
        self,
        item_id: str,
        columns: dict[str, object],
        *,
        tags: list[str] | None,
        content: NewContent | None,
        extracted: bool = True,
    ) -> tuple[ItemDetails, str | None]:
        """Change what a person may change; gives the item, without its text for `extracted=False`, and the undo id
        (None when nothing differed).

        Raises ItemNotFoundError, CollectionNotFoundError, ConflictError (it is in the trash).
        """
        version = None
        if content is not None:
            version = await self._put(item_id, content)

        def write(connection: Connection) -> tuple[ItemDetails, str | None, bool]:
            if not items.is_live(connection, item_id):
                raise ConflictError("This item is in the trash. Restore it first.")
            log = ChangeLog(connection)
            if "read_progress" in columns:
                _note_reading(log, item_id, columns["read_progress"])
            words_changed = _change(log, item_id, columns, tags)
            if version is not None:
                _replace_content(log, item_id, version)
            undo_id = undo.record(connection, "update", log.before)
            return _details(connection, item_id, extracted=extracted), undo_id, words_changed

        details, undo_id, words_changed = await self._database.write(write, durable=version is not None)
        if undo_id is not None:
            if version is not None:
                self._wakeup.notify()
            if words_changed:
                await self._terms_changed([item_id])
            self._events.publish("item.updated", {"item_id": item_id})
        return details, undo_id

    async def _put(self, item_id: str, content: NewContent) -> NewVersion:
        earlier = (await self.details(item_id)).content
        media_type = content.media_type or (earlier.media_type if earlier else "text/plain")
        if not media_type.startswith("text/"):
            media_type = "text/plain"  # words typed over a PDF are no PDF
        data = content.text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
        url = earlier.url if earlier else None
        return NewVersion(await self._blobs.put(data), media_type, charset="utf-8", url=url)

    async def delete(self, item_id: str) -> str | None:
        """Put an item into the trash; gives the undo id (None: it was there). Raises ItemNotFoundError."""
        return await self._set_deleted(item_id, clock.now(), "delete")

    async def restore(self, item_id: str) -> tuple[ItemDetails, str | None]:
        """Take an item out of the trash. Raises ItemNotFoundError, ConflictError (its address is saved again)."""
        undo_id = await self._set_deleted(item_id, None, "restore")
        return await self.details(item_id), undo_id

    async def _set_deleted(self, item_id: str, deleted_at: str | None, action: str) -> str | None:
        def write(connection: Connection) -> str | None:
            log = ChangeLog(connection)
            if items.is_live(connection, item_id) == (deleted_at is not None):
                log.set_columns(item_id, deleted_at=deleted_at)
            return undo.record(connection, action, log.before)

        undo_id = await self._database.write(write)
        if undo_id is not None:
            self._events.publish("item.deleted" if deleted_at else "item.updated", {"item_id": item_id})
        return undo_id

    async def delete_permanently(self, item_ids: Sequence[str]) -> None:
        """Delete items with all that hangs on them, at once and for good. Raises ItemNotFoundError."""
        tell_items(self._events, "item.deleted", await self._erase(lambda _connection: item_ids))

    async def delete_trashed(self, item_ids: Sequence[str]) -> list[str]:
        """Delete those of the items that are in the trash, for good; gives which those were.

        A few at a time: what fails leaves those before it deleted.
        """
        deleted: list[str] = []
        try:
            for start in range(0, len(item_ids), _AT_ONCE):
                few = item_ids[start : start + _AT_ONCE]
                # Asked inside the transaction: what is taken out of the trash meanwhile stays.
                deleted += await self._erase(partial(items.trashed, item_ids=few))
        finally:
            tell_items(self._events, "item.deleted", deleted)
        return deleted

    async def _erase(self, chosen: Callable[[Connection], Sequence[str]]) -> list[str]:
        def write(connection: Connection) -> tuple[list[str], list[str]]:
            unused: list[str] = []
            item_ids = list(chosen(connection))
            for item_id in item_ids:
                jobs.cancel(connection, PROCESS, item_id)
                unused += items.delete_permanently(connection, item_id)
            return item_ids, unused

        item_ids, unused = await self._database.write(write)

        def discard(connection: Connection) -> None:
            # Inside a transaction, so that no capture of the same bytes commits between the look and the deletion.
            for sha256 in unused:
                if not items.is_file_known(connection, sha256):
                    self._blobs.discard(sha256)

        if unused:
            await self._database.write(discard)
        return item_ids


def _details(connection: Connection, item_id: str, *, extracted: bool = True) -> ItemDetails:
    number = items.number_of(connection, item_id)
    return ItemDetails(
        items.get(connection, item_id),
        items.content(connection, item_id, extracted=extracted),
        chunks.count(connection, number),
        connections.count(connection, number),
        tuple(item_images.of_item(connection, item_id).values()),
    )


def _note_reading(log: ChangeLog, item_id: str, progress: object) -> None:
    """Where a reader is in an item is told while it is open: that it is being read is kept, also without progress."""
    present, now = items.get(log.connection, item_id), clock.now()
    gained = float(str(progress)) - present.read_progress
    item_reads.note(log.connection, log.number(item_id), now=now, day=day_of(now), gained=gained)


def _change(log: ChangeLog, item_id: str, columns: dict[str, object], tags: list[str] | None) -> bool:
    """Apply columns and tags; gives whether words changed that are searched for."""
    columns = dict(columns)
    if columns.get("collection_id") is not None:
        collections.require_folder(log.connection, str(columns["collection_id"]))
    title = columns.pop("title", None)
    words_changed = False
    if title is not None:
        words_changed = log.set_columns(item_id, title=clean_title(str(title)))
        columns["title_by_user"] = 1
    if columns:
        log.set_columns(item_id, **columns)
    if tags is not None:
        present = {tag.name.casefold(): tag.name for tag in items.get(log.connection, item_id).tags}
        wanted = {name.casefold() for name in tags}
        for name in [name for folded, name in present.items() if folded not in wanted]:
            words_changed |= log.remove_tag(item_id, name)
        for name in [name for name in tags if name.casefold() not in present]:
            words_changed |= log.add_tag(item_id, name)
    return words_changed


def _replace_content(log: ChangeLog, item_id: str, version: NewVersion) -> None:
    current = items.content(log.connection, item_id)
    if current is not None and current.original_sha256 == version.sha256 and current.media_type == version.media_type:
        return
    log.add_version(item_id, version)
    items.restart(log.connection, item_id)
    jobs.enqueue(log.connection, kind=PROCESS, subject_id=item_id)
