"""A library with everything that processing needs, on a real file, with the shipped fake embedder and no network."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cortex.config import Limits
from cortex.db.blobs import BlobStore
from cortex.db.checkpoints import CheckpointStore
from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.migrate import migrate
from cortex.db.repositories import connection_facts, items
from cortex.db.repositories.connection_facts import StoredFacts
from cortex.db.repositories.items import ItemRepository
from cortex.db.repositories.ledger import LedgerRepository
from cortex.domain.item import Item, Status
from cortex.observability.metrics import Metrics
from cortex.providers.chat_model import ChatIdentity, ChatModel
from cortex.providers.fake import FakeEmbedder
from cortex.providers.gateway.gateway import Gateway
from cortex.queue.wakeup import Wakeup
from cortex.security.outbound import FetchLimits, OutboundClient
from cortex.security.resolvers import StaticResolver
from cortex.services.capture import Around, CaptureService
from cortex.services.connections import ConnectionService
from cortex.services.embeddings import EmbeddingService
from cortex.services.events import EventBus, EventType
from cortex.services.extraction.worker import Parser
from cortex.services.indexing import IndexingService
from cortex.services.item_reading import ItemReader
from cortex.services.item_writing import ItemWriter
from cortex.services.processing_status import ProcessingStatus, Throughput
from cortex.services.summaries import SummaryService
from cortex.services.tagging import TagService
from cortex.services.term_refresh import TermRefresh
from cortex.services.writing_schedule import WritingSchedule
from cortex.worker.handlers import ProcessItem
from cortex.worker.runner import Worker
from cortex.worker.writing import WriteItem
from cortex.workflows.processing.graph import ProcessingWorkflow
from cortex.workflows.processing.nodes import ProcessingServices


@dataclass
class Library:
    """One run of Cortex over a data directory. Open a second one after closing this to restart."""

    root: Path
    embedder: FakeEmbedder = field(default_factory=FakeEmbedder)
    models: tuple[ChatModel, ...] = ()
    """Language models, first choice first."""
    inline_seconds: float = 60.0
    """How long an item waits for a language model before it is ready."""
    skipped_seconds: float = 0.0
    """What the gateway's clock is ahead: it leaves a model alone for a while that was away."""
    port: int = 0
    """Of a server on loopback that stands for `pages.example`; 0: every name is unknown, as when offline."""

    async def open(self) -> None:
        self.database = Database(self.root / "cortex.db")
        await self.database.open()
        await migrate(self.database, backups=None)
        self.blobs = BlobStore(self.root / "originals")
        self.events = EventBus()
        self.wakeup = Wakeup()
        self.items = ItemRepository(self.database)
        self.capture = CaptureService(self.database, self.blobs, self.events, self.wakeup)
        self.throughput = Throughput()
        self.status = ProcessingStatus(self.database, self.events, self.wakeup, self.throughput)
        self.parser = Parser(Limits(), 1)
        self.checkpoints = CheckpointStore(self.root / "checkpoints.db")
        self.indexing = IndexingService(
            self.database, EmbeddingService(self.database, self.embedder), chunk_size=500, chunk_overlap=50
        )
        self.connections = ConnectionService(self.database)
        terms = TermRefresh()
        terms.attach(self.indexing.refresh_item_terms)
        outbound = OutboundClient(
            LedgerRepository(self.database),
            limits=FetchLimits(size=1024 * 1024, seconds=5, redirects=3),
            resolver=StaticResolver({"pages.example": [["127.0.0.1"]]} if self.port else {}),
            open_endpoints=frozenset({("127.0.0.1", self.port)}),
        )
        tags = TagService(self.database, self.events, terms)

        async def chain(name: str | None) -> Sequence[ChatModel]:
            return self.models

        async def identities() -> list[ChatIdentity]:
            return [model.identity for model in self.models]

        self.gateway = Gateway(chain, now=lambda: time.monotonic() + self.skipped_seconds)
        self.writer = ItemWriter(self.database, self.gateway, tags, self.connections)
        self.writing = WritingSchedule(
            self.database, self.writer, self.events, self.wakeup, identities, inline_seconds=self.inline_seconds
        )
        self.workflow = ProcessingWorkflow(
            ProcessingServices(
                database=self.database,
                events=self.events,
                reader=ItemReader(self.database, self.blobs, self.parser, outbound),
                summaries=SummaryService(self.database),
                tags=tags,
                indexing=self.indexing,
                connections=self.connections,
                writing=self.writing,
            ),
            self.checkpoints,
        )

    async def close(self) -> None:
        await self.gateway.aclose()
        await self.checkpoints.close()
        await self.parser.aclose()
        await self.database.close()

    @contextlib.asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """With the worker running; handed back at the end."""
        handler = ProcessItem(self.database, self.events, self.workflow, self.throughput)
        worker = Worker(self.database, {"process": handler}, self.wakeup, Metrics(), concurrency=2)
        writer = Worker(
            self.database,
            {"write": WriteItem(self.writing, self.events)},
            self.wakeup.another(),
            Metrics(),
            concurrency=1,
            yields_to="process",
        )
        tasks = [asyncio.create_task(one.run()) for one in (worker, writer)]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def save(self, content: str | None = None, *, url: str | None = None, kind: str = "text/html") -> str:
        captured = await self.capture.save(
            url=url, content=content, content_type=kind if content else None, around=Around()
        )
        return captured.item.id

    async def until(self, item_id: str, *statuses: Status) -> Item:
        """The item once it has one of these statuses."""
        return await self.when(item_id, lambda item: item.status in statuses)

    async def when(self, item_id: str, is_so: Callable[[Item], bool]) -> Item:
        """The item once this is so."""
        async with asyncio.timeout(60):
            with self.events.subscribe() as subscription:
                item = await self.items.get(item_id)
                if is_so(item):
                    return item
                async for _ in subscription:
                    item = await self.items.get(item_id)
                    if is_so(item):
                        return item
        raise AssertionError("the events ended")

    async def stages_until(self, item_id: str, *statuses: Status) -> list[str]:
        """The stages that the item goes through from now on."""
        stages: list[str] = []
        async with asyncio.timeout(60):
            with self.events.subscribe() as subscription:
                async for event in subscription:
                    if event.type == "item.updated" and event.data.get("item_id") == item_id and "stage" in event.data:
                        stages.append(str(event.data["stage"]))
                        if event.data["status"] in statuses:
                            return stages
        raise AssertionError("the events ended")

    async def until_event(self, type_: EventType, is_so: Callable[[], Awaitable[bool]]) -> None:
        """Wait until this is so; looked at after every event of a type."""
        async with asyncio.timeout(60):
            with self.events.subscribe() as subscription:
                if await is_so():
                    return
                async for event in subscription:
                    if event.type == type_ and await is_so():
                        return

    async def facts(self, item_id: str) -> StoredFacts:
        """What an item is connected by."""

        def read(connection: Connection) -> StoredFacts:
            number = items.number_of(connection, item_id)
            return connection_facts.of_items(connection, [number])[number]

        return await self.database.read(read)

    async def until_no_jobs(self) -> None:
        """Wait until every job has ended."""
        async with asyncio.timeout(60):
            with self.events.subscribe() as subscription:
                if not await self.count("SELECT count(*) FROM jobs"):
                    return
                async for event in subscription:
                    if event.type == "queue.updated" and not await self.count("SELECT count(*) FROM jobs"):
                        return

    async def count(self, query: str) -> int:
        return int(await self.database.read(lambda connection: connection.execute(query).fetchone()[0]))


@contextlib.asynccontextmanager
async def opened(root: Path, **options: object) -> AsyncIterator[Library]:
    """An open library, closed at the end whatever happens."""
    library = Library(root, **options)  # type: ignore[arg-type] # as the class has them
    await library.open()
    try:
        yield library
    finally:
        await library.close()


class GatedEmbedder(FakeEmbedder):
    """Waits at a gate: holds a run in the middle of its step for as long as a test wants."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.waiting = asyncio.Event()

    async def embed(self, texts, *, purpose):  # type: ignore[no-untyped-def] # as the base has it
        self.waiting.set()
        await self.gate.wait()
        return await super().embed(texts, purpose=purpose)
