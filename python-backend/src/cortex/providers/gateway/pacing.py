"""Holds a model to its deadlines, piece by piece."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing

from cortex.exceptions import AIProviderError, AIProviderTimeoutError, AIProviderUnavailableError
from cortex.providers.chat_model import ChatModel, ChatPart, ChatRequest, Finished
from cortex.providers.gateway.deadlines import Deadlines

_LEFTOVER_SECONDS = 1.0
TakenElsewhere = Callable[[], Awaitable[bool]]
"""Whether another model would answer this, too."""


async def paced(
    model: ChatModel, request: ChatRequest, limits: Deadlines, taken_elsewhere: TakenElsewhere
) -> AsyncGenerator[ChatPart, None]:
    """The model's parts, each in its time, up to `Finished`.

    Raises AIProviderTimeoutError, AIProviderUnavailableError when it ends before that, and what the model raises.
    """
    has_begun = False
    async with aclosing(model.stream(request)) as parts:
        while True:
            seconds = limits.idle if has_begun else limits.first_part
            gave_way: list[float] = []
            try:
                async with asyncio.timeout(seconds) as allowed:
                    if has_begun or limits.give_way is None:
                        part = await anext(parts)
                    else:
                        with _giving_way(allowed, limits.give_way, taken_elsewhere, gave_way):
                            part = await anext(parts)
            except StopAsyncIteration:
                raise AIProviderUnavailableError(
                    f"The answer of {model.identity.name} ended before it was complete."
                ) from None
            except AIProviderError as error:
                if not has_begun:
                    raise
                # It understood the question and began: that it stops now is its state, not what it was asked.
                raise AIProviderUnavailableError(error.message, details=error.details) from error
            except TimeoutError as error:
                raise _too_slow(
                    model.identity.name, gave_way[0] if gave_way else seconds, has_begun=has_begun
                ) from error
            if isinstance(part, Finished):
                with contextlib.suppress(AIProviderError, AIProviderUnavailableError, TimeoutError):
                    async with asyncio.timeout(_LEFTOVER_SECONDS):
                        async for _ in parts:  # to its end, so that the connection can be used again
                            pass
                yield part
                return
            yield part
            has_begun = True


@contextlib.contextmanager
def _giving_way(
    allowed: asyncio.Timeout, seconds: float, taken_elsewhere: TakenElsewhere, gave_way: list[float]
) -> Iterator[None]:
    """End the time allowed after `seconds` if another model would answer; else the model keeps its whole time."""
    loop = asyncio.get_running_loop()
    asking: list[asyncio.Task[None]] = []

    async def decide() -> None:
        if await taken_elsewhere():
            gave_way.append(seconds)
            allowed.reschedule(loop.time())

    timer = loop.call_later(seconds, lambda: asking.append(loop.create_task(decide())))
    try:
        yield
    finally:
        timer.cancel()
        for task in asking:
            task.cancel()


def _too_slow(name: str, seconds: float, *, has_begun: bool) -> AIProviderTimeoutError:
    if has_begun:
        return AIProviderTimeoutError(f"{name} fell silent for {seconds:.0f} s in the middle of its answer.")
    return AIProviderTimeoutError(
        f"{name} gave nothing within {seconds:.0f} s: it may still be loading, or be too slow for this."
    )
