"""Collections: making, renaming, nesting, deleting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import collections, undo
from cortex.db.repositories.changes import ChangeLog
from cortex.domain import clock
from cortex.domain.collection import Collection, CollectionQuery
from cortex.domain.ids import new_id
from cortex.exceptions import ConflictError
from cortex.services import smart_collections
from cortex.services.events import EventBus
from cortex.services.item_events import tell_items


@dataclass(frozen=True, slots=True)
class CollectionChange:
    """What to change; `moves` says whether `parent_id` (None: top level) is meant, `asks` whether `query` is (None: a
    folder)."""

    name: str | None = None
    parent_id: str | None = None
    moves: bool = False
    query: CollectionQuery | None = None
    asks: bool = False


class CollectionService:
    """Reads and changes collections; every change can be undone for a day."""

    def __init__(self, database: Database, events: EventBus):
        self._database = database
        self._events = events

    async def all(self) -> list[Collection]:
        """Every collection, by name."""

        def read(connection: Connection) -> list[Collection]:
            return [_counted(connection, one) for one in collections.get_all(connection)]

        return await self._database.read(read)

    async def get(self, collection_id: str) -> Collection:
        """One collection. Raises CollectionNotFoundError."""
        return await self._database.read(
            lambda connection: _counted(connection, collections.get(connection, collection_id))
        )

    async def create(
        self, name: str, parent_id: str | None, query: CollectionQuery | None = None
    ) -> tuple[Collection, str | None]:
        """A new collection, smart with a query, and the undo id.

        Raises CollectionNotFoundError (the parent), ConflictError (the parent is smart, or it would hold itself),
        ValidationError (the query).
        """
        collection_id = new_id("coll")
        if query is not None:
            smart_collections.check(query)

        def write(log: ChangeLog) -> None:
            if parent_id is not None:
                collections.require_folder(log.connection, parent_id)
            now = clock.now()
            made = Collection(collection_id, name, now, now, parent_id=parent_id, query=query)
            log.set_collection(collection_id, _row(made))
            smart_collections.refuse_cycle(log.connection, collection_id)

        undo_id = await self._write("create collection", write)
        return await self.get(collection_id), undo_id

    async def change(self, collection_id: str, change: CollectionChange) -> tuple[Collection, str | None]:
        """Rename, move, or give another query. Raises CollectionNotFoundError, ConflictError (it would lie within or
        hold itself, its new parent is smart, or it holds things by hand that a query would replace), ValidationError.
        """
        if change.query is not None:
            smart_collections.check(change.query)

        def write(log: ChangeLog) -> None:
            present = collections.get(log.connection, collection_id)
            parent_id = change.parent_id if change.moves else present.parent_id
            if change.moves and parent_id is not None:
                collections.require_folder(log.connection, parent_id)
                if collections.is_within(log.connection, parent_id, collection_id):
                    raise ConflictError("A collection cannot lie within itself.")
            query = change.query if change.asks else present.query
            wanted = replace(present, name=change.name or present.name, parent_id=parent_id, query=query)
            if wanted != present:
                log.set_collection(collection_id, _row(replace(wanted, updated_at=clock.now())))
                smart_collections.refuse_cycle(log.connection, collection_id)

        undo_id = await self._write("change collection", write)
        return await self.get(collection_id), undo_id

    async def delete(self, collection_id: str) -> str | None:
        """Delete a collection; its items stay, those nested in it move up. Raises CollectionNotFoundError."""

        def write(log: ChangeLog) -> None:
            present = collections.get(log.connection, collection_id)
            for child in collections.children(log.connection, collection_id):
                lifted = replace(child, parent_id=present.parent_id, updated_at=clock.now())
                log.set_collection(child.id, _row(lifted))
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


def _counted(connection: Connection, collection: Collection) -> Collection:
    if collection.query is None:
        return collection
    return replace(collection, items=smart_collections.count(connection, collection.id, collection.query))


def _row(collection: Collection) -> dict[str, object]:
    return {
        "id": collection.id,
        "name": collection.name,
        "parent_id": collection.parent_id,
        "query": collections.query_text(collection.query),
        "created_at": collection.created_at,
        "updated_at": collection.updated_at,
    }
