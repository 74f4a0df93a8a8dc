"""The AI settings as clients see and change them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, SecretStr, field_validator

from cortex.api.schemas.base import Schema
from cortex.api.schemas.embedding import EmbeddingChange, EmbeddingShown
from cortex.api.schemas.words import Name
from cortex.domain.settings import Provider
from cortex.providers.server_address import parse_server_address
from cortex.services.model_consent import as_place

KeyState = Literal["set", "unset"]


def _address(value: str) -> str:
    return parse_server_address(value).url


def _key(value: object) -> object:
    """No key is null, the empty string, or `unset`, as it is read back."""
    return None if value in ("", "unset") else value


Address = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_address)]
Place = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(as_place)]
ApiBase = Annotated[str, Field(max_length=2000)]
ApiKey = Annotated[SecretStr, Field(max_length=8192)]
"""Write-only. `set`, as it is read back, leaves the key as it is."""
KeepAlive = Annotated[str, Field(max_length=20, pattern=r"^(-1|\d{1,7}|(\d{1,5}(\.\d{1,3})?(ms|s|m|h))+)$")]
"""`5m`, `0` (unload at once), `-1` (for good); a bare number is in seconds."""


class CloudShown(Schema):
    """The cloud model, or that of a compatible server."""

    model: str | None
    """With its service in front: `anthropic/claude-sonnet-4-5`; bare only with `api_base`."""
    api_base: str | None
    """Of a server that speaks as the service does, such as LM Studio; null: the service's own."""
    api_key: KeyState


class FallbackShown(Schema):
    """A model to ask when those before it cannot answer."""

    provider: Literal["ollama", "cloud"]
    model: str
    api_key: KeyState | None
    """Of its service; null where none is needed."""


class ModelInUse(Schema):
    """A model that would be asked now."""

    name: str
    """`provider/model`."""
    provider: str
    model: str
    local: bool
    """Whether what it is asked stays on this machine."""
    place: str


class AISettingsShown(Schema):
    """Which models are asked."""

    provider: Provider
    ollama_host: str
    chat_model: str
    embedding: EmbeddingShown
    cloud: CloudShown
    fallbacks: list[FallbackShown]
    remote_hosts: list[str]
    """Places other than this machine whose Ollama may be asked; Ollama's own cloud is `ollama.com`."""
    keep_alive: str
    """How long Ollama keeps a model in memory after a call."""
    preload: bool
    """Load the chat model when Cortex starts and when it is chosen."""
    thinking: bool
    """Let models that can think aloud do so in chat."""
    in_use: list[ModelInUse]
    """What would be asked now, first choice first; empty: answers and summaries are extracts."""
    notes: list[str]
    """Sentences for the owner: what is asked instead of the chosen model, and why."""
    consent_needed: list[str]
    """Places that are left out until they stand in `remote_hosts`."""


class AISettingsChanged(AISettingsShown):
    """The settings after a change."""

    undo_id: str | None
    """Null when nothing but keys or the embedding model changed: keys are not kept for undoing, and a change of the
    embedding model is undone by choosing the earlier one, whose vectors are kept or made again."""


class _Change(Schema):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class _WithKey(_Change):
    api_key: Annotated[ApiKey | None, BeforeValidator(_key)] = None
    """Null forgets it. Given for one place, it is never sent to another."""

    def named(self) -> dict[str, object]:
        """What was named, keys still wrapped; without a key that is only echoed."""
        found = {name: getattr(self, name) for name in self.model_fields_set}
        key = found.get("api_key")
        if isinstance(key, SecretStr) and key.get_secret_value() == "set":
            del found["api_key"]
        return found


class CloudChange(_WithKey):
    """The cloud model to use; null clears a field. Another service or address forgets the key, unless one is given."""

    model: Name | None = None
    api_base: ApiBase | None = None


class FallbackChange(_WithKey):
    """A model to ask when those before it cannot answer."""

    provider: Literal["ollama", "cloud"]
    model: Name


class AISettingsChange(_Change):
    """What to choose; what is not named stays."""

    provider: Provider | None = None
    ollama_host: Address | None = None
    chat_model: Name | None = None
    embedding: EmbeddingChange | None = None
    cloud: CloudChange | None = None
    fallbacks: Annotated[list[FallbackChange], Field(max_length=10)] | None = None
    """All of them, in order."""
    remote_hosts: Annotated[list[Place], Field(max_length=50)] | None = None
    """All of them: `host:port`, or `host` for any of its ports."""
    keep_alive: KeepAlive | None = None
    preload: bool | None = None
    thinking: bool | None = None

    @field_validator("remote_hosts", mode="after")
    @classmethod
    def _each_once(cls, value: list[str] | None) -> list[str] | None:
        return None if value is None else list(dict.fromkeys(value))

    def named(self) -> dict[str, object]:
        """What was named, but for the embedding model, in the shape that `plan_change` takes."""
        found = {
            name: getattr(self, name)
            for name in ("provider", "ollama_host", "chat_model", "keep_alive", "preload", "thinking")
            if getattr(self, name) is not None
        }
        if self.remote_hosts is not None:
            found["remote_hosts"] = tuple(self.remote_hosts)
        if self.cloud is not None:
            found["cloud"] = self.cloud.named()
        if self.fallbacks is not None:
            found["fallbacks"] = [fallback.named() for fallback in self.fallbacks]
        return found


class OfferedModel(Schema):
    """A model that may be named in a question."""

    name: str
    """`provider/model`; the model's own name does as well."""
    provider: str
    model: str
    local: bool
    place: str
    default: bool
    """Asked when nobody names one."""
    capabilities: list[str] | None
    """As it says itself: `completion`, `tools`, `thinking`, `vision`…; null where nobody was asked."""
    context_length: int | None
    """Tokens that it reads at most."""
    size: int | None
    """Bytes on disk, of an installed one."""


class OfferedModels(Schema):
    """All of them, the default first."""

    items: list[OfferedModel]


class CapabilitiesShown(Schema):
    """What a model can do."""

    context_tokens: int
    """Prompt and answer together, as Cortex will ask for it."""
    tools: bool
    schema_output: bool
    """Whether it keeps to a JSON schema."""
    thinking: bool


class EmbeddingTried(Schema):
    """How embedding a word went."""

    provider: str
    model: str
    dimension: int | None
    milliseconds: float | None
    error: str | None


class AISettingsTried(Schema):
    """How it went; nothing was stored."""

    ok: bool
    provider: str
    model: str | None
    place: str | None
    local: bool | None
    milliseconds: float | None
    """Of everything, a model's loading included."""
    first_token_ms: float | None
    tokens_per_second: float | None
    capabilities: CapabilitiesShown | None
    sample: str | None
    """What it said."""
    error: str | None
    advice: str | None
    """What to do, where the error alone does not say; or why another model than the chosen one was tried."""
    embedding: EmbeddingTried | None
    """Null unless embeddings were to be tried."""
