"""Opens the library and wires the application."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from cortex.bootstrap.chat import chat
from cortex.bootstrap.chat_tools import tool_calls
from cortex.bootstrap.digests import Digests, digests
from cortex.bootstrap.embedding import Vectors, vectors
from cortex.bootstrap.intelligence import Intelligence, intelligence
from cortex.bootstrap.processing import processing
from cortex.bootstrap.search import search
from cortex.config import Limits, Settings, forbid_tracing
from cortex.db import integrity
from cortex.db.blobs import BlobStore
from cortex.db.checkpoints import CheckpointStore
from cortex.db.database import Database
from cortex.db.instance import DataDirectory
from cortex.db.migrate import migrate
from cortex.db.repositories.api_keys import ApiKeyRepository
from cortex.db.repositories.conversations import ConversationRepository
from cortex.db.repositories.items import ItemRepository
from cortex.db.repositories.ledger import LedgerRepository
from cortex.db.repositories.searches import SearchRepository
from cortex.db.repositories.sessions import SessionRepository
from cortex.exceptions import AIProviderUnavailableError
from cortex.observability.logs import get_logger
from cortex.observability.metrics import Metrics
from cortex.providers.base import Embedder
from cortex.queue.wakeup import Wakeup
from cortex.security.gate import Gate
from cortex.security.outbound import FetchLimits, OutboundClient
from cortex.security.tokens import owner_token
from cortex.services.bulk import BulkService
from cortex.services.capture import CaptureService
from cortex.services.chat_history import HistoryReader
from cortex.services.chat_tools.calls import ToolCallService
from cortex.services.collections import CollectionService
from cortex.services.connection_upkeep import ConnectionUpkeep
from cortex.services.connections import ConnectionService
from cortex.services.conversations import ConversationService
from cortex.services.demo import save_sample_library
from cortex.services.dependencies import disk_health, embedder_health, models_health, queue_health
from cortex.services.drafting import DraftingService
from cortex.services.drafting_materials import MaterialReader
from cortex.services.embeddings import EmbeddingService
from cortex.services.events import EventBus
from cortex.services.generated_turns import GeneratedTurns
from cortex.services.generation import GenerationService
from cortex.services.health import HealthService, PartHealth
from cortex.services.highlights import HighlightService
from cortex.services.housekeeping import HousekeepingService
from cortex.services.idempotency import IdempotencyService
from cortex.services.indexing import IndexingService
from cortex.services.item_images import ImageLimits, ItemImages
from cortex.services.items import ItemService
from cortex.services.ollama import OllamaService
from cortex.services.processing_status import ProcessingStatus, Throughput
from cortex.services.refresh import RefreshService
from cortex.services.related_items import RelatedItems
from cortex.services.reminders import ReminderService
from cortex.services.retrieval.legs import Legs
from cortex.services.retrieval.passages import PassageRetriever
from cortex.services.retrieval.suggestions import Suggestions
from cortex.services.search_history import SearchHistory
from cortex.services.settings import SettingsService
from cortex.services.tags import VocabularyService
from cortex.services.tasks import TaskService
from cortex.services.term_refresh import TermRefresh
from cortex.services.undo import UndoService
from cortex.services.word_counts import WordCounts
from cortex.services.writing_schedule import WritingSchedule
from cortex.workflows.chat.answering import Answering
from cortex.workflows.chat.approvals import Approvals
from cortex.workflows.processing.graph import ProcessingWorkflow
from cortex.workflows.search import SearchWorkflow

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Application:
    """The wired application. Routes, the worker and the command line reach everything through it."""

    settings: Settings
    data_dir: Path
    database: Database
    blobs: BlobStore
    items: ItemRepository
    capture: CaptureService
    item_service: ItemService
    images: ItemImages
    refresh: RefreshService
    bulk: BulkService
    tags: VocabularyService
    collections: CollectionService
    tasks: TaskService
    reminders: ReminderService
    highlights: HighlightService
    undo: UndoService
    idempotency: IdempotencyService
    preferences: SettingsService
    housekeeping: HousekeepingService
    wakeup: Wakeup
    gate: Gate
    ledger: LedgerRepository
    outbound: OutboundClient
    processing: ProcessingStatus
    workflow: ProcessingWorkflow
    throughput: Throughput
    writing: WritingSchedule
    conversations: ConversationService
    answering: Answering
    approvals: Approvals
    tool_calls: ToolCallService
    drafting: DraftingService
    generation: GenerationService
    generated_turns: GeneratedTurns
    vectors: Vectors
    digests: Digests
    related: RelatedItems
    connection_upkeep: ConnectionUpkeep
    intelligence: Intelligence
    search: SearchWorkflow
    searches: SearchRepository
    search_history: SearchHistory
    suggestions: Suggestions
    stopping: asyncio.Event
    """Set when the server begins to stop: every stream ends properly when it sees it."""
    events: EventBus
    health: HealthService
    metrics: Metrics
    started: float = field(default_factory=time.monotonic)

    @property
    def embeddings(self) -> EmbeddingService:
        """Vectors of texts."""
        return self.vectors.embeddings

    @property
    def ollama(self) -> OllamaService:
        """The owner's Ollama."""
        return self.intelligence.ollama


