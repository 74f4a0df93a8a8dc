"""Wires what has to do with language models."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from cortex.db.database import Database
from cortex.db.repositories.ledger import LedgerRepository
from cortex.db.repositories.model_calls import ModelCallRepository
from cortex.observability.metrics import Metrics
from cortex.providers.gateway.gateway import Gateway
from cortex.providers.gateway.health import ModelHealth
from cortex.security.secrets import SecretStore
from cortex.services.events import EventBus
from cortex.services.model_choice import ModelChoice
from cortex.services.model_keys import ModelKeys
from cortex.services.model_recommendation import ModelRecommendation
from cortex.services.model_settings import ModelSettings
from cortex.services.model_trial import ModelTrial
from cortex.services.model_watch import ModelWatch
from cortex.services.ollama import OllamaService
from cortex.services.ollama_presence import OllamaPresence
from cortex.services.ollama_servers import OllamaServers
from cortex.services.settings import SettingsService
from cortex.services.usage import UsageService


@dataclass(frozen=True, slots=True)
class Intelligence:
    """The models, and the one way to them."""

    ollama: OllamaService
    models: ModelChoice
    gateway: Gateway
    usage: UsageService
    settings: ModelSettings
    watch: ModelWatch
    servers: OllamaServers
    secrets: SecretStore
    trial: ModelTrial
    recommendation: ModelRecommendation


def intelligence(
    stack: contextlib.AsyncExitStack,
    database: Database,
    preferences: SettingsService,
    ledger: LedgerRepository,
    events: EventBus,
    metrics: Metrics,
    data_dir: Path | None,
) -> Intelligence:
    """Construct them; `stack` closes them. Keys are kept beside the library, where there is a directory for it."""
    secrets = SecretStore(data_dir)
    keys = ModelKeys(secrets)
    stack.push_async_callback(keys.aclose)
    servers = OllamaServers(ledger)
    stack.push_async_callback(servers.aclose)
    presence = OllamaPresence(servers)
    stack.push_async_callback(presence.aclose)
    models = ModelChoice(preferences, keys, servers, presence, ledger)
    stack.push_async_callback(models.aclose)
    ollama = OllamaService(preferences, servers, presence, models, events)
    usage = UsageService(ModelCallRepository(database), metrics)
    stack.push_async_callback(usage.aclose)

    def changed(model: ModelHealth) -> None:
        identity = model.identity
        metrics.breakers.labels(identity.provider, identity.model).set(0 if model.state == "closed" else 1)
        events.publish("providers.updated", {"provider": identity.provider, "model": identity.model})

    gateway = Gateway(models.chain, book=usage.book, on_change=changed)
    stack.push_async_callback(gateway.aclose)
    settings = ModelSettings(preferences, secrets, keys, events)
    return Intelligence(
        ollama=ollama,
        models=models,
        gateway=gateway,
        usage=usage,
        settings=settings,
        servers=servers,
        secrets=secrets,
        watch=ModelWatch(preferences, presence, models, events),
        trial=ModelTrial(settings, secrets, servers, presence, models, ledger, usage.book),
        recommendation=ModelRecommendation(database, ollama),
    )
