"""The order of the steps from something saved to something to be found."""

from __future__ import annotations

from cortex.db.checkpoints import CheckpointStore
from cortex.domain.job import Job
from cortex.workflows.processing.nodes import ProcessingNodes, ProcessingServices
from cortex.workflows.processing.state import WORKFLOW, ProcessingState
from cortex.workflows.resumable import ResumableRuns

_ORDER = ("fetch", "extract", "summarise", "tag", "chunk", "embed", "connect", "write", "finish")


class ProcessingWorkflow:
    """Reads items, so that a kill at any point goes on after the last finished step."""

    def __init__(self, services: ProcessingServices, checkpoints: CheckpointStore):
        nodes = ProcessingNodes(services)
        steps = {name: getattr(nodes, name) for name in _ORDER}
        self._runs = ResumableRuns(WORKFLOW, ProcessingState, steps, checkpoints)
        self.forget = self._runs.forget
        self.prune = self._runs.prune

    async def run(self, job: Job, item_id: str) -> None:
        """Process an item to its end, or go on where an earlier run of this job stopped.

        Raises what the steps raise; what was finished until then is kept, and the next run goes on from there.
        """
        await self._runs.run(job, {"item_id": item_id})