@contextlib.asynccontextmanager
async def assemble(settings: Settings, metrics: Metrics | None = None) -> AsyncIterator[Application]:
    """Open the library and wire the application; closes everything in reverse order.

    With `settings.in_memory` nothing is left behind: the database is in memory, originals in a temporary folder.
    """
    forbid_tracing()
    async with contextlib.AsyncExitStack() as stack:
        data_dir, database_file, was_unclean = _place(settings, stack)
        database = Database(database_file)
        await database.open()
        stack.push_async_callback(database.close)
        await migrate(database, backups=data_dir / "backups" if database_file else None)

        health = HealthService()
        blobs = BlobStore(data_dir / "originals")
        events = EventBus()
        wakeup = Wakeup()
        terms = TermRefresh()
        ledger = LedgerRepository(database)
        stack.push_async_callback(terms.close)
        outbound = OutboundClient(
            ledger,
            limits=FetchLimits(
                size=settings.limits.fetch_size,
                seconds=settings.limits.fetch_seconds,
                redirects=settings.limits.fetch_redirects,
            ),
            private_networks=settings.fetch_private_networks,
            own_port=settings.port,
        )
        preferences = SettingsService(database, events, settings)
        metrics = metrics or Metrics()
        models = intelligence(
            stack, database, preferences, ledger, events, metrics, data_dir if database_file else None
        )
        texts_as_vectors = vectors(stack, settings, database, preferences, ledger, models, events)
        embeddings = texts_as_vectors.embeddings
        indexing = IndexingService(
            database,
            embeddings,
            chunk_size=settings.chunk_size,
            chunk_overlap=settings.chunk_overlap,
        )
        terms.attach(indexing.refresh_item_terms)
        checkpoints = CheckpointStore(data_dir / "checkpoints.db" if database_file else None)
        stack.push_async_callback(checkpoints.close)
        conversations = ConversationService(ConversationRepository(database), events)
        await conversations.recover()
        legs = Legs(database, embeddings)
        stack.push_async_callback(legs.aclose)
        search_history = SearchHistory(SearchRepository(database))
        stack.push_async_callback(search_history.aclose)
        passages = PassageRetriever(database, legs)
        stopping = asyncio.Event()
        calls = tool_calls(database, passages.retrieve_passages, blobs, events, wakeup, terms)
        answers = await chat(
            stack, database, conversations, passages, models, preferences, checkpoints, stopping, calls
        )
        throughput = Throughput()
        connections = ConnectionService(database)
        ways = processing(
            stack,
            settings,
            database,
            blobs=blobs,
            outbound=outbound,
            models=models,
            indexing=indexing,
            connections=connections,
            terms=terms,
            events=events,
            wakeup=wakeup,
            checkpoints=checkpoints,
        )
        item_service = ItemService(database, blobs, events, wakeup, terms)
        _watch(health, database, data_dir, texts_as_vectors.embedder, models)
        application = Application(
            settings=settings,
            data_dir=data_dir,
            database=database,
            blobs=blobs,
            items=ItemRepository(database),
            capture=CaptureService(database, blobs, events, wakeup),
            item_service=item_service,
            images=ItemImages(database, blobs, outbound, events, _image_limits(settings.limits)),
            refresh=RefreshService(database, blobs, ways.reader, events, wakeup),
            bulk=BulkService(database, item_service, events, wakeup, terms),
            tags=VocabularyService(database, events, terms),
            collections=CollectionService(database, events),
            tasks=TaskService(database, events),
            reminders=ReminderService(database, events),
            highlights=HighlightService(database, events),
            undo=UndoService(database, events, wakeup, terms),
            idempotency=IdempotencyService(database),
            preferences=preferences,
            housekeeping=HousekeepingService(
                database, blobs, item_service, preferences, WordCounts(database), indexing, connections, events
            ),
            wakeup=wakeup,
            gate=Gate(
                owner=owner_token(
                    settings.token.get_secret_value() if settings.token else None,
                    None if settings.in_memory else settings.data_dir,
                ),
                keys=ApiKeyRepository(database),
                sessions=SessionRepository(database),
            ),
            ledger=ledger,
            outbound=outbound,
            processing=ProcessingStatus(database, events, wakeup, throughput),
            workflow=ways.workflow,
            throughput=throughput,
            writing=ways.writing,
            conversations=conversations,
            answering=answers.answering,
            approvals=answers.approvals,
            tool_calls=calls,
            drafting=DraftingService(models.gateway, MaterialReader(database)),
            generation=(generation := _generation(database, models, calls)),
            generated_turns=GeneratedTurns(generation, conversations, HistoryReader(database), calls),
            vectors=texts_as_vectors,
            digests=digests(database, events, wakeup, preferences, models, outbound, checkpoints),
            related=RelatedItems(database),
            connection_upkeep=ConnectionUpkeep(connections, events),
            intelligence=models,
            search=search(database, legs, passages, models),
            searches=SearchRepository(database),
            search_history=search_history,
            suggestions=Suggestions(database),
            stopping=stopping,
            events=events,
            health=health,
            metrics=metrics,
        )
        _tie_together(application, stack)
        if settings.demo:
            await save_sample_library(application.capture)
        if was_unclean:
            check = asyncio.create_task(_check_integrity(database, health))
            stack.push_async_callback(_cancelled, check)
        yield application


