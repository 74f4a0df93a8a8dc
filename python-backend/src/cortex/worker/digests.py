"""What the worker does with a job to make a digest."""

from __future__ import annotations

from cortex.db.driver import Connection
from cortex.db.repositories import digests
from cortex.domain.job import Job, Outcome
from cortex.queue import jobs
from cortex.services.events import EventBus
from cortex.workflows.digest.graph import DigestWorkflow


class MakeDigest:
    """Makes a digest."""

    def __init__(self, workflow: DigestWorkflow, events: EventBus):
        self._workflow = workflow
        self._events = events

    async def run(self, job: Job) -> None:
        """Run the workflow to its end, or on from where it stopped."""
        await self._workflow.run(job, job.subject_id or "")

    def started(self, connection: Connection, job: Job) -> None:
        """The digest shows that it is being made already."""

    def ended(self, connection: Connection, job: Job, outcome: Outcome, now: Job | None) -> None:
        """One that cannot be made says so; the next one covers what it would have told."""
        if now is not None and now.state == "dead":
            digests.fail(connection, job.subject_id or "", now.error_message or outcome.message)
            jobs.cancel(connection, job.kind, job.subject_id or "")

    async def after(self, job: Job, now: Job | None) -> None:
        """Forget the checkpoints of what will not go on; tell of a failure."""
        if now is not None and now.state != "dead" and now.generation == job.generation:
            return
        await self._workflow.forget(job)
        if now is not None and now.state == "dead":
            self._events.publish("digest.created", {"digest_id": job.subject_id or ""})
