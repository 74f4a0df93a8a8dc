"""No content, query or token reaches a log line, whoever writes it and at whatever level."""

from __future__ import annotations

import asyncio
import gc
import io
import json
import logging
from collections.abc import Iterator

import pytest

from cortex.observability import logs

SECRET = "what-was-saved"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that is logged, as served with `CORTEX_LOG_LEVEL=debug`."""
    root, own = logging.getLogger(), logging.getLogger("cortex")
    before = (root.handlers, root.level, own.level)
    logs.configure("debug")
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    stream = io.StringIO()
    handler.setStream(stream)
    yield stream
    root.handlers = before[0]
    root.setLevel(before[1])
    own.setLevel(before[2])


def lines(written: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_debug_is_for_cortex_alone(written: io.StringIO) -> None:
    logging.getLogger("some.library").info("SELECT %s", SECRET)
    logging.getLogger("uvicorn.error").info("GET /api/ws?ticket=%s", SECRET)
    logs.get_logger("cortex.somewhere").debug("a fact", count=1)
    (line,) = lines(written)
    assert (line["event"], line["count"]) == ("a fact", 1)


def test_an_exception_is_told_by_its_type_and_place(written: io.StringIO) -> None:
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        logs.get_logger("cortex.somewhere").error("it failed", exc_info=error)
    (line,) = lines(written)
    assert line["exception"] == "ValueError"
    assert line["trace"]
    assert SECRET not in str(line)


def test_a_task_that_fails_unseen_is_told_without_its_words(written: io.StringIO) -> None:
    async def fail() -> None:
        raise ValueError(SECRET)

    async def forget() -> None:
        task = asyncio.create_task(fail())
        await asyncio.wait([task])
        del task
        gc.collect()

    asyncio.run(forget())
    (line,) = lines(written)
    assert (line["event"], line["exception"]) == ("Task exception was never retrieved", "ValueError")
    assert SECRET not in str(line)
