"""What the owner may choose while Cortex runs. Start-up settings are in `cortex.config`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Provider = Literal["auto", "embedded", "ollama", "cloud", "openai", "hybrid"]
"""`auto`: Ollama when it answers, else none. `embedded`: none. `ollama`: Ollama alone. `cloud` (and its alias
`openai`): the cloud model alone. `hybrid`: Ollama, and the cloud model when Ollama cannot answer."""
EmbeddingProvider = Literal["embedded", "ollama", "cloud"]


@dataclass(frozen=True, slots=True)
class Preferences:
    """How the library is kept."""

    trash_days: int = 30
    """After so many days in the trash an item is deleted for good."""
    digest_enabled: bool = True
    """Make a digest every day on which there is something to tell."""
    digest_hour: int = 8
    """0–23, by the clock of this machine."""
    check_links: bool = False
    """Look now and then whether saved addresses still lead somewhere: that asks their sites."""


@dataclass(frozen=True, slots=True)
class CloudPreferences:
    """The cloud model, or a compatible server's. Its key is kept apart (`cortex.security.secrets`)."""

    model: str | None = None
    """As LiteLLM names it, with the provider in front: `anthropic/claude-sonnet-4-5`, `openai/gpt-5-mini`."""
    api_base: str | None = None
    """Of a server that speaks OpenAI's protocol, such as LM Studio; None: the provider's own."""


@dataclass(frozen=True, slots=True)
class FallbackModel:
    """A model to ask when those before it cannot answer. Naming a cloud one is the owner's word for it."""

    provider: Literal["ollama", "cloud"]
    model: str


@dataclass(frozen=True, slots=True)
class AIPreferences:
    """Which models are asked."""

    provider: Provider
    ollama_host: str
    chat_model: str
    embedding_provider: EmbeddingProvider
    embedding_model: str
    cloud: CloudPreferences = CloudPreferences()
    fallbacks: tuple[FallbackModel, ...] = ()
    remote_hosts: tuple[str, ...] = ()
    """Places (`host:port`) other than this machine whose Ollama may be asked; Ollama's own cloud is `ollama.com`."""
    keep_alive: str = "5m"
    """How long Ollama keeps a model in memory after a call: `0`, `5m`, `-1` (for good)."""
    preload: bool = False
    """Load the chat model when Cortex starts and when it is chosen."""
    thinking: bool = False
    """Let models that can think aloud do so in chat; the thoughts are shown apart."""
