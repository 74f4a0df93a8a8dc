"""Wires what has to do with language models."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from cortex.db.database import Database
from cortex.db.repositories.ledger import LedgerRepository
from cortex.observability.metrics import Metrics
from cortex.providers.gateway.gateway import Gateway
from cortex.services.events import EventBus
from cortex.services.model_choice import ModelChoice
from cortex.services.ollama import OllamaService
from cortex.services.ollama_presence import OllamaPresence
from cortex.services.ollama_servers import OllamaServers
from cortex.services.settings import SettingsService


@dataclass(frozen=True, slots=True)
class Intelligence:
    """The models, and the one way to them."""

    ollama: OllamaService
    models: ModelChoice
    gateway: Gateway


def intelligence(
    stack: contextlib.AsyncExitStack,
    database: Database,
    preferences: SettingsService,
    ledger: LedgerRepository,
    events: EventBus,
    metrics: Metrics,
) -> Intelligence:
    """Construct them; `stack` closes them."""
    servers = OllamaServers(ledger)
    stack.push_async_callback(servers.aclose)
    presence = OllamaPresence(servers)
    stack.push_async_callback(presence.aclose)
    models = ModelChoice(preferences, servers, presence)
    stack.push_async_callback(models.aclose)
    ollama = OllamaService(preferences, servers, presence, models, events)
    return Intelligence(ollama=ollama, models=models, gateway=Gateway(models.chain))
