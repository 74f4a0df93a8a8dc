"""Saving: the original goes to the disk, then one transaction stores the item and its job."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from cortex.db.blobs import BlobStore, IncomingBlob
from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import collections, items, undo
from cortex.db.repositories.changes import ChangeLog
from cortex.db.repositories.items import NewVersion
from cortex.domain import clock
from cortex.domain.ids import new_id
from cortex.domain.item import Item, Kind, Tag
from cortex.domain.job import JobKind
from cortex.exceptions import ConflictError, ValidationError
from cortex.queue import jobs
from cortex.queue.wakeup import Wakeup
from cortex.services.events import EventBus
from cortex.services.extraction.sniff import sniff
from cortex.services.kinds import kind_of
from cortex.services.titles import clean_title, provisional_title
from cortex.services.urls import Address, parse_address

PROCESS: JobKind = "process"
"""The kind of job that reads a saved item."""

_MARKUP = re.compile(
    r"<(!doctype|html|head|body|title|meta|div|p|article|section|main|h[1-6]|ul|ol|table|blockquote|pre)[\s>]", re.I
)
_NOT_BY_A_PERSON = frozenset({"extension"})
"""Sources whose titles are those of the browser's tab: extraction knows better."""


@dataclass(frozen=True, slots=True)
class Around:
    """What a person says about what they save."""

    title: str | None = None
    source: str = "manual"
    tags: tuple[str, ...] = ()
    collection_id: str | None = None
    note: str | None = None
    selection: str | None = None
    captured_at: str | None = None
    local_only: bool = False


@dataclass(frozen=True, slots=True)
class Captured:
    """What became of it. `duplicate`: the item was there already; `new_version`: with other content."""

    item: Item
    duplicate: bool
    new_version: bool
    undo_id: str | None


@dataclass(frozen=True, slots=True)
class _Draft:
    address: Address | None
    content: NewVersion | None
    title: str
    kind: Kind
    around: Around = field(default_factory=Around)


class CaptureService:
    """Saves pages, notes, addresses and files. Nothing is answered for that is not on the disk."""

    def __init__(self, database: Database, blobs: BlobStore, events: EventBus, wakeup: Wakeup):
        self._database = database
        self._blobs = blobs
        self._events = events
        self._wakeup = wakeup

    async def save(
        self, *, url: str | None, content: str | None, content_type: str | None = None, around: Around
    ) -> Captured:
        """Save a page, a note or (without content) an address to be fetched.

        Raises ValidationError, CollectionNotFoundError, StorageFullError; then nothing is kept.
        """
        address = parse_address(url) if url is not None and url.strip() else None
        text = content if content is not None and content.strip("\0 \t\r\n") else None
        if text is None and address is None:
            message = "There is nothing to save: give a url, a content, or both."
            raise ValidationError(message, details=[{"loc": ["body"], "msg": message, "type": "missing"}])
        version = None
        media_type = None
        if text is not None:
            media_type = content_type or ("text/html" if _MARKUP.search(text[:4096]) else "text/plain")
            data = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
            version = NewVersion(
                await self._blobs.put(data), media_type, charset="utf-8", url=address.url if address else None
            )
        title = provisional_title(content=text, media_type=media_type, url=address.url if address else None)
        return await self._store(_Draft(address, version, title, _kind(media_type, address), around))

    async def save_file(
        self, incoming: IncomingBlob, *, filename: str | None, declared: str | None, around: Around
    ) -> Captured:
        """Save a file that came in. `filename` is shown, never used as a path; `declared` is its media type as said.

        Raises ExtractionError (unsupported), ValidationError (empty), CollectionNotFoundError, StorageFullError;
        then nothing is kept.
        """
        if incoming.size == 0:
            message = f"{filename or 'The file'} is empty. Nothing was stored."
            raise ValidationError(message, details=[{"loc": ["body", "files"], "msg": message, "type": "empty"}])
        media_type = sniff(incoming.head, declared=declared, filename=filename)
        version = NewVersion(await incoming.keep(), media_type, charset=_charset(declared), filename=filename)
        title = provisional_title(filename=filename)
        return await self._store(_Draft(None, version, title, _kind(media_type, None), around))

    async def _store(self, draft: _Draft) -> Captured:
        def store(connection: Connection) -> Captured:
            if draft.content is not None and not self._blobs.has(draft.content.sha256):
                raise ConflictError(
                    "The same content was being deleted for good at this very moment. Nothing was saved; save it again."
                )
            return _store(connection, draft)

        captured = await self._database.write(store, durable=True)
        if captured.undo_id is not None:
            self._events.publish(
                "item.updated" if captured.duplicate else "item.created", {"item_id": captured.item.id}
            )
            self._wakeup.notify()
        return captured


