"""Which language models may be asked, in which order: the owner's settings, and what is there."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import SecretStr

from cortex.domain.settings import AIPreferences
from cortex.exceptions import ValidationError
from cortex.providers.base import ModelIdentity
from cortex.providers.chat_model import ChatModel
from cortex.providers.cloud_place import COMPATIBLE, CloudPlace, cloud_place
from cortex.providers.ollama_answers import InstalledModel, same_model
from cortex.providers.ollama_chat import OllamaChatModel
from cortex.services.health import PartHealth
from cortex.services.machine import Machine, this_machine
from cortex.services.model_consent import needs_consent, remote_places
from cortex.services.model_keys import ModelKeys
from cortex.services.model_places import fallback_place, main_place
from cortex.services.model_ranking import Pick, can_chat, find, pick
from cortex.services.ollama_presence import OllamaPresence, Presence
from cortex.services.ollama_servers import OllamaServers
from cortex.services.settings import SettingsService

if TYPE_CHECKING:
    from cortex.providers.ollama_transport import ConnectionRecorder

USES_OLLAMA = frozenset({"auto", "ollama", "hybrid"})
USES_CLOUD = frozenset({"cloud", "openai", "hybrid"})
_KEPT_OPEN = 32


@dataclass(frozen=True, slots=True)
class Choice:
    """The models to ask, first choice first, and what the owner should know about that."""

    models: tuple[ChatModel, ...] = ()
    notes: tuple[str, ...] = ()
    consent_needed: tuple[str, ...] = ()
    """Places that were left out because the owner has not allowed them."""
    insisted: ChatModel | None = None
    """One of the models: known to be away, and there only so that its error says what is wrong."""

    @property
    def answering(self) -> tuple[ChatModel, ...]:
        """Those that can be asked, as far as that is known."""
        return tuple(model for model in self.models if model is not self.insisted)


@dataclass(frozen=True, slots=True)
class OfferedModel:
    """A model that may be asked by its name."""

    identity: ModelIdentity
    is_default: bool
    """Asked when nobody names one."""
    capabilities: tuple[str, ...] | None = None
    """As Ollama says: `completion`, `tools`, `thinking`, `vision`…; None where nobody was asked."""
    context_tokens: int | None = None
    size: int | None = None
    """Bytes on disk, of an installed one."""


class _Found:
    """A choice in the making."""

    def __init__(self) -> None:
        self._models: dict[tuple[str, str], ChatModel] = {}
        self._notes: list[str] = []
        self.consent: tuple[str, ...] = ()
        self.insisted: ChatModel | None = None

    def add(self, *models: ChatModel, note: str | None = None) -> None:
        for model in models:
            self._models.setdefault((model.identity.name, model.identity.place), model)
        self._notes += [note] if note else []

    def choice(self) -> Choice:
        consent = tuple(dict.fromkeys(self.consent))
        return Choice(tuple(self._models.values()), tuple(self._notes), consent, self.insisted)


class ModelChoice:
    """Keeps the models that the settings name, opened once."""

    def __init__(
        self,
        settings: SettingsService,
        keys: ModelKeys,
        servers: OllamaServers,
        presence: OllamaPresence,
        recorder: ConnectionRecorder,
        *,
        machine: Callable[[], Machine] = this_machine,
    ):
        self._settings = settings
        self._keys = keys
        self._servers = servers
        self._presence = presence
        self._recorder = recorder
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
        candidates = self._fixed if self._fixed is not None else await self._by_name()
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
        found = _Found()
        if preferences.provider in USES_OLLAMA:
            presence = await self._presence.known(preferences)
            picked = self.pick(preferences, presence)
            found.add(note=picked.note)
            found.consent += picked.consent_needed
            if picked.model is not None:
                found.add(self._ollama(preferences, picked.model))
            elif preferences.provider == "ollama" and presence.address is not None and not picked.consent_needed:
                found.insisted = self._ollama(preferences, preferences.chat_model)
                found.add(found.insisted)
        if preferences.provider in USES_CLOUD:
            where = functools.partial(main_place, preferences)
            await self._add_cloud(found, preferences, preferences.cloud.model, where)
        for fallback in preferences.fallbacks:
            if fallback.provider == "cloud":
                place = functools.partial(fallback_place, preferences, fallback)
                await self._add_cloud(found, preferences, fallback.model, place)
            else:
                await self._add_installed(found, preferences, fallback.model)
        return found.choice()

    async def models(self) -> list[OfferedModel]:
        """What may be asked by name: the chain first, then whatever else is installed, can chat and is allowed."""
        preferences = await self._settings.ai()
        chain = (await self.choose()).answering
        presence = await self._presence.known(preferences)
        everything = self._fixed if self._fixed is not None else [*chain, *self._installed(preferences, presence)]
        offered: dict[str, OfferedModel] = {}
        for model in everything:
            identity = model.identity
            installed = find(presence, identity.model) if identity.provider == "ollama" else None
            abilities = self._presence.abilities(installed) if installed is not None else None
            offer = OfferedModel(
                identity,
                is_default=bool(chain) and identity == chain[0].identity,
                capabilities=abilities.capabilities if abilities else None,
                context_tokens=abilities.context_length if abilities else None,
                size=installed.size if installed else None,
            )
            offered.setdefault(identity.name, offer)
        return list(offered.values())

    def pick(self, preferences: AIPreferences, presence: Presence) -> Pick:
        """Which model of this Ollama is asked, and why that one."""
        if self._room is None:
            self._room = self._machine().model_room  # once: what fits does not change while Cortex runs
        return pick(preferences, presence, self._presence.abilities, self._room)

    async def health(self) -> PartHealth:
        """Who is asked, in a sentence. Nobody is a problem only where the owner chose somebody."""
        provider = (await self._settings.ai()).provider
        choice = await self.choose()
        if provider == "embedded" and not choice.models:
            return PartHealth("idle", "The owner wants no language model: answers and summaries are extracts.")
        names = ", then ".join(model.identity.name for model in choice.answering)
        said = " ".join([f"Asks {names}." if names else "No language model can be asked now.", *choice.notes])
        if choice.answering:
            return PartHealth("healthy", said)
        return PartHealth("idle" if provider == "auto" else "unavailable", said)

    async def aclose(self) -> None:
        """Close what was opened."""
        for model in [*self._opened.values(), *(self._fixed or ())]:
            await model.aclose()

    async def _add_installed(self, found: _Found, preferences: AIPreferences, name: str) -> None:
        """A model of Ollama's, where it is there and allowed."""
        presence = await self._presence.known(preferences)
        installed = find(presence, name)
        if installed is None or presence.address is None:
            return
        refused = needs_consent(preferences, remote_places(presence.address, installed))
        found.consent += refused
        if not refused:
            found.add(self._ollama(preferences, installed))

    async def _add_cloud(
        self, found: _Found, preferences: AIPreferences, model: str | None, where: Callable[[], CloudPlace | None]
    ) -> None:
        """A configured model of a service: naming it was the owner's word for its place."""
        try:
            place = where()
        except ValueError as error:  # stored by another version of Cortex
            found.add(note=str(error))
            return
        if place is None or model is None:
            found.add(note=f"The provider is {preferences.provider}, but no cloud model is set.")
            return
        key = await self._keys.get(place.key_name)
        if key is None and place.provider != COMPATIBLE:
            found.add(
                note=f"There is no key for {place.host_and_port}: give one in the AI settings, or unlock the keyring "
                "that has it."
            )
            return
        found.add(await self._cloud(place, key))

    async def _by_name(self) -> list[ChatModel]:
        """The chain, and whatever else is installed, can chat and is allowed."""
        preferences = await self._settings.ai()
        found = list((await self.choose()).models)
        return [*found, *self._installed(preferences, await self._presence.known(preferences))]

    def _installed(self, preferences: AIPreferences, presence: Presence) -> list[ChatModel]:
        """What may be asked of this Ollama."""
        if preferences.provider == "embedded" or presence.address is None:
            return []
        return [
            self._ollama(preferences, model)
            for model in presence.models
            if can_chat(model, self._presence.abilities(model))
            and not needs_consent(preferences, remote_places(presence.address, model))
        ]

    async def _cloud(self, place: CloudPlace, key: SecretStr | None) -> ChatModel:
        from cortex.providers.cloud import CloudChatModel

        value = key.get_secret_value() if key and place.may_be_sent_key else ""
        name = ("cloud", place.protocol, place.model, place.address.url, hashlib.sha256(value.encode()).hexdigest())
        if name not in self._opened:
            await self._make_room()
            full_name = f"{place.protocol}/{place.model}"
            self._opened[name] = CloudChatModel(
                full_name,
                api_key=value or None,
                api_base=None if cloud_place(full_name, None) == place else place.address.url,
                recorder=self._recorder,
            )
        return self._opened[name]

    async def _make_room(self) -> None:
        """Close what was opened first, when settings changed so often that too much is open."""
        while len(self._opened) >= _KEPT_OPEN:
            await self._opened.pop(next(iter(self._opened))).aclose()

    def _ollama(self, preferences: AIPreferences, model: InstalledModel | str) -> ChatModel:
        server = self._servers.of(preferences)
        which = (model, "") if isinstance(model, str) else (model.name, model.digest)
        key = ("ollama", server.address.url, *which, preferences.keep_alive)
        if key not in self._opened:
            self._opened[key] = OllamaChatModel(server, model, keep_alive=preferences.keep_alive)
        return self._opened[key]


def _means(name: str, model: ChatModel) -> bool:
    """Whether a name means this model of Ollama, with or without its tag."""
    return model.identity.provider == "ollama" and same_model(name.removeprefix("ollama/"), model.identity.model)
