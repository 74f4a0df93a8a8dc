"""The steps of a search: each calls one thing of `cortex.services.retrieval`."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from cortex.db.database import Database
from cortex.services.retrieval.enhancement import Enhancement
from cortex.services.retrieval.legs import Legs
from cortex.services.retrieval.plan import plan as plan_search
from cortex.services.retrieval.results import assemble
from cortex.workflows.search.state import SearchState


class SearchNodes:
    """The nodes over their services."""

    def __init__(self, database: Database, legs: Legs, enhancement: Enhancement | None):
        self._database = database
        self._legs = legs
        self._enhancement = enhancement

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

    async def widen(self, state: SearchState) -> SearchState:
        """Other words from a language model, where little speaks for what was found."""
        plan, enhancement = state["plan"], self._enhancement
        if enhancement is None:
            return {"asked_model": True}
        ways, may_order = await enhancement.other_words(plan, state["keyword"], state["semantic"])
        return {"asked_model": True, "may_order": may_order, "plan": plan.widened(ways) if ways else plan}

    async def order(self, state: SearchState) -> SearchState:
        """The results in a language model's order."""
        found, enhancement = state["found"], self._enhancement
        if enhancement is None:
            return {"may_order": False}
        ordered = await enhancement.in_order(state["plan"].parsed.text, found.response)
        if ordered is not None:
            found = replace(found, response=replace(ordered, enhanced="reranked"))
        return {"may_order": False, "found": found}

    @staticmethod
    def route(state: SearchState) -> Literal["expand", "widen", "order", "__end__"]:
        """Another try, once: when words of the query do not exist but nearly do, or only words can be asked for. Then,
        for who asked for it, what a language model can do."""
        plan = state["plan"]
        misspelt = bool(state["keyword"].corrections) and not plan.corrections and not plan.ways
        if misspelt or (plan.mode == "semantic" and state["semantic"].unavailable):
            return "expand"
        if plan.request.enhance and not state.get("asked_model"):
            return "widen"
        return "order" if state.get("may_order") else "__end__"

    @staticmethod
    def route_widened(state: SearchState) -> list[str]:
        """Both legs again, where there are other words."""
        return ["keyword", "semantic"] if state["plan"].ways else ["__end__"]
