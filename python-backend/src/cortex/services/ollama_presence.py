"""What is known of the owner's Ollama: remembered, so that no question waits for it.

`known` is what the way to an answer's first token reads: it asks Ollama at most one quick question, and none while
the last look is fresh. `look` asks now. Places that the owner has not allowed are not looked at.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from cortex.domain.settings import AIPreferences
from cortex.exceptions import AIProviderError, AIProviderUnavailableError
from cortex.providers.ollama import OllamaServer
from cortex.providers.ollama_answers import InstalledModel, ModelAbilities
from cortex.providers.server_address import ServerAddress
from cortex.services.model_consent import consent_sentence, needs_consent, remote_places
from cortex.services.ollama_servers import OllamaServers, address_of

FRESH_SECONDS = 10.0
_QUICK_SECONDS = 1.5
_ASKED_AT_ONCE = 4
_REMEMBERED = 500


@dataclass(frozen=True, slots=True)
class Presence:
    """What the last look at an Ollama saw. `error` says in a sentence why nothing is there."""

    address: ServerAddress | None
    """None when the settings name none."""
    available: bool = False
    models: tuple[InstalledModel, ...] = ()
    error: str | None = None
    consent_needed: tuple[str, ...] = ()
    """Places that were not looked at because the owner has not allowed them."""
    is_silent: bool = False
    """Nobody said no: it took all the time there was. Another look would, too."""
    moment: float = field(default=0.0, compare=False)
    """Of the look, in the monotonic clock's seconds."""


class OllamaPresence:
    """Looks, remembers, and tells who listens when something changed."""

    def __init__(self, servers: OllamaServers):
        self._servers = servers
        self._last: Presence | None = None
        self._abilities: dict[str, ModelAbilities] = {}
        self._turn = asyncio.Lock()
        self._learning = asyncio.Lock()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._listeners: list[Callable[[], None]] = []

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever models came or went, or more is known of them."""
        self._listeners.append(listener)

    async def known(self, preferences: AIPreferences) -> Presence:
        """What is known, or what one quick question says. Never raises."""
        presence, last = self._unasked(preferences), self._last
        if presence.address is None or presence.consent_needed:
            return presence
        if last is None or last.address != presence.address:
            return await self._looked(presence.address)
        if time.monotonic() - last.moment < FRESH_SECONDS:
            return last
        if not (last.available or last.is_silent) and presence.address.is_local:
            return await self._looked(presence.address)  # nobody there is said at once, and being back is worth much
        self._soon(self._looked(presence.address))
        return last

    async def look(self, preferences: AIPreferences) -> Presence:
        """Look now, also at what each model can do. Never raises."""
        presence = self._unasked(preferences)
        if presence.address is None or presence.consent_needed:
            return presence
        presence = await self._looked(presence.address, even_if_fresh=True)
        await self._learn(self._servers.at(presence.address), presence.models) if presence.address else None
        return presence

    def abilities(self, model: InstalledModel) -> ModelAbilities | None:
        """What a model can do, as far as it is known."""
        return self._abilities.get(model.digest)

    async def abilities_of(
        self, server: OllamaServer, models: Sequence[InstalledModel]
    ) -> tuple[ModelAbilities | None, ...]:
        """What each can do, asked once for each digest, which names exactly what it is; None where it does not say."""
        await self._learn(server, models)
        return tuple(self._abilities.get(model.digest) for model in models)

    async def aclose(self) -> None:
        """Stop looking."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _unasked(self, preferences: AIPreferences) -> Presence:
        try:
            address = address_of(preferences)
        except AIProviderUnavailableError as error:
            return Presence(None, error=error.message)
        missing = needs_consent(preferences, remote_places(address))
        said = " ".join(consent_sentence(place) for place in missing) or None
        return Presence(address, error=said, consent_needed=missing)

    async def _looked(self, address: ServerAddress, *, even_if_fresh: bool = False) -> Presence:
        asked = time.monotonic()
        async with self._turn:
            last = self._last
            fresh_since = asked if even_if_fresh else asked - FRESH_SECONDS
            if last is not None and last.address == address and last.moment >= fresh_since:
                return last  # somebody else looked meanwhile
            presence = await self._list(address)
            self._last = presence
        if presence != last:
            self._tell()
        if any(model.digest not in self._abilities for model in presence.models):
            self._soon(self._learn(self._servers.at(address), presence.models))
        return presence

    async def _list(self, address: ServerAddress) -> Presence:
        asking = asyncio.ensure_future(self._servers.at(address).models())
        try:
            await asyncio.wait([asking], timeout=_QUICK_SECONDS)
        except asyncio.CancelledError:
            asking.cancel()
            raise
        if not asking.done():
            self._soon(self._late(address, asking))
            silent = f"Ollama at {address.url} did not answer within {_QUICK_SECONDS:g} s."
            return Presence(address, error=silent, is_silent=True, moment=time.monotonic())
        try:
            return Presence(address, available=True, models=asking.result(), moment=time.monotonic())
        except (AIProviderError, AIProviderUnavailableError) as error:
            return Presence(address, error=error.message, moment=time.monotonic())

    async def _late(self, address: ServerAddress, asking: asyncio.Future[tuple[InstalledModel, ...]]) -> None:
        """Take in an answer that nobody waited for any more: a busy machine is slow at first."""
        try:
            models = await asking
        except (AIProviderError, AIProviderUnavailableError):
            return  # the next look says why
        async with self._turn:
            if self._last is None or self._last.address != address or not self._last.is_silent:
                return  # somebody knows better by now
            self._last = Presence(address, available=True, models=models, moment=time.monotonic())
        self._tell()
        await self._learn(self._servers.at(address), models)

    async def _learn(self, server: OllamaServer, models: Sequence[InstalledModel]) -> None:
        room = asyncio.Semaphore(_ASKED_AT_ONCE)

        async def learn(model: InstalledModel) -> None:
            async with room:
                # One just deleted, or damaged, says nothing: the list itself still stands.
                with contextlib.suppress(AIProviderError, AIProviderUnavailableError):
                    self._abilities[model.digest] = await server.abilities(model)

        async with self._learning:  # whoever comes second finds it done
            unknown = {model.digest: model for model in models if model.digest not in self._abilities}
            if len(self._abilities) + len(unknown) > _REMEMBERED:
                self._abilities.clear()
                unknown = {model.digest: model for model in models}
            await asyncio.gather(*(learn(model) for model in unknown.values()))
        if any(digest in self._abilities for digest in unknown):
            self._tell()

    def _soon(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()