def _charset(declared: str | None) -> str | None:
    found = re.search(r"charset=[\"']?([A-Za-z0-9_.:-]{1,40})", declared or "", re.IGNORECASE)
    return found[1].lower() if found else None


def _kind(media_type: str | None, address: Address | None) -> Kind:
    return kind_of(
        media_type=media_type,
        url=address.canonical if address else None,
        site=address.site if address else None,
    )


def _store(connection: Connection, draft: _Draft) -> Captured:
    if draft.around.collection_id is not None:
        collections.require_folder(connection, draft.around.collection_id)
    log = ChangeLog(connection)
    existing = _find(connection, draft)
    if existing is None:
        item_id, new_version = _create(log, draft), False
    else:
        item_id, new_version = existing, _revisit(log, existing, draft)
    undo_id = undo.record(connection, "save", log.before)
    return Captured(items.get(connection, item_id), existing is not None, new_version, undo_id)


def _find(connection: Connection, draft: _Draft) -> str | None:
    """The item that this is a duplicate of: by its address, else by its very bytes.

    Two addresses with the same bytes stay two items; bytes saved without an address belong to whichever has them.
    """
    if draft.address is not None:
        found = items.find_by_canonical_url(connection, draft.address.canonical)
        if found is not None or draft.content is None:
            return found
    if draft.content is None:
        return None
    same = items.find_by_original(connection, draft.content.sha256)
    if same is not None and draft.address is not None and items.get(connection, same).url is not None:
        return None
    return same


def _create(log: ChangeLog, draft: _Draft) -> str:
    around = draft.around
    given = clean_title(around.title) if around.title else ""
    now = clock.now()
    item = Item(
        id=new_id("item"),
        title=given or draft.title,
        kind=draft.kind,
        source=around.source,
        status="pending",
        created_at=now,
        updated_at=now,
        url=draft.address.url if draft.address else None,
        canonical_url=draft.address.canonical if draft.address else None,
        tags=tuple(Tag(name, "user") for name in around.tags),
        collection_id=around.collection_id,
        note=around.note,
        selection=around.selection,
        local_only=around.local_only,
        captured_at=around.captured_at,
    )
    items.insert(
        log.connection,
        item,
        title_by_user=bool(given) and around.source not in _NOT_BY_A_PERSON,
        site=draft.address.site if draft.address else None,
    )
    log.created(item.id)
    if draft.content is not None:
        items.add_version(log.connection, item.id, draft.content)
    jobs.enqueue(log.connection, kind=PROCESS, subject_id=item.id)
    return item.id


def _revisit(log: ChangeLog, item_id: str, draft: _Draft) -> bool:
    """Bring what is new to an item that was saved before; gives whether its content is new."""
    item = items.get(log.connection, item_id)
    around = draft.around
    columns: dict[str, object] = {}
    if item.deleted_at is not None:
        columns["deleted_at"] = None
    if item.url is None and draft.address is not None:
        columns |= {
            "url": draft.address.url,
            "canonical_url": draft.address.canonical,
            "site": draft.address.site,
            "kind": draft.kind,
        }
    if around.collection_id is not None:
        columns["collection_id"] = around.collection_id
    if around.note and around.note not in (item.note or ""):
        columns["note"] = f"{item.note}\n\n{around.note}" if item.note else around.note
    if around.selection:
        columns["selection"] = around.selection
    if around.local_only:
        columns["local_only"] = True
    if columns:
        log.set_columns(item_id, **columns)
    for name in around.tags:
        log.add_tag(item_id, name)
    return _renew(log, item, draft)


def _renew(log: ChangeLog, item: Item, draft: _Draft) -> bool:
    current = items.content(log.connection, item.id)
    is_new = draft.content is not None and (current is None or current.original_sha256 != draft.content.sha256)
    if is_new and draft.content is not None:
        log.add_version(item.id, draft.content)
        if item.kind in ("bookmark", "article", "pdf"):
            log.set_columns(item.id, kind=draft.kind)
    if is_new or item.status == "failed":
        items.restart(log.connection, item.id)
        jobs.enqueue(log.connection, kind=PROCESS, subject_id=item.id)
    return is_new
