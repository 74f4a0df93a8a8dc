"""The order of the steps, and running them so that a kill at any point goes on after the last finished one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cortex.config import forbid_tracing
from cortex.db.checkpoints import CheckpointStore
from cortex.domain.job import Job
from cortex.exceptions import CheckpointRefusedError
from cortex.observability.logs import get_logger
from cortex.services.digests.making import DigestMaking
from cortex.workflows.digest.nodes import DigestNodes
from cortex.workflows.digest.state import WORKFLOW, DigestState, is_trustworthy, thread_id

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.graph.state import CompiledStateGraph

    Graph = CompiledStateGraph[DigestState, None, DigestState, DigestState]

log = get_logger(__name__)

_ORDER = ("gather", "theme", "rank", "write", "verify", "store")


class DigestWorkflow:
    """Makes one digest; the graph is built, and LangGraph imported, with the first one."""

    def __init__(self, making: DigestMaking, checkpoints: CheckpointStore):
        self._nodes = DigestNodes(making)
        self._checkpoints = checkpoints
        self._graph: Graph | None = None
        self._building = asyncio.Lock()

    async def run(self, job: Job, digest_id: str) -> None:
        """Make a digest to its end, or go on where an earlier run of this job stopped. Raises what the steps raise."""
        graph = await self._ready_graph()
        config: RunnableConfig = {
            "configurable": {"thread_id": thread_id(job.id, job.generation)},
            "recursion_limit": 2 * len(_ORDER),
        }
        if await self._can_go_on(graph, config, job, digest_id):
            ended = await graph.ainvoke(None, config, durability="sync")
            if ended.get("over"):
                return
            log.warning("run could not go on, digest starts over", job_id=job.id)
        await self.forget(job)
        fresh: DigestState = {"digest_id": digest_id, "job_id": job.id}
        ended = await graph.ainvoke(fresh, config, durability="sync")
        if not ended.get("over"):
            raise RuntimeError("the graph came to a stop before its last step")

    async def forget(self, job: Job) -> None:
        """Drop the notes of a job that has ended."""
        await self._checkpoints.forget(thread_id(job.id, job.generation))

    async def prune(self, live: set[tuple[str, int]]) -> int:
        """Drop the notes of every job but the `live` ones (id, generation); gives how many there were."""
        return await self._checkpoints.prune(f"{WORKFLOW.partition('-')[0]}-", {thread_id(*job) for job in live})

    async def _can_go_on(self, graph: Graph, config: RunnableConfig, job: Job, digest_id: str) -> bool:
        """Whether there are notes of an earlier run of this very job that can be trusted."""
        try:
            snapshot = await graph.aget_state(config)
        except CheckpointRefusedError:
            log.warning("checkpoint refused, digest starts over", job_id=job.id)
            return False
        if snapshot.created_at is None:
            return False
        known = set(snapshot.next) <= {"__start__", *_ORDER}
        return known and (not snapshot.values or is_trustworthy(snapshot.values, job_id=job.id, digest_id=digest_id))

    async def _ready_graph(self) -> Graph:
        async with self._building:
            if self._graph is None:
                forbid_tracing()
                saver = await self._checkpoints.saver()
                self._graph = await asyncio.to_thread(_compiled, self._nodes, saver)
            return self._graph


def _compiled(nodes: DigestNodes, saver: Any) -> Graph:
    from langgraph.graph import END, START, StateGraph

    graph = StateGraph(DigestState)
    for name in _ORDER:
        graph.add_node(name, getattr(nodes, name))
    graph.add_edge(START, _ORDER[0])
    for name, following in zip(_ORDER, (*_ORDER[1:], END), strict=True):
        graph.add_conditional_edges(name, _unless_over(following, END), [following, END])
    return graph.compile(checkpointer=saver)


def _unless_over(following: str, end: str) -> Callable[[DigestState], str]:
    return lambda state: end if state.get("over") else following
