"""A chain of scripted models, a clock that does not run by itself, and what the gateway told of its calls."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

from cortex.domain.model_call import ModelCall
from cortex.exceptions import AIProviderUnavailableError
from cortex.providers.chat_model import (
    ChatMessage,
    ChatModel,
    ChatPart,
    ChatRequest,
    TextDelta,
)
from cortex.providers.fake_chat import FakeChatModel
from cortex.providers.gateway.deadlines import Deadlines, deadlines_for
from cortex.providers.gateway.gateway import Gateway, Target
from cortex.providers.gateway.notices import Notice

AWAY = AIProviderUnavailableError("Nobody there.")
QUESTION = ChatRequest((ChatMessage("user", "one two three"),))
Step = ChatPart | Exception | asyncio.Event


class Staged(FakeChatModel):
    """Plays one list of steps for each call: says parts, raises errors, waits for events. Then it echoes."""

    def __init__(self, *plays: Sequence[Step], model: str = "script", is_local: bool = True, provider: str = "fake"):
        super().__init__(model=model, is_local=is_local, provider=provider)
        self._plays = list(plays)
        self.calls = 0
        self.closed = 0

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatPart, None]:
        self.calls += 1
        try:
            if not self._plays:
                async with aclosing(super().stream(request)) as parts:
                    async for part in parts:
                        yield part
                return
            for step in self._plays.pop(0):
                if isinstance(step, asyncio.Event):
                    await step.wait()
                elif isinstance(step, Exception):
                    raise step
                else:
                    yield step
        finally:
            self.closed += 1


class Stage:
    """A gateway over some models, and all that it tells."""

    def __init__(self, *models: ChatModel, deadlines: Deadlines | None = None):
        self.models = list(models)
        self.calls: list[ModelCall] = []
        self.notices: list[Notice] = []
        self.slept: list[float] = []
        self.changes: list[str] = []
        self.seconds = 1000.0
        self.gateway = Gateway(
            self.chain,
            book=self.calls.append,
            on_change=lambda model: self.changes.append(model.name),
            now=lambda: self.seconds,
            sleep=self.sleep,
            chance=lambda: 1.0,
            deadlines=(lambda *_, **__: deadlines) if deadlines else deadlines_for,
        )

    async def chain(self, model: str | None) -> list[ChatModel]:
        return [one for one in self.models if model in (None, one.identity.name)]

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds

    async def ask(
        self, *, local_only: bool = False, build: Callable[[Target], ChatRequest | None] | None = None
    ) -> str:
        """A question's answer as somebody would see it grow."""
        shown = ""
        answer = self.gateway.stream(
            build or (lambda _: QUESTION), purpose="chat", local_only=local_only, tell=self.notices.append
        )
        async with aclosing(answer) as parts:
            async for part in parts:
                if isinstance(part, TextDelta):
                    shown += part.text
        return shown

    async def work(self) -> str:
        return (await self.gateway.complete(lambda _: QUESTION, purpose="summary", tell=self.notices.append)).text

    async def state(self, position: int = 0) -> str:
        return (await self.gateway.health())[position].state


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def patience() -> Deadlines:
    """So short that nobody waits for them in a test."""
    return Deadlines(first_part=0.01, idle=0.01, may_repeat_long=True)
