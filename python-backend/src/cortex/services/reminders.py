"""Reminders: each goes out once, when its time has come, or as soon as Cortex runs again after it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from cortex.db.database import Database
from cortex.db.repositories import tasks
from cortex.domain import clock
from cortex.domain.task import Task
from cortex.exceptions import CortexError
from cortex.observability.logs import get_logger
from cortex.services.events import EventBus, Subscription

log = get_logger(__name__)

LONGEST_WAIT_S = 30.0
"""While a reminder is waiting. Timers stand still while a machine sleeps, and clocks are set: so that a reminder comes
late by no more than this, the time is looked at again. With none waiting nothing happens until a task changes."""
_RELEVANT = ("task.created", "task.updated", "task.deleted", "reset")


class ReminderService:
    """Sends reminders as `task.reminder` events. The table is the schedule: nothing is kept beside it."""

    def __init__(self, database: Database, events: EventBus, now: Callable[[], str] = clock.now):
        self._database = database
        self._events = events
        self._now = now

    async def fire(self) -> list[Task]:
        """Send what is due; gives those tasks. Marked before they are told: a kill between the two leaves
        `reminded_at`, which a client reads when it connects again, and never reminds twice."""
        now = self._now()
        if not _is_due(await self._next(), now):
            return []
        due = await self._database.write(lambda connection: tasks.take_due_reminders(connection, now))
        for task in due:
            self._events.publish("task.reminder", {"task_id": task.id, "title": task.title})
            self._events.publish("task.updated", {"task_id": task.id})
        return due

    async def run(self) -> None:
        """Send reminders until cancelled, or until the events end."""
        with self._events.subscribe() as changes:
            while True:
                try:
                    await self.fire()
                    wait = await self._seconds_to_wait()
                except CortexError as error:
                    log.warning("reminders put off", error=error.code)
                    wait = LONGEST_WAIT_S
                if not await _changed_or_time(changes, wait):
                    return

    async def _seconds_to_wait(self) -> float | None:
        """Until the next reminder, at most `LONGEST_WAIT_S`; None when none is waiting."""
        following = await self._next()
        if following is None:
            return None
        left = (clock.from_text(following) - clock.from_text(self._now())).total_seconds()
        return min(max(left, 0.0), LONGEST_WAIT_S)

    async def _next(self) -> str | None:
        return await self._database.read(tasks.next_reminder)


def _is_due(moment: str | None, now: str) -> bool:
    return moment is not None and moment <= now


async def _changed_or_time(changes: Subscription, wait_s: float | None) -> bool:
    """Wait for a change of tasks, at most this long; False once there will be no more changes."""
    try:
        async with asyncio.timeout(wait_s):
            while (event := await changes.take()) is not None:
                if event.type in _RELEVANT:
                    return True
            return False
    except TimeoutError:
        return True
