"""Notices that language models came or went, so that what waits goes on and what was extracted is written.

An Ollama is looked at every minute while the settings use one, or every five where it is on another host that the
owner allowed. With any other choice nobody is looked at.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence

from cortex.domain.settings import AIPreferences
from cortex.exceptions import CortexError
from cortex.observability.logs import get_logger
from cortex.providers.chat_model import ChatModel
from cortex.providers.ollama_chat import OllamaChatModel
from cortex.services.events import EventBus
from cortex.services.model_choice import USES_OLLAMA, ModelChoice
from cortex.services.ollama_presence import OllamaPresence
from cortex.services.settings import SettingsService

log = get_logger(__name__)

EVERY_SECONDS = 60.0
ELSEWHERE_EVERY_SECONDS = 300.0
"""Each look at another machine is a connection in the owner's ledger."""
Available = Callable[[], Awaitable[None]]


class ModelWatch:
    """Looks, tells, and loads the chosen model where the owner wants that."""

    def __init__(
        self,
        settings: SettingsService,
        presence: OllamaPresence,
        choice: ModelChoice,
        events: EventBus,
    ):
        self._settings = settings
        self._presence = presence
        self._choice = choice
        self._events = events
        self._stirred = asyncio.Event()
        self._chosen_anew = True
        self._pause = EVERY_SECONDS
        self._there: frozenset[str] = frozenset()
        self._preloaded: OllamaChatModel | None = None
        self._loading: asyncio.Task[None] | None = None
        self._listeners: list[Available] = []
        presence.on_change(self._stirred.set)

    def on_available(self, listener: Available) -> None:
        """Call `listener` whenever a model can be asked that could not be before, at the start, too."""
        self._listeners.append(listener)

    async def run(self) -> None:
        """Until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._follow_settings())
                group.create_task(self._watch())
        finally:
            if self._loading is not None:
                self._loading.cancel()

    async def _follow_settings(self) -> None:
        with self._events.subscribe() as subscription:
            async for event in subscription:
                if event.type in ("settings.updated", "reset"):
                    self._chosen_anew = True
                    self._stirred.set()

    async def _watch(self) -> None:
        due = True
        while True:
            try:
                await self._look(ask=due or self._chosen_anew)
            except CortexError as error:
                log.warning("models not looked at", error=error.code)
            try:
                async with asyncio.timeout(self._pause):
                    await self._stirred.wait()
                due = False
            except TimeoutError:
                due = True

    async def _look(self, *, ask: bool) -> None:
        self._stirred.clear()
        chosen_anew, self._chosen_anew = self._chosen_anew, False
        preferences = await self._settings.ai()
        if ask and uses_ollama(preferences):
            address = (await self._presence.look(preferences)).address
            self._pause = EVERY_SECONDS if address is None or address.is_local else ELSEWHERE_EVERY_SECONDS
            if not self._chosen_anew:  # else the settings changed meanwhile, and are looked at again
                self._stirred.clear()  # what stirred was this very look
        models = (await self._choice.choose()).answering
        there = frozenset(f"{model.identity.name} {model.identity.place}" for model in models)
        before, self._there = self._there, there
        if there != before:
            names = [model.identity.name for model in models]
            log.info("models came or went", models=names)
            self._events.publish("providers.updated", {"models": names})
        if there - before:
            await self._tell()
        if there != before or chosen_anew:
            await self._keep_loaded(preferences, models)

    async def _tell(self) -> None:
        for listener in self._listeners:
            try:
                await listener()
            except CortexError as error:
                log.warning("not told that a model is there", error=error.code)

    async def _keep_loaded(self, preferences: AIPreferences, models: Sequence[ChatModel]) -> None:
        """Load what is asked first, if it is Ollama's and the owner wants that; put out what was loaded before."""
        first = models[0] if models and isinstance(models[0], OllamaChatModel) and preferences.preload else None
        if first is self._preloaded:
            return
        if self._loading is not None:
            self._loading.cancel()
        before, self._preloaded = self._preloaded, first
        self._loading = asyncio.create_task(_exchange(before, first))


async def _exchange(before: OllamaChatModel | None, after: OllamaChatModel | None) -> None:
    if before is not None and (after is None or before.identity != after.identity):
        with contextlib.suppress(CortexError):  # it is away, which frees its memory as well
            await before.unload()
    if after is not None:
        try:
            await after.preload()
        except CortexError as error:
            log.info("model not loaded ahead", model=after.identity.name, reason=error.message)


def uses_ollama(preferences: AIPreferences) -> bool:
    """Whether the settings name an Ollama, be it as a fallback."""
    if preferences.provider == "embedded":
        return False
    return preferences.provider in USES_OLLAMA or any(one.provider == "ollama" for one in preferences.fallbacks)
