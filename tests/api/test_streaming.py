"""Streams that end because somebody left: what they were made from is closed, and nothing is complained of."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from cortex.api.streaming import until_stopping


async def test_a_client_that_leaves_has_the_source_closed() -> None:
    """The server cancels every wait of a request whose client left, also those in `finally`."""
    begun, closed = asyncio.Event(), asyncio.Event()

    async def source() -> AsyncGenerator[int, None]:
        try:
            yield 1
            begun.set()
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            closed.set()

    async def follow() -> None:
        async with aclosing(until_stopping(source(), asyncio.Event(), "Cortex is stopping.")) as parts:
            async for _ in parts:
                pass

    following = asyncio.create_task(follow())
    await begun.wait()
    while not following.done():
        following.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await following
    async with asyncio.timeout(5):
        await closed.wait()
