"""The queue as a person sees it, and what a person does to it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import items, processing
from cortex.domain.item import Item
from cortex.domain.job import Job, QueueCounts
from cortex.queue import jobs
from cortex.queue.wakeup import Wakeup
from cortex.services.capture import PROCESS
from cortex.services.events import EventBus
from cortex.services.processing_events import announce
from cortex.services.writing_schedule import WRITE

_WINDOW_SECONDS = 300.0


class Throughput:
    """How many items became ready lately; in memory."""

    def __init__(self) -> None:
        self._moments: deque[float] = deque(maxlen=100_000)

    def finished(self) -> None:
        """One more item is ready."""
        self._moments.append(time.monotonic())

    def per_minute(self) -> float:
        """Items a minute over the last five minutes, or since the first of them."""
        now = time.monotonic()
        while self._moments and self._moments[0] < now - _WINDOW_SECONDS:
            self._moments.popleft()
        if not self._moments:
            return 0.0
        return round(len(self._moments) * 60 / max(now - self._moments[0], 10.0), 1)


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """An item that is not done, and its job."""

    item: Item
    job: Job


@dataclass(frozen=True, slots=True)
class QueueView:
    """The queue at one moment."""

    counts: QueueCounts
    writing: int
    """Items that are ready, and that a language model is still to write about."""
    paused: bool
    items_per_minute: float
    entries: list[QueueEntry]
    """What runs, then what failed, then what waits, then what is next."""


class ProcessingStatus:
    """Shows the queue, retries, pauses and resumes it."""

    def __init__(self, database: Database, events: EventBus, wakeup: Wakeup, throughput: Throughput):
        self._database = database
        self._events = events
        self._wakeup = wakeup
        self._throughput = throughput

    async def view(self, *, limit: int = 200) -> QueueView:
        """The queue, with at most `limit` entries."""

        def read(connection: Connection) -> QueueView:
            unfinished = jobs.unfinished(connection, PROCESS, limit)
            found = {item.id: item for item in items.get_many(connection, [job.subject_id or "" for job in unfinished])}
            entries = [QueueEntry(found[job.subject_id], job) for job in unfinished if job.subject_id in found]
            to_write = jobs.counts(connection, WRITE)
            return QueueView(
                jobs.counts(connection),
                to_write.pending + to_write.processing,
                jobs.is_paused(connection),
                self._throughput.per_minute(),
                entries,
            )

        return await self._database.read(read)

    async def retry(self, item_ids: Sequence[str] | None) -> int:
        """Try items again from now on: those of `item_ids` that failed or wait, or all that failed; gives how many."""

        def restart(connection: Connection) -> list[Item]:
            again = processing.failed_ids(connection, list(item_ids) if item_ids is not None else None)
            for item_id in again:
                items.restart(connection, item_id)
                jobs.enqueue(connection, PROCESS, item_id)
            return items.get_many(connection, again)

        restarted = await self._database.write(restart, durable=True)
        for item in restarted:
            announce(self._events, item)
        if restarted:
            self._changed()
        return len(restarted)

    async def set_paused(self, paused: bool) -> None:
        """Start nothing new from now on (what runs goes on to its end), or go on; kept over restarts."""
        await self._database.write(lambda connection: jobs.set_paused(connection, paused), durable=True)
        self._changed()

    async def take_up(self, item_id: str | None = None) -> int:
        """Give a job to items (or to this one) that are to be processed but have none; gives how many there were."""

        def lost(connection: Connection) -> list[str]:
            return processing.without_a_job(connection, PROCESS, item_id=item_id)

        if not await self._database.read(lost):
            return 0

        def enqueue(connection: Connection) -> int:
            found = lost(connection)
            for found_id in found:
                items.restart(connection, found_id)
                jobs.enqueue(connection, PROCESS, found_id)
            return len(found)

        count = await self._database.write(enqueue)
        if count:
            self._changed()
        return count

    async def release_waiting(self, error_code: str | None = None) -> None:
        """What waits (for `error_code`, if given) may try again at once: the network or a model is back."""
        if await self._database.write(lambda connection: jobs.release_waiting(connection, error_code=error_code)):
            self._changed()

    def _changed(self) -> None:
        self._wakeup.notify()
        self._events.publish("queue.updated", {})
