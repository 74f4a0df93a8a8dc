"""Steps in a row that are kept as they finish, so that a job killed at any point goes on after its last finished one.

State is plain and carries `job_id` and what the job is about; a step that sets `over` ends the run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any, get_type_hints

from cortex.db.checkpoints import CheckpointStore
from cortex.domain.job import Job
from cortex.exceptions import CheckpointRefusedError
from cortex.observability.logs import get_logger

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.graph.state import CompiledStateGraph

    Graph = CompiledStateGraph[Any, None, Any, Any]

log = get_logger(__name__)

Step = Callable[[Any], Any]


class ResumableRuns:
    """Runs the steps of jobs; the graph is built, and LangGraph imported, with the first one.

    `workflow` begins every thread id: a step renamed or reordered needs a new one, and old runs then start over.
    `state` is the TypedDict of what travels along.
    """

    def __init__(self, workflow: str, state: type, steps: Mapping[str, Step], checkpoints: CheckpointStore):
        self._workflow = workflow
        self._state = state
        self._kinds: Mapping[str, type] = get_type_hints(state)
        self._steps = steps
        self._graph: Graph | None = None
        self._building = asyncio.Lock()
        self._checkpoints = checkpoints

    async def run(self, job: Job, about: Mapping[str, str]) -> None:
        """Run the steps to their end, or go on where an earlier run of this job stopped.

        `about` is what the job is about: a run of another subject is not gone on with. Raises what the steps raise;
        what was finished until then is kept.
        """
        graph = await self._ready_graph()
        fresh = {**about, "job_id": job.id}
        config: RunnableConfig = {
            "configurable": {"thread_id": self._thread(job.id, job.generation)},
            "recursion_limit": 2 * len(self._steps),
        }
        if await self._can_go_on(graph, config, fresh):
            ended = await graph.ainvoke(None, config, durability="sync")
            if ended.get("over"):
                return
            log.warning("run could not go on, job starts over", job_id=job.id)
        await self.forget(job)
        ended = await graph.ainvoke(fresh, config, durability="sync")
        if not ended.get("over"):
            raise RuntimeError("the graph came to a stop before its last step")

    async def forget(self, job: Job) -> None:
        """Drop the notes of a job that has ended."""
        await self._checkpoints.forget(self._thread(job.id, job.generation))

    async def prune(self, live: set[tuple[str, int]]) -> int:
        """Drop the notes of every job but the `live` ones (id, generation); gives how many there were."""
        return await self._checkpoints.prune(
            f"{self._workflow.partition('-')[0]}-", {self._thread(*each) for each in live}
        )

    def _thread(self, job_id: str, generation: int) -> str:
        """The thread of one asking for a job. Asked for again, it is a new thread: nothing is mixed."""
        return f"{self._workflow}:{job_id}:{generation}"

    async def _can_go_on(self, graph: Graph, config: RunnableConfig, fresh: Mapping[str, str]) -> bool:
        """Whether there are notes of an earlier run of this very job that can be trusted.

        That no step is next proves nothing: after a kill between a step's results and the next checkpoint the
        results are still to be taken over. Only `over` says that a run has ended.
        """
        try:
            snapshot = await graph.aget_state(config)
        except CheckpointRefusedError:
            log.warning("checkpoint refused, job starts over", job_id=fresh["job_id"])
            return False
        if snapshot.created_at is None:
            return False
        known = set(snapshot.next) <= {"__start__", *self._steps}
        if known and (not snapshot.values or is_trustworthy(snapshot.values, fresh, self._kinds)):
            return True
        log.warning("checkpoint not trusted, job starts over", job_id=fresh["job_id"])
        return False

    async def _ready_graph(self) -> Graph:
        async with self._building:
            if self._graph is None:
                saver = await self._checkpoints.saver()
                self._graph = await asyncio.to_thread(_compiled, self._state, self._steps, saver)
            return self._graph


def is_trustworthy(values: object, fresh: Mapping[str, str], kinds: Mapping[str, type]) -> bool:
    """Whether a loaded state is one that a workflow of these kinds can have written for what began as `fresh`."""
    if not isinstance(values, dict) or any(values.get(name) != value for name, value in fresh.items()):
        return False
    return all(name in kinds and type(value) is kinds[name] for name, value in values.items())


def _compiled(state: type, steps: Mapping[str, Step], saver: Any) -> Graph:
    from langgraph.graph import END, START, StateGraph

    graph: Any = StateGraph(state)
    for name, step in steps.items():
        graph.add_node(name, step)
    order = (*steps, END)
    graph.add_edge(START, order[0])
    for name, following in pairwise(order):
        graph.add_conditional_edges(name, _unless_over(following, END), [following, END])
    compiled: Graph = graph.compile(checkpointer=saver)
    return compiled


def _unless_over(following: str, end: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda state: end if state.get("over") else following
