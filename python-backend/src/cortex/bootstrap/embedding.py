"""Wires what has to do with vectors."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from cortex.bootstrap.intelligence import Intelligence
from cortex.config import Settings
from cortex.db.database import Database
from cortex.db.repositories.ledger import LedgerRepository
from cortex.domain.embedding import EmbeddingChoice
from cortex.providers.embedded import EmbeddedEmbedder
from cortex.queue import jobs
from cortex.services.embedder_openers import EmbedderOpeners
from cortex.services.embedders import Embedders
from cortex.services.embedding_builder import EmbeddingBuilder
from cortex.services.embedding_changes import EmbeddingChanges
from cortex.services.embedding_switch import EmbeddingSwitch
from cortex.services.embeddings import EmbeddingService
from cortex.services.events import EventBus
from cortex.services.settings import SettingsService


@dataclass(frozen=True, slots=True)
class Vectors:
    """Vectors of texts, and changing the model that makes them."""

    embedder: EmbeddedEmbedder
    """The embedded one."""
    embedders: Embedders
    embeddings: EmbeddingService
    switch: EmbeddingSwitch
    builder: EmbeddingBuilder


def vectors(
    stack: contextlib.AsyncExitStack,
    settings: Settings,
    database: Database,
    preferences: SettingsService,
    ledger: LedgerRepository,
    models: Intelligence,
    events: EventBus,
) -> Vectors:
    """Construct them; `stack` closes them."""
    embedder = EmbeddedEmbedder(settings.model_dir)
    stack.push_async_callback(embedder.aclose)
    openers = EmbedderOpeners(preferences, models.secrets, models.servers, ledger, models.gateway.resilient)
    stack.push_async_callback(openers.aclose)
    embedders = Embedders(embedder, {"ollama": openers.ollama, "cloud": openers.cloud}, allows=openers.allows)
    stack.push_async_callback(embedders.aclose)
    embeddings = EmbeddingService(database, embedder, embedders)

    async def remember(choice: EmbeddingChoice) -> None:
        await preferences.change_ai(embedding_provider=choice.provider, embedding_model=choice.model)

    async def is_processing() -> bool:
        return (await database.read(jobs.counts)).processing > 0

    changes = EmbeddingChanges(database, embeddings, embedders, events, remember=remember)
    builder = EmbeddingBuilder(database, embeddings, embedders, changes, events, is_processing)
    embeddings.tell(lacking=builder.fall_behind, changed=builder.look_for_changes)
    switch = EmbeddingSwitch(database, embeddings, embedders, builder, changes, events, consent=models.settings.consent)
    return Vectors(embedder, embedders, embeddings, switch, builder)
