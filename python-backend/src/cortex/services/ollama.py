"""The owner's Ollama: is it there, what does it have, what is missing, and loading models down."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cortex.domain.settings import AIPreferences
from cortex.exceptions import AIProviderError, AIProviderUnavailableError
from cortex.providers.ollama import OllamaServer
from cortex.providers.ollama_answers import InstalledModel, ModelAbilities, PullProgress, same_model
from cortex.providers.server_address import parse_server_address
from cortex.services.events import EventBus
from cortex.services.health import PartHealth
from cortex.services.settings import SettingsService

if TYPE_CHECKING:
    from cortex.providers.ollama_transport import ConnectionRecorder

_WANTS_OLLAMA = frozenset({"auto", "ollama", "hybrid"})
_HEALTH_SECONDS = 1.5
"""Below the time that the whole of health has, so that a silent host is told apart from a slow check."""
_SHOWN_AT_ONCE = 4
_REMEMBERED = 500


@dataclass(frozen=True, slots=True)
class OllamaStatus:
    """What there is at the configured address. `error` says in a sentence why nothing is available."""

    host: str
    is_local: bool | None
    """Whether it is on this machine; None when the address is none."""
    available: bool = False
    version: str | None = None
    models: tuple[InstalledModel, ...] = ()
    abilities: tuple[ModelAbilities | None, ...] = ()
    """Of each model, in the same order; None where it would not say, and altogether empty unless asked for."""
    running: tuple[str, ...] = ()
    """Names of the models that are in memory."""
    missing_models: tuple[str, ...] = ()
    """Chosen in the settings, but not installed there."""
    error: str | None = None


class OllamaService:
    """Asks the Ollama that the settings name, whichever that is at the moment."""

    def __init__(self, settings: SettingsService, recorder: ConnectionRecorder, events: EventBus):
        self._settings = settings
        self._recorder = recorder
        self._events = events
        self._servers: dict[str, OllamaServer] = {}
        self._abilities: dict[str, ModelAbilities] = {}

    async def status(self, *, with_abilities: bool = False) -> OllamaStatus:
        """Look. Never raises for what is wrong with Ollama: that is the answer."""
        preferences = await self._settings.ai()
        host, is_local = preferences.ollama_host, None
        try:
            server = self._server(preferences)
            host, is_local = server.address.url, server.address.is_local
            version = await server.version()
            found = await server.models()
            return OllamaStatus(
                host=host,
                is_local=is_local,
                available=True,
                version=version,
                models=found,
                abilities=await self._abilities_of(server, found) if with_abilities else (),
                running=await server.running(),
                missing_models=_missing(preferences, found),
            )
        except (AIProviderError, AIProviderUnavailableError) as error:
            return OllamaStatus(host, is_local, error=error.message)

    async def health(self) -> PartHealth:
        """In a sentence. Being away is a problem only where the owner chose Ollama; else Cortex does without."""
        preferences = await self._settings.ai()
        if preferences.provider not in _WANTS_OLLAMA:
            return PartHealth("idle", f"Not asked: the provider is {preferences.provider}.")
        chosen = preferences.provider == "ollama"
        try:
            async with asyncio.timeout(_HEALTH_SECONDS):
                status = await self.status()
        except TimeoutError:
            status = OllamaStatus(preferences.ollama_host, None, error=f"No answer within {_HEALTH_SECONDS:g} s.")
        if not status.available:
            return PartHealth("unavailable" if chosen else "idle", status.error)
        detail = f"Ollama {status.version} at {status.host}, {len(status.models)} models installed."
        if status.missing_models:
            pulls = " and ".join(f"`ollama pull {name}`" for name in status.missing_models)
            return PartHealth("degraded" if chosen else "idle", f"{detail} The chosen model is missing: {pulls}.")
        return PartHealth("healthy", detail)

    async def pull(self, model: str) -> AsyncGenerator[PullProgress, None]:
        """Load a model down; closing the iterator stops it.

        Raises AIProviderUnavailableError, AIProviderError, ValidationError.
        """
        server = self._server(await self._settings.ai())
        async with contextlib.aclosing(server.pull(model)) as steps:
            async for step in steps:
                yield step
        self._events.publish("providers.updated", {"provider": "ollama"})

    async def aclose(self) -> None:
        """Close all connections."""
        for server in self._servers.values():
            await server.aclose()

    def _server(self, preferences: AIPreferences) -> OllamaServer:
        try:
            address = parse_server_address(preferences.ollama_host)
        except ValueError as error:
            raise AIProviderUnavailableError(str(error)) from error
        if address.url not in self._servers:
            self._servers[address.url] = OllamaServer(address, self._recorder)
        return self._servers[address.url]

    async def _abilities_of(
        self, server: OllamaServer, models: Sequence[InstalledModel]
    ) -> tuple[ModelAbilities | None, ...]:
        """What each can do, asked once for each digest, which names exactly what it is."""
        room = asyncio.Semaphore(_SHOWN_AT_ONCE)

        async def of(model: InstalledModel) -> ModelAbilities | None:
            if model.digest not in self._abilities:
                async with room:
                    try:
                        shown = await server.show(model.name)
                    except (AIProviderError, AIProviderUnavailableError):
                        return None  # just deleted, or damaged: the list itself still stands
                if len(self._abilities) >= _REMEMBERED:
                    self._abilities.clear()
                self._abilities[model.digest] = shown
            return self._abilities[model.digest]

        return tuple(await asyncio.gather(*(of(model) for model in models)))


def _missing(preferences: AIPreferences, found: Sequence[InstalledModel]) -> tuple[str, ...]:
    if preferences.provider not in _WANTS_OLLAMA:
        return ()
    chosen = preferences.chat_model
    return () if any(same_model(chosen, model.name) for model in found) else (chosen,)
