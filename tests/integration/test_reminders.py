"""Reminders by a clock that the test sets: each goes out once, also after a sleep, a stop or an undo."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cortex.bootstrap import Application, assemble
from cortex.config import load_settings
from cortex.domain import clock
from cortex.services.reminders import ReminderService
from cortex.services.tasks import NewTask, TaskService

NINE, TEN, ELEVEN = (f"2031-03-01T{hour}:00:00.000Z" for hour in ("09", "10", "11"))


@dataclass
class Hand:
    """A clock that moves when it is told to."""

    moment: str = NINE

    def __call__(self) -> str:
        return self.moment


@dataclass
class Library:
    application: Application
    hand: Hand = field(default_factory=Hand)

    @property
    def tasks(self) -> TaskService:
        return TaskService(self.application.database, self.application.events, self.hand)

    @property
    def reminders(self) -> ReminderService:
        return ReminderService(self.application.database, self.application.events, self.hand)

    async def fired(self) -> list[str]:
        """The titles of what is reminded of now."""
        return [task.title for task in await self.reminders.fire()]


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Library]:
    async with assemble(load_settings(data_dir=tmp_path / "data", port=0)) as application:
        yield Library(application)


async def test_each_reminder_goes_out_once_in_order_when_its_time_has_come(library: Library) -> None:
    await library.tasks.create(NewTask("eleven", remind_at=ELEVEN))
    await library.tasks.create(NewTask("ten", remind_at=TEN))
    await library.tasks.create(NewTask("none"))
    done, _ = await library.tasks.create(NewTask("done", remind_at=TEN, status="done"))
    assert await library.fired() == []
    library.hand.moment = TEN
    assert await library.fired() == ["ten"]
    assert await library.fired() == []
    library.hand.moment = ELEVEN
    assert await library.fired() == ["eleven"]
    await library.tasks.change(done.id, {"status": "open"})
    assert await library.fired() == ["done"]


async def test_another_time_reminds_again_and_an_undo_does_not(library: Library) -> None:
    task, _ = await library.tasks.create(NewTask("Call", remind_at=TEN))
    renamed = (await library.tasks.change(task.id, {"title": "Ring"}))[1]
    assert renamed is not None
    library.hand.moment = TEN
    assert await library.fired() == ["Ring"]
    await library.application.undo.undo(renamed)
    assert (await library.tasks.get(task.id)).reminded_at == TEN
    assert await library.fired() == []
    later, undo_id = await library.tasks.change(task.id, {"remind_at": ELEVEN})
    assert (later.reminded_at, undo_id is None) == (None, False)
    assert undo_id is not None
    await library.application.undo.undo(undo_id)
    library.hand.moment = ELEVEN
    assert await library.fired() == []
    await library.tasks.change(task.id, {"remind_at": ELEVEN})
    assert await library.fired() == ["Call"]


async def test_what_came_due_while_it_was_deleted_or_stopped_comes_afterwards(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path / "data", port=0)
    async with assemble(settings) as application:
        library = Library(application)
        await library.tasks.create(NewTask("Call", remind_at=TEN))
        deleted, _ = await library.tasks.create(NewTask("Write", remind_at=TEN))
        undo_id = await library.tasks.delete(deleted.id)
        assert undo_id is not None
    async with assemble(settings) as application:
        library = Library(application, Hand(ELEVEN))
        assert await library.fired() == ["Call"]
        await application.undo.undo(undo_id)
        assert await library.fired() == ["Write"]
    async with assemble(settings) as application:
        assert await Library(application, Hand(ELEVEN)).fired() == []


async def test_the_running_schedule_follows_changes_and_the_clock(library: Library) -> None:
    events = library.application.events
    running = asyncio.create_task(library.reminders.run())
    with events.subscribe() as subscription:
        call, _ = await library.tasks.create(NewTask("Call", remind_at=TEN))
        library.hand.moment = ELEVEN  # the machine slept; any change of a task, or half a minute, wakes the schedule
        await library.tasks.create(NewTask("Other"))
        while (event := await asyncio.wait_for(subscription.take(), 10)) is not None:
            if event.type == "task.reminder":
                break
        assert event is not None
        assert event.data == {"task_id": call.id, "title": "Call"}
    assert (await library.tasks.get(call.id)).reminded_at == ELEVEN
    events.close()
    await asyncio.wait_for(running, 10)


async def test_a_reminder_comes_when_its_moment_comes(library: Library) -> None:
    application = library.application
    running = asyncio.create_task(application.reminders.run())
    with application.events.subscribe() as subscription:
        await application.tasks.create(NewTask("Soon", remind_at=clock.after(0.3)))
        while (event := await asyncio.wait_for(subscription.take(), 10)) is not None:
            if event.type == "task.reminder":
                break
    running.cancel()
    task = (await application.tasks.get(str(event.data["task_id"]))) if event else None
    assert task is not None
    assert task.reminded_at is not None
    assert task.remind_at is not None
    assert task.reminded_at >= task.remind_at
