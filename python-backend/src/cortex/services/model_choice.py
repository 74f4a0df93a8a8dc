"""Which language models may be asked, in which order: the owner's settings, and what is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cortex.domain.settings import AIPreferences
from cortex.exceptions import ValidationError
from cortex.providers.chat_model import ChatModel
from cortex.providers.ollama_answers import InstalledModel, same_model
from cortex.services.machine import Machine, this_machine
from cortex.services.model_consent import needs_consent, remote_places
from cortex.services.model_ranking import Pick, can_chat, find, pick
from cortex.services.ollama_presence import OllamaPresence, Presence
from cortex.services.ollama_servers import OllamaServers
from cortex.services.settings import SettingsService

USES_OLLAMA = frozenset({"auto", "ollama", "hybrid"})
USES_CLOUD = frozenset({"cloud", "openai", "hybrid"})


@dataclass(frozen=True, slots=True)
class Choice:
    """The models to ask, first choice first, and what the owner should know about that."""

    models: tuple[ChatModel, ...] = ()
    notes: tuple[str, ...] = ()
    consent_needed: tuple[str, ...] = ()
    """Places that were left out because the owner has not allowed them."""


class ModelChoice:
    """Keeps the models that the settings name, opened once."""

    def __init__(
        self,
        settings: SettingsService,
        servers: OllamaServers,
        presence: OllamaPresence,
        *,
        machine: Callable[[], Machine] = this_machine,
    ):
        self._settings = settings
        self._servers = servers
        self._presence = presence
        self._machine = machine
        self._room: int | None = None
        self._opened: dict[tuple[str, ...], ChatModel] = {}
        self._fixed: tuple[ChatModel, ...] | None = None

    def use(self, *models: ChatModel) -> None:
        """Ask these instead of what the settings say: for demonstrations and tests."""
        self._fixed = models

    async def chain(self, model: str | None = None) -> Sequence[ChatModel]:
        """The models to ask, first choice first. Raises ValidationError when none has this name."""
        if model is None:
            return (await self.choose()).models
        candidates = self._fixed if self._fixed is not None else await self._by_name(model)
        named = [one for one in candidates if model in (one.identity.model, one.identity.name)]
        named = named or [one for one in candidates if _means(model, one)]
        if not named:
            raise ValidationError(f"There is no model {model!r} here that may be asked.")
        return named[:1]

    async def choose(self) -> Choice:
        """What the settings come to now. Asks Ollama at most one quick question; never raises for what is away."""
        if self._fixed is not None:
            return Choice(self._fixed)
        preferences = await self._settings.ai()
        if preferences.provider == "embedded":
            return Choice()
        models: list[ChatModel] = []
        notes: list[str] = []
        consent: list[str] = []
        if preferences.provider in USES_OLLAMA:
            presence = await self._presence.known(preferences)
            picked = self.pick(preferences, presence)
            models += self._from_ollama(preferences, presence, picked)
            notes += [picked.note] if picked.note else []
            consent += picked.consent_needed
        for fallback in preferences.fallbacks:
            if fallback.provider == "ollama":
                presence = await self._presence.known(preferences)
                installed = find(presence, fallback.model)
                if installed is None:
                    continue
                refused = needs_consent(preferences, remote_places(self._servers.of(preferences).address, installed))
                consent += refused
                models += [] if refused else [self._ollama(preferences, installed)]
        distinct: dict[tuple[str, str], ChatModel] = {}
        for model in models:
            distinct.setdefault((model.identity.name, model.identity.place), model)
        return Choice(tuple(distinct.values()), tuple(notes), tuple(dict.fromkeys(consent)))

    def pick(self, preferences: AIPreferences, presence: Presence) -> Pick:
        """Which model of this Ollama is asked, and why that one."""
        if self._room is None:
            self._room = self._machine().model_room  # once: what fits does not change while Cortex runs
        return pick(preferences, presence, self._presence.abilities, self._room)

    async def aclose(self) -> None:
        """Close what was opened."""
        for model in [*self._opened.values(), *(self._fixed or ())]:
            await model.aclose()

    def _from_ollama(self, preferences: AIPreferences, presence: Presence, picked: Pick) -> list[ChatModel]:
        """The picked model; where the owner insists on Ollama the chosen one, so that its error says what is wrong."""
        if picked.model is not None:
            return [self._ollama(preferences, picked.model)]
        if preferences.provider == "ollama" and presence.address is not None and not picked.consent_needed:
            return [self._ollama(preferences, preferences.chat_model)]
        return []

    async def _by_name(self, name: str) -> list[ChatModel]:
        """The chain, and whatever else is installed, can chat and is allowed."""
        preferences = await self._settings.ai()
        if preferences.provider == "embedded":
            return []
        found = list((await self.choose()).models)
        presence = await self._presence.known(preferences)
        if presence.available and presence.address is not None:
            for model in presence.models:
                allowed = not needs_consent(preferences, remote_places(presence.address, model))
                if allowed and can_chat(model, self._presence.abilities(model)):
                    found.append(self._ollama(preferences, model))
        return found

    def _ollama(self, preferences: AIPreferences, model: InstalledModel | str) -> ChatModel:
        from cortex.providers.ollama_chat import OllamaChatModel

        server = self._servers.of(preferences)
        which = (model, "") if isinstance(model, str) else (model.name, model.digest)
        key = ("ollama", server.address.url, *which, preferences.keep_alive)
        if key not in self._opened:
            self._opened[key] = OllamaChatModel(server, model, keep_alive=preferences.keep_alive)
        return self._opened[key]


def _means(name: str, model: ChatModel) -> bool:
    """Whether a name means this model of Ollama, with or without its tag."""
    return model.identity.provider == "ollama" and same_model(name.removeprefix("ollama/"), model.identity.model)
