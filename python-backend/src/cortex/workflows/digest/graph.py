"""The order of the steps of a digest."""

from __future__ import annotations

from cortex.db.checkpoints import CheckpointStore
from cortex.domain.job import Job
from cortex.services.digests.making import DigestMaking
from cortex.workflows.digest.nodes import DigestNodes
from cortex.workflows.digest.state import WORKFLOW, DigestState
from cortex.workflows.resumable import ResumableRuns

_ORDER = ("gather", "theme", "rank", "write", "verify", "store")


class DigestWorkflow:
    """Makes digests, so that a kill at any point goes on after the last finished step."""

    def __init__(self, making: DigestMaking, checkpoints: CheckpointStore):
        nodes = DigestNodes(making)
        steps = {name: getattr(nodes, name) for name in _ORDER}
        self._runs = ResumableRuns(WORKFLOW, DigestState, steps, checkpoints)
        self.forget = self._runs.forget
        self.prune = self._runs.prune

    async def run(self, job: Job, digest_id: str) -> None:
        """Make a digest to its end, or go on where an earlier run of this job stopped. Raises what the steps raise."""
        await self._runs.run(job, {"digest_id": digest_id})
