"""The owner's Ollama: is it there, what does it have, what is missing, and loading models down."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from cortex.domain.settings import AIPreferences
from cortex.exceptions import AIProviderError, AIProviderUnavailableError
from cortex.providers.ollama_answers import InstalledModel, ModelAbilities, PullProgress, same_model
from cortex.services.events import EventBus
from cortex.services.health import PartHealth, State
from cortex.services.model_choice import USES_OLLAMA, ModelChoice
from cortex.services.model_consent import consent_sentence, needs_consent, remote_places
from cortex.services.ollama_presence import OllamaPresence, Presence
from cortex.services.ollama_servers import OllamaServers, address_of
from cortex.services.settings import SettingsService

_HEALTH_SECONDS = 1.5
"""Below the time that the whole of health has, so that a silent host is told apart from a slow check."""


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

    def __init__(
        self,
        settings: SettingsService,
        servers: OllamaServers,
        presence: OllamaPresence,
        choice: ModelChoice,
        events: EventBus,
    ):
        self._settings = settings
        self._servers = servers
        self._presence = presence
        self._choice = choice
        self._events = events

    async def status(self, *, with_abilities: bool = False) -> OllamaStatus:
        """Look. Never raises for what is wrong with Ollama: that is the answer."""
        preferences = await self._settings.ai()
        host, is_local = preferences.ollama_host, None
        try:
            server = self._servers.of(preferences)
            host, is_local = server.address.url, server.address.is_local
            if missing := needs_consent(preferences, remote_places(server.address)):
                return OllamaStatus(host, is_local, error=" ".join(consent_sentence(place) for place in missing))
            version = await server.version()
            found = await server.models()
            return OllamaStatus(
                host=host,
                is_local=is_local,
                available=True,
                version=version,
                models=found,
                abilities=await self._presence.abilities_of(server, found) if with_abilities else (),
                running=await server.running(),
                missing_models=_missing(preferences, found),
            )
        except (AIProviderError, AIProviderUnavailableError) as error:
            return OllamaStatus(host, is_local, error=error.message)

    async def health(self) -> PartHealth:
        """In a sentence. Being away is a problem only where the owner chose Ollama; else Cortex does without."""
        preferences = await self._settings.ai()
        if preferences.provider not in USES_OLLAMA:
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
        picked = self._choice.pick(preferences, Presence(address_of(preferences), True, status.models))
        if picked.note is None:
            return PartHealth("healthy", detail)
        state: State = "degraded" if chosen else "healthy" if picked.model is not None else "idle"
        return PartHealth(state, f"{detail} {picked.note}")

    async def pull(self, model: str) -> AsyncGenerator[PullProgress, None]:
        """Load a model down; closing the iterator stops it. It may be asked at once when it is there.

        Raises AIProviderUnavailableError, AIProviderError, ValidationError.
        """
        preferences = await self._settings.ai()
        server = self._servers.of(preferences)
        if missing := needs_consent(preferences, remote_places(server.address)):
            raise AIProviderUnavailableError(" ".join(consent_sentence(place) for place in missing))
        async with contextlib.aclosing(server.pull(model)) as steps:
            async for step in steps:
                if step.is_done:
                    await self._presence.look(preferences)
                yield step
        self._events.publish("providers.updated", {"provider": "ollama"})


def _missing(preferences: AIPreferences, found: Sequence[InstalledModel]) -> tuple[str, ...]:
    if preferences.provider not in USES_OLLAMA:
        return ()
    chosen = preferences.chat_model
    return () if any(same_model(chosen, model.name) for model in found) else (chosen,)
