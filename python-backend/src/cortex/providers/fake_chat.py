"""A deterministic language model without a model, for tests and demonstrations: it says what a script decides."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence

from cortex.exceptions import AIProviderUnavailableError
from cortex.providers.base import ProviderHealth
from cortex.providers.chat_model import (
    ChatCapabilities,
    ChatIdentity,
    ChatPart,
    ChatRequest,
    Finished,
    TextDelta,
    TokenUsage,
    ToolCalls,
)

Script = Callable[[ChatRequest], Sequence[ChatPart] | str]
"""What the model says to a request: its parts, or just the words."""


def echo(request: ChatRequest) -> str:
    """Repeats the last message."""
    return request.messages[-1].content


class FakeChatModel:
    """Says what `script` gives. Set `available` to False to see what happens when the model is away.

    `requests` holds what it was asked, in order.
    """

    def __init__(
        self,
        script: Script = echo,
        *,
        provider: str = "fake",
        model: str = "script",
        is_local: bool = True,
        capabilities: ChatCapabilities | None = None,
    ):
        self.identity = ChatIdentity(provider, model, is_local, "127.0.0.1" if is_local else "fake.example")
        self.available = True
        self.requests: list[ChatRequest] = []
        self._script = script
        self._capabilities = capabilities or ChatCapabilities(8192, tools=True, schema=True)

    async def capabilities(self) -> ChatCapabilities:
        """As it was made with."""
        if not self.available:
            raise AIProviderUnavailableError
        return self._capabilities

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatPart, None]:
        """What the script says, word by word; `Finished` is added where the script left it out."""
        if not self.available:
            raise AIProviderUnavailableError
        self.requests.append(request)
        said = self._script(request)
        parts: Sequence[ChatPart] = [TextDelta(said)] if isinstance(said, str) else said
        words = 0
        for part in parts:
            if isinstance(part, TextDelta):
                for piece in part.text.split(" "):
                    yield TextDelta(piece if words == 0 else f" {piece}")
                    words += 1
                    await asyncio.sleep(0)
            else:
                yield part
        if not parts or not isinstance(parts[-1], Finished):
            asked = sum(len(message.content.split()) for message in request.messages)
            called = any(isinstance(part, ToolCalls) for part in parts)
            yield Finished("tool_calls" if called else "stop", TokenUsage(asked, words))

    async def health(self) -> ProviderHealth:
        """Whether it is switched on."""
        return ProviderHealth(self.available, "fake language model" if self.available else "switched off", True)

    async def aclose(self) -> None:
        """Holds nothing."""
