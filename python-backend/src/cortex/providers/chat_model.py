"""What Cortex asks of a language model, whoever serves it, and what comes back."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from cortex.providers.base import ModelIdentity, ProviderHealth

ChatRole = Literal["system", "user", "assistant", "tool"]
FinishReason = Literal["stop", "length", "tool_calls"]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that a model wants to use. `arguments` are as the model gave them: unchecked."""

    id: str
    name: str
    arguments: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that a model may use; `parameters` is the JSON schema of an object."""

    name: str
    description: str
    parameters: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message to or from a model. `tool_call_id` and `name` belong to what a tool answered."""

    role: ChatRole
    content: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One question to a model, with all it needs to know. Equal requests are the same question."""

    messages: tuple[ChatMessage, ...]
    tools: tuple[Tool, ...] = ()
    schema: Mapping[str, object] | None = None
    """JSON schema that the answer has to hold."""
    max_tokens: int | None = None
    """Of the answer."""
    temperature: float = 0.0
    thinking: bool = False
    """Whether a model that can think aloud may; its thoughts come apart from the text."""


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The next piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ThoughtDelta:
    """The next piece of what the model thinks aloud; no part of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCalls:
    """Tools that the model wants to use, each whole."""

    calls: tuple[ToolCall, ...]


@dataclass(frozen=True, slots=True)
class TokenUsage:
    """What one call took."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float = 0.0
    is_cost_known: bool = True
    """False where somebody may ask money for it, but nobody says how much."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of a complete answer; a stream without it broke off."""

    reason: FinishReason
    usage: TokenUsage = field(default_factory=TokenUsage)


ChatPart = TextDelta | ThoughtDelta | ToolCalls | Finished


ChatIdentity = ModelIdentity
"""Who answers, and where."""


@dataclass(frozen=True, slots=True)
class ChatCapabilities:
    """What a model can do, as its server says."""

    context_tokens: int
    """Prompt and answer together, as Cortex will ask for it."""
    tools: bool = False
    schema: bool = False
    thinking: bool = False
    digest: str | None = None
    """Names the model's weights exactly, where its server does: another model may come under the same name."""


class ChatModel(Protocol):
    """One model of one provider."""

    @property
    def identity(self) -> ChatIdentity:
        """Known without asking anybody."""
        ...

    async def capabilities(self) -> ChatCapabilities:
        """Asked of the server once, then remembered.

        Raises AIProviderUnavailableError when it does not answer, AIProviderError when it has no such model or the
        model cannot chat.
        """
        ...

    def stream(self, request: ChatRequest) -> AsyncGenerator[ChatPart, None]:
        """The answer as it comes, `Finished` last. Closing the generator stops the model.

        Raises AIProviderUnavailableError (also in the middle, when the stream breaks off before `Finished`) and
        AIProviderError. Never retries, never falls back: the gateway does.
        """
        ...

    async def health(self) -> ProviderHealth:
        """Never raises, never loads a model."""
        ...

    async def aclose(self) -> None:
        """Free what is held. A later call opens again."""
        ...
