"""Trying a choice of models before it is stored: is it there, what can it do, how fast does it speak?

Nothing of the library is sent. A stored key goes to no place but the one that it was given for, and an Ollama
elsewhere is asked only with consent, which the tried settings themselves may hold (`remote_hosts`).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from cortex.domain.settings import AIPreferences
from cortex.exceptions import (
    AIModelMissingError,
    AIProviderError,
    AIProviderTimeoutError,
    AIProviderUnavailableError,
)
from cortex.providers.base import Embedder
from cortex.providers.chat_model import ChatCapabilities, ChatMessage, ChatModel, ChatRequest, Finished, TextDelta
from cortex.providers.cloud_place import CloudPlace
from cortex.providers.gateway.accounting import Book, CallAccount
from cortex.providers.ollama_answers import same_model
from cortex.providers.ollama_chat import OllamaChatModel
from cortex.security.secrets import SecretStore
from cortex.services.model_choice import USES_OLLAMA, ModelChoice
from cortex.services.model_consent import consent_sentence, needs_consent, remote_places
from cortex.services.model_places import main_place, place_like_main
from cortex.services.model_plan import ChangePlan
from cortex.services.model_ranking import find
from cortex.services.model_settings import ModelSettings
from cortex.services.ollama_presence import OllamaPresence, Presence
from cortex.services.ollama_servers import OllamaServers

if TYPE_CHECKING:
    from cortex.providers.ollama_transport import ConnectionRecorder

_ASKED = ChatRequest((ChatMessage("user", "Say hello in five words."),), max_tokens=32)
_SECONDS = 60.0
"""A small model on a slow machine has been loaded by then."""
_OLLAMA_FIELDS = frozenset({"provider", "ollama_host", "chat_model"})
_REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


@dataclass(frozen=True, slots=True)
class EmbeddingTrial:
    """One word, embedded."""

    provider: str
    model: str
    dimension: int | None = None
    milliseconds: float | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """How it went. `error` and `advice` are sentences for the owner."""

    provider: str
    model: str | None = None
    place: str | None = None
    local: bool | None = None
    milliseconds: float | None = None
    first_token_ms: float | None = None
    tokens_per_second: float | None = None
    capabilities: ChatCapabilities | None = None
    sample: str | None = None
    error: str | None = None
    advice: str | None = None
    embedding: EmbeddingTrial | None = None

    @property
    def ok(self) -> bool:
        """Whether everything that was tried works."""
        return self.error is None and (self.embedding is None or self.embedding.error is None)


class ModelTrial:
    """Tries; stores nothing."""

    def __init__(
        self,
        settings: ModelSettings,
        secrets: SecretStore,
        servers: OllamaServers,
        presence: OllamaPresence,
        choice: ModelChoice,
        recorder: ConnectionRecorder,
        book: Book,
    ):
        self._settings = settings
        self._secrets = secrets
        self._servers = servers
        self._presence = presence
        self._choice = choice
        self._recorder = recorder
        self._book = book

    async def run(
        self, change: Mapping[str, Any], *, embedding: tuple[str, str] | None = None, embedded: Embedder | None = None
    ) -> Trial:
        """Try the settings as they would be after this change, and an embedding model (provider, name) if given.

        `embedded` is the one that ships with Cortex. Raises ValidationError as the change itself would.
        """
        plan = await self._settings.plan(change)
        trial = await self._chat(plan, change)
        if embedding is None:
            return trial
        return replace(trial, embedding=await self._embedding(plan, *embedding, embedded))

    async def _chat(self, plan: ChangePlan, change: Mapping[str, Any]) -> Trial:
        preferences = plan.preferences
        if preferences.provider == "embedded" and "cloud" not in change:
            return Trial("embedded", advice="No language model is asked: answers and summaries are extracts.")
        only_cloud = "cloud" in change and not _OLLAMA_FIELDS & change.keys()
        from_ollama = preferences.provider in USES_OLLAMA and not only_cloud
        started = time.perf_counter()
        model: ChatModel | None = None
        advice: str | None = None
        try:
            if from_ollama:
                model, advice = await self._from_ollama(preferences, insists="chat_model" in change)
            else:
                model = await self._from_cloud(plan)
            return await self._tried(model, started, advice)
        except (AIProviderError, AIProviderUnavailableError) as error:
            identity = model.identity if model is not None else None
            return Trial(
                identity.provider if identity else "ollama" if from_ollama else "cloud",
                model=identity.model if identity else None,
                place=identity.place if identity else None,
                local=identity.is_local if identity else None,
                milliseconds=_since(started),
                error=error.message,
                advice=advice or _advice(error, model),
            )
        finally:
            if model is not None:
                await model.aclose()

    async def _from_ollama(self, preferences: AIPreferences, *, insists: bool) -> tuple[ChatModel, str | None]:
        """The model that would be asked, and why it is not the chosen one."""
        server = self._servers.of(preferences)
        address = server.address
        _allow(preferences, remote_places(address))
        installed = await server.models()
        await self._presence.abilities_of(server, installed)
        presence = Presence(address, available=True, models=installed)
        chosen = find(presence, preferences.chat_model)
        if chosen is not None:
            _allow(preferences, remote_places(address, chosen))
        picked = self._choice.pick(preferences, presence)
        if insists and chosen is not None:
            return OllamaChatModel(server, chosen, keep_alive=preferences.keep_alive), None
        if picked.model is None or insists:  # its own error says what is missing
            return OllamaChatModel(server, preferences.chat_model, keep_alive=preferences.keep_alive), None
        return OllamaChatModel(server, picked.model, keep_alive=preferences.keep_alive), picked.note

    async def _from_cloud(self, plan: ChangePlan) -> ChatModel:
        from cortex.providers.cloud import CloudChatModel

        place = main_place(plan.preferences)
        if place is None:
            raise AIProviderError("No cloud model is set: name one, such as openai/gpt-5-mini.")
        key = await self._key(plan, place)
        cloud = plan.preferences.cloud
        return CloudChatModel(cloud.model or "", api_key=key, api_base=cloud.api_base, recorder=self._recorder)

    async def _key(self, plan: ChangePlan, place: CloudPlace) -> SecretStr | None:
        """The given key, else the one that is kept for this very place."""
        key = plan.keys.get(place.key_name)
        if key is None and place.key_name not in plan.forgotten:
            key = await self._secrets.get(place.key_name)
        if key is None and place.is_hosted:
            raise AIProviderError(f"There is no key for {place.host_and_port}: give one.")
        return key if place.may_be_sent_key else None

    async def _embedding(
        self, plan: ChangePlan, provider: str, model: str, embedded: Embedder | None
    ) -> EmbeddingTrial:
        embedder: Embedder | None = None
        started = time.perf_counter()
        try:
            async with asyncio.timeout(_SECONDS):
                embedder = await self._embedder(plan, provider, model, embedded)
                vectors = await embedder.embed(["hello"], purpose="query")
        except (AIProviderError, AIProviderUnavailableError) as error:
            return EmbeddingTrial(provider, model, milliseconds=_since(started), error=error.message)
        except TimeoutError:
            said = f"{provider}/{model} did not answer within {_SECONDS:g} s."
            return EmbeddingTrial(provider, model, milliseconds=_since(started), error=said)
        finally:
            if embedder is not None and embedder is not embedded:
                await embedder.aclose()
        return EmbeddingTrial(provider, model, dimension=int(vectors.shape[1]), milliseconds=_since(started))

    async def _embedder(self, plan: ChangePlan, provider: str, model: str, embedded: Embedder | None) -> Embedder:
        preferences = plan.preferences
        if provider == "ollama":
            from cortex.providers.ollama_embedder import OllamaEmbedder

            server = self._servers.of(preferences)
            _allow(preferences, remote_places(server.address))
            found = next((one for one in await server.models() if same_model(one.name, model)), None)
            _allow(preferences, remote_places(server.address, found))
            return OllamaEmbedder(server, found or model, keep_alive=preferences.keep_alive)
        if provider == "cloud":
            from cortex.providers.cloud_embedder import CloudEmbedder

            try:
                place = place_like_main(preferences, model)
            except ValueError as error:
                raise AIProviderError(str(error)) from error
            name = f"{place.protocol}/{place.model}"
            api_base = None if place.is_hosted else place.address.url
            key = await self._key(plan, place)
            return CloudEmbedder(name, api_key=key, api_base=api_base, recorder=self._recorder)
        if embedded is None or embedded.identity.model != model:
            raise AIProviderError(f"There is no embedded model {model}.")
        return embedded

    async def _tried(self, model: ChatModel, started: float, advice: str | None) -> Trial:
        identity = model.identity
        said: list[str] = []
        first: float | None = None
        tokens = 0
        account: CallAccount | None = None
        try:
            async with asyncio.timeout(_SECONDS):
                can = await model.capabilities()
                account = CallAccount(identity, "test", self._book)
                async with aclosing(model.stream(_ASKED)) as parts:
                    async for part in parts:
                        if first is None:
                            first = time.perf_counter()
                            account.part_came()
                        if isinstance(part, TextDelta):
                            said.append(part.text)
                        elif isinstance(part, Finished):
                            tokens = part.usage.completion_tokens
                            account.finished(part.usage)
        except BaseException as error:
            if account is not None:
                account.failed(error)
            if isinstance(error, TimeoutError):
                raise AIProviderTimeoutError(f"{identity.name} did not answer within {_SECONDS:g} s.") from error
            raise
        ended = time.perf_counter()
        writing = ended - first if first is not None else 0.0
        return Trial(
            identity.provider,
            model=identity.model,
            place=identity.place,
            local=identity.is_local,
            milliseconds=_since(started),
            first_token_ms=round((first - started) * 1000, 1) if first is not None else None,
            tokens_per_second=round(tokens / writing, 1) if tokens > 1 and writing > 0 else None,
            capabilities=can,
            sample="".join(said).strip()[:500],
            advice=advice,
        )


def _allow(preferences: AIPreferences, places: tuple[str, ...]) -> None:
    if missing := needs_consent(preferences, places):
        said = " ".join(consent_sentence(place) for place in missing)
        raise AIProviderUnavailableError(said, details={"consent_needed": missing})


def _advice(error: AIProviderError | AIProviderUnavailableError, model: ChatModel | None) -> str | None:
    """What to do, where the error itself does not say."""
    details = error.details if isinstance(error.details, Mapping) else {}
    match error:
        case AIModelMissingError() if model is not None and model.identity.provider == "ollama":
            return f"Load it down: `ollama pull {model.identity.model}`, or POST /api/providers/ollama/pull."
        case AIProviderTimeoutError():
            return "It may be loading still: try again in a minute, or choose a smaller model."
        case _ if "consent_needed" in details:
            return "Add it to remote_hosts, in this test or in the settings."
        case _ if details.get("status") in _REFUSED:
            return "Look at the key: it is not taken there."
        case _:
            return None


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)
