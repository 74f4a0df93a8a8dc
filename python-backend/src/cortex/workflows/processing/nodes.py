"""The steps. Each reads its input from the library, writes its artefact there, and may run twice without harm."""

from __future__ import annotations

from dataclasses import dataclass

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import items, processing
from cortex.domain.item import Item, Stage
from cortex.queue import leases
from cortex.services.connections import ConnectionService
from cortex.services.events import EventBus
from cortex.services.indexing import IndexingService
from cortex.services.item_reading import ItemReader
from cortex.services.processing_events import announce
from cortex.services.summaries import SummaryService
from cortex.services.tagging import TagService
from cortex.services.writing_schedule import WritingSchedule
from cortex.workflows.processing.state import ProcessingState

_OVER: ProcessingState = {"over": True}
_PROGRESS: dict[Stage, float] = {
    "fetch": 0.05,
    "extract": 0.15,
    "summarise": 0.4,
    "tag": 0.5,
    "chunk": 0.6,
    "embed": 0.7,
    "connect": 0.85,
    "write": 0.9,
    "index": 0.98,
}
"""How much is done when a stage begins."""


@dataclass(frozen=True, slots=True)
class ProcessingServices:
    """What the steps work with."""

    database: Database
    events: EventBus
    reader: ItemReader
    summaries: SummaryService
    tags: TagService
    indexing: IndexingService
    connections: ConnectionService
    writing: WritingSchedule


class ProcessingNodes:
    """One method a step; the graph gives their order."""

    def __init__(self, services: ProcessingServices):
        self._services = services

    async def fetch(self, state: ProcessingState) -> ProcessingState:
        """Get the page when only its address was saved. Raises FetchError."""
        item = await self._enter(state, "fetch")
        if item is None:
            return _OVER
        if item.content_version:
            return {"version": item.content_version}
        # while it waits for the network, it is found by its title, address and note
        await self._services.indexing.refresh_item_terms(item.id)
        version = await self._services.reader.fetch(item)
        return _OVER if version is None else {"version": version}

    async def extract(self, state: ProcessingState) -> ProcessingState:
        """Read text and metadata out of the original. Raises ExtractionError."""
        item = await self._enter(state, "extract")
        if item is None:
            return _OVER
        await self._services.reader.extract(item)
        return {}

    async def summarise(self, state: ProcessingState) -> ProcessingState:
        """Choose the sentences that say what it is about."""
        item = await self._enter(state, "summarise")
        if item is None:
            return _OVER
        await self._services.summaries.summarise_item(item)
        return {}

    async def tag(self, state: ProcessingState) -> ProcessingState:
        """Give it tags of the library's vocabulary; before the chunks, so that their index holds them."""
        item = await self._enter(state, "tag")
        if item is None:
            return _OVER
        await self._services.tags.tag_item(item)
        return {}

    async def chunk(self, state: ProcessingState) -> ProcessingState:
        """Cut it into passages and index their words: from here on it is found by keyword."""
        item = await self._enter(state, "chunk")
        if item is None:
            return _OVER
        await self._services.indexing.store_chunks(item.id)
        return {}

    async def embed(self, state: ProcessingState) -> ProcessingState:
        """Give its passages vectors: from here on it is found by meaning. Raises AIProviderUnavailableError."""
        item = await self._enter(state, "embed")
        if item is None:
            return _OVER
        await self._services.indexing.embed_item(item.id)
        return {}

    async def connect(self, state: ProcessingState) -> ProcessingState:
        """Find what it belongs with in the library, and tell those items so."""
        item = await self._enter(state, "connect")
        if item is None:
            return _OVER
        await self._services.connections.connect_item(item.id)
        return {}

    async def write(self, state: ProcessingState) -> ProcessingState:
        """Let a language model write about it, if one is at hand; whatever that comes to, the item becomes ready."""
        stopped_here = await self._is_at(state, "write")
        item = await self._enter(state, "write")
        if item is None:
            return _OVER
        await self._services.writing.at_the_end_of_processing(item, state["job_id"], again=stopped_here)
        return {}

    async def finish(self, state: ProcessingState) -> ProcessingState:
        """Say that it is ready."""
        await self._enter(state, "index", ready=True)
        return _OVER

    async def _is_at(self, state: ProcessingState, stage: Stage) -> bool:
        """Whether an earlier run got into this very stage, and no further."""
        found = await self._services.database.read(lambda raw: items.get_many(raw, [state["item_id"]]))
        return any(item.stage == stage for item in found)

    async def _enter(self, state: ProcessingState, stage: Stage, *, ready: bool = False) -> Item | None:
        """Show the stage; None when this run is over because the item is gone, trashed or newer."""
        item_id, version = state["item_id"], state.get("version") or None

        def enter(connection: Connection) -> Item | None:
            item = processing.current(connection, item_id, version)
            if item is None:
                return None
            if item.stage != stage:
                # Only a step that was not reached before is progress: one that ends the process every time is not.
                leases.made_progress(connection, state["job_id"])
            if ready:
                processing.show(connection, item_id, "ready", "done", 1.0, None)
            else:
                processing.show(connection, item_id, "processing", stage, _PROGRESS[stage], None)
            return items.get(connection, item_id)

        item = await self._services.database.write(enter)
        if item is not None:
            announce(self._services.events, item)
        return item