def _image_limits(limits: Limits) -> ImageLimits:
    return ImageLimits(
        size=limits.image_size,
        count=limits.item_images,
        total_size=limits.item_images_size,
        seconds=limits.fetch_seconds,
        redirects=limits.fetch_redirects,
    )


def _place(
    settings: Settings, stack: contextlib.ExitStack | contextlib.AsyncExitStack
) -> tuple[Path, Path | None, bool]:
    """Where the library lies: (directory, database file or None in memory, whether the last stop was unclean)."""
    if settings.in_memory:
        return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cortex-"))), None, False
    directory = DataDirectory(settings.data_dir)
    directory.acquire(f"http://{settings.host}:{settings.port}")
    stack.callback(directory.release)
    settings.database_file.parent.mkdir(parents=True, exist_ok=True)
    return settings.data_dir, settings.database_file, directory.was_unclean


def _generation(database: Database, models: Intelligence, calls: ToolCallService) -> GenerationService:
    return GenerationService(models.gateway, MaterialReader(database), HistoryReader(database), calls)


def _watch(health: HealthService, database: Database, data_dir: Path, embedder: Embedder, models: Intelligence) -> None:
    """Name the parts that health tells of."""
    health.register("database", lambda: _database_health(database))
    health.register("disk", lambda: disk_health(data_dir))
    health.register("queue", lambda: queue_health(database))
    health.register("embedder", lambda: embedder_health(embedder))
    health.register("ollama", models.ollama.health)
    health.register("models", lambda: models_health(models.gateway))
    health.register("language_model", models.models.health)


def _tie_together(application: Application, stack: contextlib.AsyncExitStack) -> None:
    """What one part does for another, once they are all there."""
    release = application.processing.release_waiting
    application.intelligence.watch.on_available(partial(release, AIProviderUnavailableError.code))
    stack.callback(application.events.close)


async def _database_health(database: Database) -> PartHealth:
    await database.ping()
    return PartHealth("healthy")


async def _check_integrity(database: Database, health: HealthService) -> None:
    """After an unclean stop, look the file through in the background; the result shows in health."""
    found = await integrity.problems(database)
    if found:
        log.error("integrity check found problems", count=len(found))
        health.report_problem("integrity", f"The library file is damaged: {found[0]} Restore a backup.")
    else:
        log.info("integrity check passed")


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])
