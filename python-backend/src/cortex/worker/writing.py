"""What the worker does with a job to write about an item; the item is ready all the while."""

from __future__ import annotations

from cortex.db.driver import Connection
from cortex.domain.job import Job, Outcome
from cortex.queue import jobs
from cortex.services.events import EventBus
from cortex.services.writing_schedule import WritingSchedule


class WriteItem:
    """Lets a language model write about an item."""

    def __init__(self, schedule: WritingSchedule, events: EventBus):
        self._schedule = schedule
        self._events = events

    async def run(self, job: Job) -> None:
        """Write, or go on after the last part that was read."""
        await self._schedule.run(job.subject_id or "", job.payload, job.attempts)

    def started(self, connection: Connection, job: Job) -> None:
        """The item shows nothing of it: it is ready."""

    def ended(self, connection: Connection, job: Job, outcome: Outcome, now: Job | None) -> None:
        """What this one waits for is away for the others, too. A job that cannot be done goes, the extract stays."""
        if now is None:
            return
        if outcome.ending == "wait" and now.state == "waiting":
            jobs.hold(connection, now, only_where="local" if job.payload.get("local") is True else None)
        elif now.state == "dead":
            jobs.cancel(connection, job.kind, job.subject_id or "")

    async def after(self, job: Job, now: Job | None) -> None:
        """Tell that one fewer waits to be written."""
        self._events.publish("queue.updated", {})
