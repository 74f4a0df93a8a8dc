"""What the worker does with each kind of job, and what its subject shows of it."""

from __future__ import annotations

from typing import Protocol

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import items, processing
from cortex.domain.item import Item, ItemError, Status
from cortex.domain.job import Job, JobState, Outcome
from cortex.queue import jobs
from cortex.services.events import EventBus
from cortex.services.processing_events import announce
from cortex.services.processing_status import Throughput
from cortex.workflows.processing.graph import ProcessingWorkflow

_STATUS: dict[JobState, Status] = {
    "queued": "pending",
    "running": "processing",
    "waiting": "waiting",
    "dead": "failed",
}


class Handler(Protocol):
    """One kind of job."""

    async def run(self, job: Job) -> None:
        """Do the work. What it raises decides what becomes of the job (`cortex.worker.outcomes`)."""

    def started(self, connection: Connection, job: Job) -> None:
        """Show on the subject that the job was claimed, in the transaction that claims it."""

    def ended(self, connection: Connection, job: Job, outcome: Outcome, now: Job | None) -> None:
        """Show on the subject how the run ended, in the transaction that ends the claim.

        `now` is the job as it stands after that; None when it is done.
        """

    async def after(self, job: Job, now: Job | None) -> None:
        """Tell others, and tidy up, once that transaction has been committed."""


class ProcessItem:
    """Reads a saved item: the processing workflow."""

    def __init__(self, database: Database, events: EventBus, workflow: ProcessingWorkflow, throughput: Throughput):
        self._database = database
        self._events = events
        self._workflow = workflow
        self._throughput = throughput

    async def run(self, job: Job) -> None:
        """Run the workflow to its end, or on from where it stopped."""
        await self._workflow.run(job, job.subject_id or "")

    def started(self, connection: Connection, job: Job) -> None:
        """Count the try."""
        processing.count_attempts(connection, job.subject_id or "", job.attempts + 1)

    def ended(self, connection: Connection, job: Job, outcome: Outcome, now: Job | None) -> None:
        """Show a retry as pending, waiting as waiting, the end as failed; the workflow itself shows ready."""
        item = processing.current(connection, job.subject_id or "", None)
        if item is None:
            return
        if outcome.ending == "done":
            if now is not None or item.status != "ready":
                # Asked for again, or taken out of the trash just when the run saw it there.
                processing.show(connection, item.id, "pending", None, 0.0, None)
                if now is None:
                    jobs.enqueue(connection, job.kind, item.id)
            return
        if now is None or now.error_code is None:
            # Asked for again meanwhile: the failure was about content that is no longer current.
            processing.show(connection, item.id, "pending", None, 0.0, None)
            return
        error = ItemError(outcome.code, now.error_message or outcome.message)
        processing.show(connection, item.id, _STATUS[now.state], item.stage, item.progress, error)

    async def after(self, job: Job, now: Job | None) -> None:
        """Announce the item; forget the checkpoints of what will not go on."""
        if now is None or now.state == "dead" or now.generation != job.generation:
            await self._workflow.forget(job)
        item = await self._database.read(lambda connection: _item(connection, job.subject_id or ""))
        if item is not None:
            announce(self._events, item)
            if item.status == "ready":
                self._throughput.finished()
        self._events.publish("queue.updated", {})


def _item(connection: Connection, item_id: str) -> Item | None:
    found = items.get_many(connection, [item_id])
    return found[0] if found else None
