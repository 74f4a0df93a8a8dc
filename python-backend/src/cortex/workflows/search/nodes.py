"""The steps of a search: each calls one thing of `cortex.services.retrieval`."""

from __future__ import annotations

from typing import Literal

from cortex.db.database import Database
from cortex.services.retrieval.legs import Legs
from cortex.services.retrieval.plan import plan as plan_search
from cortex.services.retrieval.results import assemble
from cortex.workflows.search.state import SearchState


class SearchNodes:
    """The nodes over their services."""

    def __init__(self, database: Database, legs: Legs):
        self._database = database
        self._legs = legs

    async def plan(self, state: SearchState) -> SearchState:
        """Take the request apart; for `similar:` look that item up."""
        return {"plan": await self._legs.resolve(plan_search(state["request"]))}

    async def keyword(self, state: SearchState) -> SearchState:
        """The word leg, on a reader of its own."""
        return {"keyword": await self._legs.keyword(state["plan"])}

    async def semantic(self, state: SearchState) -> SearchState:
        """The vector leg, on a reader of its own."""
        return {"semantic": await self._legs.semantic(state["plan"])}

    async def expand(self, state: SearchState) -> SearchState:
        """The same search by words instead of meaning, or with mended words beside the given ones."""
        plan = state["plan"]
        if plan.mode == "semantic":
            return {"plan": plan.with_words_only()}
        return {"plan": plan.corrected(state["keyword"].corrections)}

    async def answer(self, state: SearchState) -> SearchState:
        """Fuse, group, cut to the page."""
        found = await self._database.read(lambda raw: assemble(raw, state["plan"], state["keyword"], state["semantic"]))
        return {"found": found}

    @staticmethod
    def route(state: SearchState) -> Literal["expand", "__end__"]:
        """Another try, once: when words of the query do not exist but nearly do, or only words can be asked for."""
        plan = state["plan"]
        misspelt = bool(state["keyword"].corrections) and not plan.corrections
        return "expand" if misspelt or (plan.mode == "semantic" and state["semantic"].unavailable) else "__end__"
