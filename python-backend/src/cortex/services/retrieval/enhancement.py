"""What a language model can do for a search that found little: other words, then a better order."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import chunks
from cortex.domain.chunk import chunk_number_of
from cortex.domain.search import SearchResponse, SearchResult
from cortex.services import evidence
from cortex.services.retrieval.expansion import QueryExpander
from cortex.services.retrieval.legs import KeywordLeg, SemanticLeg
from cortex.services.retrieval.passages import PassageRetriever
from cortex.services.retrieval.plan import SearchPlan
from cortex.services.retrieval.reranking import LOOKED_AT, Candidate, Reranker

TIME_FOR_ORDER_SECONDS = 5.0
"""A model that took longer for other words would take too long for the order, whose prompt is longer."""


class Enhancement:
    """Judges what was found, and asks models. `now` counts seconds, from anywhere."""

    def __init__(
        self,
        database: Database,
        passages: PassageRetriever,
        expander: QueryExpander,
        reranker: Reranker,
        *,
        now: Callable[[], float] = time.monotonic,
    ):
        self._database = database
        self._passages = passages
        self._expander = expander
        self._reranker = reranker
        self._now = now

    async def other_words(
        self, plan: SearchPlan, keyword: KeywordLeg, semantic: SemanticLeg
    ) -> tuple[tuple[str, ...], bool]:
        """Other ways to put the search, none where enough speaks for what was found; and whether there is time left
        for putting the results in order."""
        if not is_enhanceable(plan):
            return (), False
        if evidence.judge(await self._passages.of_legs(plan, keyword, semantic, limit=evidence.LOOKED_AT)).is_enough:
            return (), False
        started = self._now()
        ways = await self._expander.expand(plan.parsed.text)
        return ways, bool(ways) and self._now() - started < TIME_FOR_ORDER_SECONDS

    async def in_order(self, query: str, response: SearchResponse) -> SearchResponse | None:
        """The results in a model's order, scores going by place; None where that is theirs already, or no model
        gave one."""
        texts = await self._database.read(lambda raw: _texts(raw, response.results[:LOOKED_AT]))
        seen = [place for place, result in enumerate(response.results) if result.chunk_id in texts]
        if len(seen) < 2:
            return None
        order = await self._reranker.order(query, [texts[str(response.results[place].chunk_id)] for place in seen])
        if order is None:
            return None
        results = list(response.results)
        for place, position in zip(seen, order, strict=True):
            results[place] = response.results[seen[position]]
        scores = [result.score for result in response.results]
        ranked = tuple(replace(result, score=score) for result, score in zip(results, scores, strict=True))
        return replace(response, results=ranked)


def is_enhanceable(plan: SearchPlan) -> bool:
    """Whether other words make sense: for words whose meaning counts, not for phrases, lists and similar items; and on
    the first page alone, so that pages join."""
    return (
        plan.mode == "auto"
        and plan.request.offset == 0
        and bool(plan.terms)
        and not plan.phrases
        and plan.similar_to is None
    )


def _texts(connection: Connection, results: Sequence[SearchResult]) -> dict[str | None, Candidate]:
    numbers = [number for result in results if (number := chunk_number_of(result.chunk_id or "")) is not None]
    return {
        found.chunk.id: Candidate(found.item.title, found.chunk.text, found.item.local_only)
        for found in chunks.get_many(connection, numbers)
    }
