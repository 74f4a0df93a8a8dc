"""What time takes away: old trash, undo records, idempotency keys, originals that nothing names,
last year's calls of models."""

from __future__ import annotations

from cortex.db.blobs import BlobStore
from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import idempotency, item_lists, items, model_calls, tool_calls, undo
from cortex.domain import clock
from cortex.exceptions import AIProviderUnavailableError
from cortex.observability.logs import get_logger
from cortex.services.connections import ConnectionService
from cortex.services.events import EventBus
from cortex.services.indexing import IndexingService
from cortex.services.items import ItemService
from cortex.services.settings import SettingsService
from cortex.services.word_counts import WordCounts

log = get_logger(__name__)


class HousekeepingService:
    """Tidies up; `cortex.worker.schedules` says when."""

    def __init__(
        self,
        database: Database,
        blobs: BlobStore,
        items_: ItemService,
        settings: SettingsService,
        word_counts: WordCounts,
        indexing: IndexingService,
        connections: ConnectionService,
        events: EventBus,
    ):
        self._database = database
        self._blobs = blobs
        self._items = items_
        self._settings = settings
        self._word_counts = word_counts
        self._indexing = indexing
        self._connections = connections
        self._events = events

    async def run(self) -> None:
        """Tidy up once. Raises StorageError, StorageFullError, AIProviderError; what was done until then stays done."""
        days = (await self._settings.preferences()).trash_days
        expired = await self._database.read(
            lambda connection: item_lists.trashed_before(connection, clock.after(-days * 24 * 3600))
        )
        # What was deleted by hand meanwhile, or taken out of the trash, is left out.
        await self._items.delete_trashed(expired)

        def prune(connection: Connection) -> None:
            undo.prune(connection)
            idempotency.prune(connection)
            model_calls.prune(connection)
            tool_calls.prune(connection, clock.after(-undo.KEPT_SECONDS))

        await self._database.write(prune)
        known = await self._database.read(items.known_files)
        strays = await self._blobs.strays(known.__contains__)

        def sweep(connection: Connection) -> int:
            return sum(
                self._blobs.discard_stray(file) for file in strays if not items.is_file_known(connection, file.name)
            )

        removed = await self._database.write(sweep) if strays else 0
        await self._word_counts.mend()
        log.info("housekeeping done", expired=len(expired), swept=removed)
        try:
            embedded = await self._indexing.embed_missing()
        except AIProviderUnavailableError as away:
            log.info("items without vectors stay so for now", error=away.code)
        else:
            log.info("items without vectors got them", items=embedded)
        connected = await self._connections.connect_outdated()
        if connected:
            self._events.publish("connections.updated", {})
        log.info("items connected again", items=connected)
