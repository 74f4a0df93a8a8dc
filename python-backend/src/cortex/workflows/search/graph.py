"""plan → (keyword ∥ semantic) → answer, and once more, where that is too thin: expand → both legs → answer.

For who asks for it (`enhance`), a language model helps where still little speaks for what was found:
widen → both legs → answer → order.

No checkpointer: a search that is cut off is asked again.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from cortex.db.database import Database
from cortex.domain.search import SearchExplanation, SearchRequest, SearchResponse
from cortex.services.retrieval.enhancement import Enhancement
from cortex.services.retrieval.explain import explanation
from cortex.services.retrieval.legs import Legs
from cortex.services.retrieval.results import Found
from cortex.workflows.search.nodes import SearchNodes
from cortex.workflows.search.state import SearchState

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph


class SearchWorkflow:
    """Answers searches. The graph is compiled with the first one, for its library loads slowly."""

    def __init__(self, database: Database, legs: Legs, enhancement: Enhancement | None = None):
        self._nodes = SearchNodes(database, legs, enhancement)
        self._compiled: CompiledStateGraph[SearchState] | None = None
        self._compiling = asyncio.Lock()

    async def run(self, request: SearchRequest) -> SearchResponse:
        """The answer to a search. Raises StorageError when the library cannot be read; nothing the query says is
        an error, and without a model the words alone answer (`degraded`)."""
        return (await self._run(request))[0]

    async def explain(self, request: SearchRequest) -> SearchExplanation:
        """How the request was understood, and the evidence for the passages on its page."""
        response, state = await self._run(request)
        return explanation(response, state["plan"], state["keyword"], state["semantic"], state["found"])

    async def _run(self, request: SearchRequest) -> tuple[SearchResponse, SearchState]:
        started = time.perf_counter()
        graph = await self._graph()
        out = await graph.ainvoke({"request": request}, {"recursion_limit": 20})
        state = cast("SearchState", out)
        found: Found = state["found"]
        took = (time.perf_counter() - started) * 1000
        return replace(found.response, took_ms=round(took, 2)), state

    async def _graph(self) -> CompiledStateGraph[SearchState]:
        async with self._compiling:
            if self._compiled is None:
                # In a thread, as the graph's library loads with it.
                self._compiled = await asyncio.to_thread(_compiled, self._nodes)
            return self._compiled


def _compiled(nodes: SearchNodes) -> CompiledStateGraph[SearchState]:
    from langgraph.graph import END, START, StateGraph

    graph = StateGraph(SearchState)
    graph.add_node("plan", nodes.plan)
    graph.add_node("keyword", nodes.keyword)
    graph.add_node("semantic", nodes.semantic)
    graph.add_node("expand", nodes.expand)
    graph.add_node("answer", nodes.answer)
    graph.add_edge(START, "plan")
    for leg in ("keyword", "semantic"):
        graph.add_edge("plan", leg)
        graph.add_edge("expand", leg)
    graph.add_edge(["keyword", "semantic"], "answer")
    graph.add_node("widen", nodes.widen)
    graph.add_node("order", nodes.order)
    graph.add_conditional_edges("answer", nodes.route, ["expand", "widen", "order", END])
    graph.add_conditional_edges("widen", nodes.route_widened, ["keyword", "semantic", END])
    graph.add_edge("order", END)
    return graph.compile()
