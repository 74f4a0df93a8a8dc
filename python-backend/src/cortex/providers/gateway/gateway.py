"""Asks the first model of the chain that can answer."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Literal

from cortex.exceptions import AIProviderError, AIProviderUnavailableError
from cortex.providers.chat_model import (
    ChatCapabilities,
    ChatIdentity,
    ChatModel,
    ChatPart,
    ChatRequest,
    Finished,
    FinishReason,
    TextDelta,
    TokenUsage,
    ToolCall,
    ToolCalls,
)

CallPurpose = Literal[
    "chat", "condense", "suggest", "history", "summary", "tags", "entities", "connections", "digest", "generate",
    "expand", "rerank", "test", "embed",
]  # fmt: skip
Patience = Literal["interactive", "background"]
"""Somebody waits and reads along, or nobody does: decides deadlines and who goes first."""


@dataclass(frozen=True, slots=True)
class Target:
    """The model that a request would go to, so that it can be made to fit: what may leave the machine, how long."""

    identity: ChatIdentity
    capabilities: ChatCapabilities


@dataclass(frozen=True, slots=True)
class Completion:
    """A whole answer."""

    text: str
    tool_calls: tuple[ToolCall, ...]
    reason: FinishReason
    usage: TokenUsage
    target: Target


Build = Callable[[Target], ChatRequest | None]
"""Makes the request for a target; None when this target must not or cannot be asked (the next one is tried)."""
Chain = Callable[[str | None], Awaitable[Sequence[ChatModel]]]
"""The models to ask, first choice first; empty when the owner uses none. Given a model's name, that one alone
(raises ValidationError when there is none of that name)."""


class Gateway:
    """Streams and completes. Local to cloud happens only where the chain, the owner's choice, says so."""

    def __init__(self, chain: Chain):
        self._chain = chain

    async def target(self, *, local_only: bool = False) -> Target | None:
        """Who would be asked now; None when nobody could be. Cheap: asks no model to do anything."""
        for model in await self._chain(None):
            if local_only and not model.identity.is_local:
                continue
            try:
                return Target(model.identity, await model.capabilities())
            except (AIProviderError, AIProviderUnavailableError):
                continue
        return None

    async def stream(
        self, build: Build, *, purpose: CallPurpose, patience: Patience = "interactive", model: str | None = None
    ) -> AsyncGenerator[Target | ChatPart, None]:
        """First the target that answers, then its parts, `Finished` last. Closing the generator stops the model.

        After a part was given nothing is started again: a break raises AIProviderUnavailableError.
        Raises AIProviderUnavailableError when nobody can answer, AIProviderError when all refused.
        """
        problem: AIProviderError | AIProviderUnavailableError = AIProviderUnavailableError()
        for candidate in await self._chain(model):
            shown = False
            try:
                target = Target(candidate.identity, await candidate.capabilities())
                request = build(target)
                if request is None:
                    continue
                async with aclosing(candidate.stream(request)) as parts:
                    async for part in parts:
                        if not shown:
                            shown = True
                            yield target
                        yield part
                return
            except (AIProviderError, AIProviderUnavailableError) as error:
                if shown:
                    raise
                problem = error
        raise problem

    async def complete(
        self, build: Build, *, purpose: CallPurpose, patience: Patience = "background", model: str | None = None
    ) -> Completion:
        """The whole answer. Raises as `stream` does."""
        text: list[str] = []
        calls: tuple[ToolCall, ...] = ()
        target: Target | None = None
        async with aclosing(self.stream(build, purpose=purpose, patience=patience, model=model)) as parts:
            async for part in parts:
                match part:
                    case Target():
                        target = part
                    case TextDelta():
                        text.append(part.text)
                    case ToolCalls():
                        calls += part.calls
                    case Finished() if target is not None:
                        return Completion("".join(text), calls, part.reason, part.usage, target)
                    case _:
                        pass
        raise AIProviderUnavailableError
