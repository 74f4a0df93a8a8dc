"""Wires what reads saved items and what lets language models write about them."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from cortex.bootstrap.intelligence import Intelligence
from cortex.config import Settings
from cortex.db.blobs import BlobStore
from cortex.db.checkpoints import CheckpointStore
from cortex.db.database import Database
from cortex.providers.chat_model import ChatIdentity
from cortex.queue.wakeup import Wakeup
from cortex.security.outbound import OutboundClient
from cortex.services.connections import ConnectionService
from cortex.services.events import EventBus
from cortex.services.extraction.worker import Parser
from cortex.services.indexing import IndexingService
from cortex.services.item_reading import ItemReader
from cortex.services.item_writing import ItemWriter
from cortex.services.summaries import SummaryService
from cortex.services.tagging import TagService
from cortex.services.term_refresh import TermRefresh
from cortex.services.writing_schedule import WritingSchedule
from cortex.workflows.processing.graph import ProcessingWorkflow
from cortex.workflows.processing.nodes import ProcessingServices


@dataclass(frozen=True, slots=True)
class Processing:
    """The way of an item from capture to ready, and what is written about it afterwards."""

    reader: ItemReader
    workflow: ProcessingWorkflow
    writing: WritingSchedule


def processing(
    stack: contextlib.AsyncExitStack,
    settings: Settings,
    database: Database,
    *,
    blobs: BlobStore,
    outbound: OutboundClient,
    models: Intelligence,
    indexing: IndexingService,
    connections: ConnectionService,
    terms: TermRefresh,
    events: EventBus,
    wakeup: Wakeup,
    checkpoints: CheckpointStore,
) -> Processing:
    """Construct it; `stack` closes it."""
    parser = Parser(settings.limits, settings.max_concurrent_processing)
    stack.push_async_callback(parser.aclose)
    tags = TagService(database, events, terms)

    async def identities() -> list[ChatIdentity]:
        return [model.identity for model in await models.models.chain()]

    writer = ItemWriter(database, models.gateway, tags, connections)
    writing = WritingSchedule(database, writer, events, wakeup, identities)

    async def catch_up() -> None:
        await writing.model_available()

    models.watch.on_available(catch_up)
    reader = ItemReader(database, blobs, parser, outbound)
    workflow = ProcessingWorkflow(
        ProcessingServices(
            database=database,
            events=events,
            reader=reader,
            summaries=SummaryService(database),
            tags=tags,
            indexing=indexing,
            connections=connections,
            writing=writing,
        ),
        checkpoints,
    )
    return Processing(reader, workflow, writing)
