"""The worker: claims a few jobs at a time, sleeps when there are none, and hands back what it has at a stop."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Mapping

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.domain import clock
from cortex.domain.job import Job, JobKind, Outcome
from cortex.exceptions import StorageError, StorageFullError
from cortex.observability.logs import get_logger
from cortex.observability.metrics import Metrics
from cortex.queue import jobs, leases
from cortex.queue.wakeup import Wakeup
from cortex.worker.handlers import Handler
from cortex.worker.outcomes import DONE, outcome_of

log = get_logger(__name__)

_STORAGE_REST_SECONDS = 5.0
"""Before the library is tried again when it could not be written."""


class Worker:
    """Runs the jobs that it has handlers for until it is stopped. Several for one library share no kind.

    While jobs of the kind `yields_to` run or are due, it starts nothing: they go first.
    """

    def __init__(
        self,
        database: Database,
        handlers: Mapping[JobKind, Handler],
        wakeup: Wakeup,
        metrics: Metrics,
        *,
        concurrency: int,
        lease_seconds: float = leases.LEASE_SECONDS,
        yields_to: JobKind | None = None,
        pausable: bool = True,
    ):
        """`pausable` is False for what the owner waits for, however the queue of items stands."""
        self._database = database
        self._handlers = handlers
        self._kinds = tuple(handlers)
        self._yields_to = yields_to
        self._pausable = pausable
        self._wakeup = wakeup
        self._metrics = metrics
        self._concurrency = concurrency
        self._lease_seconds = lease_seconds
        self._owner = f"run-{secrets.token_hex(8)}"
        self._running = 0

    async def run(self) -> None:
        """Work until cancelled; then every job is put back, uncounted, to go on after its last finished step."""
        try:
            async with asyncio.TaskGroup() as group:
                await self._claim_forever(group)
        finally:
            await self._hand_back()

    async def _claim_forever(self, group: asyncio.TaskGroup) -> None:
        reclaimed = False
        while True:
            try:
                if not reclaimed:
                    count = await self._database.write(self._take_over)
                    reclaimed = True
                    if count:
                        log.info("jobs of an earlier run go on", count=count)
                rest = await self._fill(group)
            except (StorageError, StorageFullError) as error:
                log.warning("queue unavailable", error=error.code)
                rest = _STORAGE_REST_SECONDS
            except Exception as error:
                # A fault of Cortex; the queue is durable, so working on is better than stopping for good.
                log.error("queue could not be worked on", exc_info=error)
                rest = _STORAGE_REST_SECONDS
            await self._wakeup.wait(rest)

    async def _fill(self, group: asyncio.TaskGroup) -> float | None:
        """Start what is due and fits; gives the seconds until more is due, None when only a wake-up can tell."""
        while self._running < self._concurrency:
            job = await self._database.write(self._claim)
            if job is None:
                return await self._database.read(self._seconds_to_next)
            self._running += 1
            group.create_task(self._work(job))
        return None

    def _take_over(self, connection: Connection) -> int:
        """At start: what earlier runs left unfinished, and what waited, may go on at once; gives what was left."""
        jobs.release_waiting(connection, kinds=self._kinds)
        return leases.reclaim(connection, self._owner, kinds=self._kinds)

    def _claim(self, connection: Connection) -> Job | None:
        if self._must_rest(connection):
            return None
        job = leases.claim(connection, self._owner, lease_seconds=self._lease_seconds, kinds=self._kinds)
        if job is not None:
            self._handlers[job.kind].started(connection, job)
        return job

    def _must_rest(self, connection: Connection) -> bool:
        """Whether nothing may be started now. A wake-up tells when that changes: after every job, and at resuming."""
        return (self._pausable and jobs.is_paused(connection)) or (
            self._yields_to is not None and jobs.are_at_hand(connection, self._yields_to)
        )

    def _seconds_to_next(self, connection: Connection) -> float | None:
        if self._must_rest(connection):
            return None
        due = leases.next_due(connection, kinds=self._kinds)
        if due is None:
            return None
        return max(0.01, (clock.from_text(due) - clock.from_text(clock.now())).total_seconds())

    async def _work(self, job: Job) -> None:
        """One job from claim to end. Never raises but when the worker is stopped: no job stops the others."""
        started = time.monotonic()
        try:
            outcome = await self._outcome(job)
            if outcome is not None:
                await self._settle(job, outcome)
                self._metrics.jobs.labels(job.kind, outcome.ending).inc()
                self._metrics.job_seconds.labels(job.kind).observe(time.monotonic() - started)
        except Exception as error:
            # The lease stays, and the next start takes the job up again.
            log.error("job could not be ended", job_id=job.id, kind=job.kind, exc_info=error)
        finally:
            self._running -= 1
            self._wakeup.notify()

    async def _outcome(self, job: Job) -> Outcome | None:
        """How the run ended; None when it was called off because the job was taken off the queue."""
        run = asyncio.create_task(self._handlers[job.kind].run(job))
        try:
            while not (await asyncio.wait([run], timeout=self._lease_seconds / 3))[0]:
                if not await self._keep_lease(job):
                    log.info("job called off", job_id=job.id, kind=job.kind)
                    return None
        finally:
            if not run.done():
                run.cancel()
                await asyncio.wait([run])
        if run.cancelled():
            return Outcome(
                "retry", "internal_error", "The work on this was called off inside Cortex. What was captured is kept."
            )
        error = run.exception()
        if error is None:
            return DONE
        if not isinstance(error, Exception):
            raise error
        outcome = outcome_of(error, waits=job.waits)
        log.warning(
            "job did not finish",
            job_id=job.id,
            kind=job.kind,
            outcome=outcome.ending,
            error=outcome.code,
            exc_info=error,
        )
        return outcome

    async def _keep_lease(self, job: Job) -> bool:
        """Renew the lease; False when it is gone because the job was taken off the queue."""
        try:
            return await self._database.write(
                lambda connection: leases.heartbeat(connection, self._owner, job.id, lease_seconds=self._lease_seconds)
            )
        except (StorageError, StorageFullError):
            return True  # the next beat comes before the lease lapses

    async def _settle(self, job: Job, outcome: Outcome) -> None:
        """End the claim; when the library cannot be written just then, as soon as it can."""
        handler = self._handlers[job.kind]

        def settle(connection: Connection) -> Job | None:
            now = _end(connection, self._owner, job, outcome)
            handler.ended(connection, job, outcome, now)
            return now

        while True:
            try:
                now = await self._database.write(settle)
                await handler.after(job, now)
            except (StorageError, StorageFullError) as error:
                log.warning("job cannot be ended yet", job_id=job.id, error=error.code)
                await asyncio.sleep(_STORAGE_REST_SECONDS)
            else:
                return

    async def _hand_back(self) -> None:
        with contextlib.suppress(StorageError, StorageFullError):  # the next start finds the leases void
            count = await self._database.write(lambda connection: leases.hand_back(connection, self._owner))
            if count:
                log.info("jobs handed back", count=count)


def _end(connection: Connection, owner: str, job: Job, outcome: Outcome) -> Job | None:
    """End the claim as the outcome says; gives the job as it stands now, None when there is none any more."""
    if not leases.run_again(connection, owner, job):
        match outcome.ending:
            case "done":
                leases.finish(connection, owner, job)
            case "retry":
                leases.retry(connection, owner, job, code=outcome.code, message=outcome.message)
            case "wait":
                leases.wait(
                    connection, owner, job, code=outcome.code, message=outcome.message, retry_after=outcome.retry_after
                )
            case "give_up":
                leases.give_up(connection, owner, job, code=outcome.code, message=outcome.message)
    return jobs.get(connection, job.id)
