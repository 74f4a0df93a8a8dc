"""What runs in the background does not stop because a part of it does."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from cortex.bootstrap import assemble
from cortex.config import load_settings
from cortex.services.reminders import ReminderService
from cortex.worker.schedules import Schedules


async def test_one_part_that_fails_is_reported_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(self: ReminderService) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(ReminderService, "run", fail)
    async with assemble(load_settings(data_dir=tmp_path)) as application:
        schedules = asyncio.create_task(Schedules(application).run())
        async with asyncio.timeout(10):
            while application.health.is_healthy:  # noqa: ASYNC110 - health is a state, not an event
                await asyncio.sleep(0)
        assert "reminders" in await application.health.check()
        assert not schedules.done()
        schedules.cancel()
        with pytest.raises(asyncio.CancelledError):
            await schedules
