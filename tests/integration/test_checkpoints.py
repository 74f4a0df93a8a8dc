"""The file of checkpoints."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

from cortex.db.checkpoints import CheckpointStore


async def test_whoever_comes_first_opens_the_file_for_all(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    store = CheckpointStore(tmp_path / "checkpoints.db")
    await asyncio.gather(*(store.forget(f"processing-1:job_{number}:1") for number in range(3)))
    opened = set(threading.enumerate()) - before
    await store.close()
    for thread in opened:
        await asyncio.to_thread(thread.join, 5)
    assert [thread.is_alive() for thread in opened] == [False]
