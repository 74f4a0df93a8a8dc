"""Calls of models are noted in one go, and not lost by stopping or by a library that cannot be written for a while."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

from tests.findable import Library, open_library

from cortex.db.driver import Connection
from cortex.db.repositories.model_calls import ModelCallRepository
from cortex.domain.model_call import ModelCall
from cortex.observability.metrics import Metrics
from cortex.services.usage import UsageService

CALL = ModelCall("2026-11-21T10:00:00.000Z", "chat", "ollama", "a", remote=False, outcome="ok", milliseconds=1.0)


async def _writer_held(library: Library, usage: UsageService) -> tuple[asyncio.Task[None], threading.Event]:
    """The library's writer is busy until the event is set, and what is booked has begun to wait for it."""
    held, let_go = threading.Event(), threading.Event()

    def hold(_: Connection) -> None:
        held.set()
        let_go.wait(30)

    holding = asyncio.create_task(library.database.write(hold))
    await asyncio.to_thread(held.wait, 30)
    while not usage._turn.locked():  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(0)
    return holding, let_go


async def test_calls_are_written_later_by_themselves(tmp_path: Path) -> None:
    async with open_library(tmp_path / "cortex.db") as library:
        usage = UsageService(ModelCallRepository(library.database), Metrics(), later_seconds=0)
        for _ in range(3):
            usage.book(CALL)
        assert usage._writing is not None
        await usage._writing
        assert await library.count("model_calls") == 3


async def test_what_is_booked_while_others_are_written_is_written_too(tmp_path: Path) -> None:
    async with open_library(tmp_path / "cortex.db") as library:
        usage = UsageService(ModelCallRepository(library.database), Metrics(), later_seconds=0)
        usage.book(CALL)
        holding, let_go = await _writer_held(library, usage)
        usage.book(CALL)
        let_go.set()
        await holding
        assert usage._writing is not None
        await usage._writing
        assert await library.count("model_calls") == 2


async def test_what_cannot_be_written_is_kept_for_the_next_time(tmp_path: Path) -> None:
    async with open_library(tmp_path / "cortex.db") as library:
        usage = UsageService(ModelCallRepository(library.database), Metrics(), later_seconds=3600)
        usage.book(CALL)
        await library.database.write(lambda raw: raw.execute("ALTER TABLE model_calls RENAME TO away"))
        await usage.flush()
        await library.database.write(lambda raw: raw.execute("ALTER TABLE away RENAME TO model_calls"))
        total, _ = await usage.usage(since=None, until=None, group_by=())
        assert total.calls == 1
        await usage.aclose()


async def test_stopping_waits_for_what_is_being_written(tmp_path: Path) -> None:
    async with open_library(tmp_path / "cortex.db") as library:
        usage = UsageService(ModelCallRepository(library.database), Metrics(), later_seconds=0)
        usage.book(CALL)
        holding, let_go = await _writer_held(library, usage)
        writing = usage._writing
        closing = asyncio.create_task(usage.aclose())
        await asyncio.sleep(0)
        let_go.set()
        await asyncio.gather(holding, closing)
        assert writing is not None
        assert not writing.cancelled()
        assert await library.count("model_calls") == 1
