"""Says that a model is being loaded, when nothing comes for a while."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator

from cortex.providers.chat_model import ChatModel
from cortex.providers.gateway.notices import Notice, Tell, nobody_listens

_QUIET_SECONDS = 1.0
"""A model that is loaded usually begins sooner; asking what it is at costs a request."""


@contextlib.contextmanager
def told_while_loading(
    model: ChatModel, tell: Tell, *, quiet_seconds: float = _QUIET_SECONDS
) -> Iterator[Callable[[], None]]:
    """Around one call; call what it gives when the first piece came."""
    if tell is nobody_listens:
        yield lambda: None
        return
    loop = asyncio.get_running_loop()
    asking: list[asyncio.Task[None]] = []
    timer = loop.call_later(quiet_seconds, lambda: asking.append(loop.create_task(_ask(model, tell))))

    def begun() -> None:
        timer.cancel()
        for task in asking:
            task.cancel()

    try:
        yield begun
    finally:
        begun()


async def _ask(model: ChatModel, tell: Tell) -> None:
    name = model.identity.name
    health = await model.health() if model.identity.is_local else None  # a look elsewhere would leave the machine
    if health is not None and health.available and not health.loaded:
        tell(Notice("loading", name, f"{name} is being loaded into memory."))
    else:
        tell(Notice("reading", name, f"{name} is reading what it was asked."))
