"""Collections: making, renaming, nesting, deleting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import collections, undo
from cortex.db.repositories.changes import ChangeLog
from cortex.domain import clock
from cortex.domain.collection import Collection
from cortex.domain.ids import new_id
from cortex.exceptions import ConflictError
from cortex.services.events import EventBus
from cortex.services.item_events import tell_items


@dataclass(frozen=True, slots=True)
class CollectionChange:
    """What to change; `moves` says whether `parent_id` (None: top level) is meant."""

    name: str | None = None
    parent_id: str | None = None
    moves: bool = False


class CollectionService:
    """Reads and changes collections; every change can be undone for a day."""

    def __init__(self, database: Database, events: EventBus):
        self._database = database
        self._events = events

    async def all(self) -> list[Collection]:
        """Every collection, by name."""
        return await self._database.read(collections.get_all)

    async def get(self, collection_id: str) -> Collection:
        """One collection. Raises CollectionNotFoundError."""
        return await self._database.read(lambda connection: collections.get(connection, collection_id))

    async def create(self, name: str, parent_id: str | None) -> tuple[Collection, str | None]:
        """A new collection and the undo id. Raises CollectionNotFoundError (the parent)."""
        collection_id = new_id("coll")

        def write(log: ChangeLog) -> None:
            if parent_id is not None:
                collections.require(log.connection, parent_id)
            now = clock.now()
            log.set_collection(
                collection_id,
                {"id": collection_id, "name": name, "parent_id": parent_id, "created_at": now, "updated_at": now},
            )

        undo_id = await self._write("create collection", write)
        return await self.get(collection_id), undo_id

    async def change(self, collection_id: str, change: CollectionChange) -> tuple[Collection, str | None]:
        """Rename or move. Raises CollectionNotFoundError, ConflictError (it would lie within itself)."""

        def write(log: ChangeLog) -> None:
            present = collections.get(log.connection, collection_id)
            parent_id = change.parent_id if change.moves else present.parent_id
            if change.moves and parent_id is not None:
                collections.require(log.connection, parent_id)
                if collections.is_within(log.connection, parent_id, collection_id):
                    raise ConflictError("A collection cannot lie within itself.")
            name = change.name or present.name
            if (name, parent_id) != (present.name, present.parent_id):
                _put(log, present, name=name, parent_id=parent_id)

        undo_id = await self._write("change collection", write)
        return await self.get(collection_id), undo_id

    async def delete(self, collection_id: str) -> str | None:
        """Delete a collection; its items stay, those nested in it move up. Raises CollectionNotFoundError."""

        def write(log: ChangeLog) -> None:
            present = collections.get(log.connection, collection_id)
            for child in collections.children(log.connection, collection_id):
                _put(log, child, name=child.name, parent_id=present.parent_id)
            for item_id in collections.item_ids(log.connection, collection_id):
                log.set_columns(item_id, collection_id=None)
            log.set_collection(collection_id, None)

        return await self._write("delete collection", write)

    async def _write(self, action: str, work: Callable[[ChangeLog], None]) -> str | None:
        def write(connection: Connection) -> tuple[str | None, list[str]]:
            log = ChangeLog(connection)
            work(log)
            return undo.record(connection, action, log.before), log.before.item_ids

        undo_id, item_ids = await self._database.write(write)
        if undo_id is not None:
            self._events.publish("collections.updated", {})
        tell_items(self._events, "item.updated", item_ids)
        return undo_id


def _put(log: ChangeLog, present: Collection, *, name: str, parent_id: str | None) -> None:
    log.set_collection(
        present.id,
        {
            "id": present.id,
            "name": name,
            "parent_id": parent_id,
            "created_at": present.created_at,
            "updated_at": clock.now(),
        },
    )
