"""The two legs of a search. Each is one hop to a reader connection of its own, so they run side by side."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cortex.db import search_index, vector_index
from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import chunks, highlights, items
from cortex.db.search_index import Scope, ScopeClause
from cortex.domain.chunk import is_highlight_entry
from cortex.domain.search import NOTHING
from cortex.exceptions import AIProviderError, AIProviderUnavailableError, ItemNotFoundError
from cortex.services import smart_collections
from cortex.services.embedding_vectors import unpack
from cortex.services.embeddings import EmbeddingService, QueryVector
from cortex.services.retrieval.beside import kept_here, standing_for
from cortex.services.retrieval.coarse import CoarseScan
from cortex.services.retrieval.fusion import Fused, by_cosine, by_keyword, fuse
from cortex.services.retrieval.plan import SearchPlan, telling_terms, term
from cortex.services.retrieval.spelling import corrections
from cortex.services.retrieval.words import is_unspaced, stem

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

COARSE = 1000
"""Passages whose bits are nearest, scored exactly."""
FEWEST_POSTINGS, MOST_POSTINGS = 10_000, 30_000
"""A query reads about as many postings as there are passages, within these bounds, its rarest words first: more cost
milliseconds (0.6 µs each) and find nothing better. Measured in docs/adr/0011-search.md."""
_CORRECTABLE = re.compile(r"[^\W\d_]{4,}\Z")
_STILL_THERE = 0.9
"""With a smaller share of its candidates left, a copy of the bits hides passages behind those that are gone."""
_PLACED = 50
"""Highlights that are given the vectors of their passages, at most."""
_SIMILAR_VECTORS = 32
_SIMILAR_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class KeywordLeg:
    """What the words found: BM25 by passage, how many items hold any of them, and which words are misspelt."""

    found: Mapping[int, float] = field(default_factory=dict)
    items: int = 0
    expression: str = ""
    corrections: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SemanticLeg:
    """What the meaning found: candidates with their stored vectors, and the question's own."""

    query: QueryVector | None = None
    chunks: Sequence[int] = ()
    stored: Sequence[bytes] = ()
    beside: Mapping[int, float] = field(default_factory=dict)
    """Passages that the model elsewhere must not see, with their cosines in the embedded model."""
    unavailable: bool = False
    """No model, or nothing embedded by it: the words alone must do."""


class Legs:
    """Runs the legs of a plan and brings them together."""

    def __init__(self, database: Database, embeddings: EmbeddingService):
        self._database = database
        self._embeddings = embeddings
        self._coarse = CoarseScan(database, embeddings)

    async def aclose(self) -> None:
        """End what goes on in the background."""
        await self._coarse.aclose()

    async def resolve(self, plan: SearchPlan) -> SearchPlan:
        """The plan with what only the library knows: what smart collections hold, and for `similar:item_…` that
        item's words in place of a query's. Unknown items find nothing."""
        filters = plan.scope.filters
        if filters.collections or filters.not_collections:
            known = await self._database.read(lambda raw: smart_collections.resolve(raw, filters))
            plan = replace(plan, scope=replace(plan.scope, filters=known))
        similar_to = plan.similar_to
        if similar_to is None:
            return plan

        def words(raw: Connection) -> tuple[int, str]:
            number = items.number_of(raw, similar_to)
            text = [items.get(raw, similar_to).title]
            length = 0
            for _, _, passage in chunks.of_item(raw, number):
                text.append(passage)
                length += len(passage)
                if length > _SIMILAR_CHARACTERS:
                    break
            return number, "\n".join(text)

        try:
            number, text = await self._database.read(words)
        except ItemNotFoundError:
            return replace(plan, scope=Scope(filters=NOTHING), similar_to=None)
        return replace(plan, scope=replace(plan.scope, not_item=number), terms=(*plan.terms, *telling_terms(text)))

    async def keyword(self, plan: SearchPlan) -> KeywordLeg:
        """Passages by BM25 of the plan's words and phrases."""
        if not plan.asks_words():
            return KeywordLeg()
        return await self._database.read(lambda raw: _keyword(raw, plan))

    async def semantic(self, plan: SearchPlan) -> SemanticLeg:
        """Passages whose meaning is near. Says `unavailable` instead of failing when there is no model."""
        if not plan.asks_meaning():
            return SemanticLeg()
        try:
            query = await self._query(plan)
        except (AIProviderUnavailableError, AIProviderError):
            return SemanticLeg(unavailable=True)
        if query is None:  # an empty library lacks no vectors
            return SemanticLeg(unavailable=await self._database.read(search_index.passages) > 0)
        here = None
        if query.space.place is not None and plan.scope.not_item is None:
            here = await self._embeddings.base_vector(plan.texts)
        leg = await self._database.read(lambda raw: _semantic(raw, plan, query, self._coarse, here))
        self._coarse.keep_fresh(query.space.id)
        return leg

    async def judging(self, plan: SearchPlan, semantic: SemanticLeg) -> QueryVector | None:
        """The question in the embedded model's space, where another one was searched: evidence is judged there."""
        if semantic.query is None or semantic.query.space.is_base:
            return None
        return await self._embeddings.base_vector(plan.texts)

    async def _query(self, plan: SearchPlan) -> QueryVector | None:
        import numpy as np

        if plan.stays_here:
            return await self._embeddings.base_vector(plan.texts)
        if plan.scope.not_item is None:
            return await self._embeddings.query_vector(plan.texts)
        number = plan.scope.not_item
        for space in (await self._embeddings.searchable_space(), await self._embeddings.base_space()):
            if space is not None:
                stored = await self._database.read(
                    lambda raw, s=space.id: vector_index.item_vectors(raw, s, number, limit=_SIMILAR_VECTORS)  # type: ignore[misc] # bound per turn
                )
                if stored:
                    return self._embeddings.as_query(space, np.mean(unpack(stored), axis=0))
        return None


def _keyword(connection: Connection, plan: SearchPlan) -> KeywordLeg:
    counts = search_index.passage_counts(connection, list({stem(word) for word in plan.terms}))
    budget = max(FEWEST_POSTINGS, min(search_index.passages(connection), MOST_POSTINGS))
    terms = _within_budget(plan.terms, counts, budget)
    expression = " OR ".join((*plan.phrases, *(term(word).expression for word in terms)))
    clause = search_index.scope_clause(connection, plan.scope)
    found = search_index.search(connection, expression, clause, limit=plan.depth)
    unknown = [
        word
        for word in dict.fromkeys(plan.terms)
        if _CORRECTABLE.match(word)
        and not is_unspaced(word)
        and stem(word) not in counts
        and not search_index.is_own_word(connection, term(word))
    ]
    return KeywordLeg(dict(found.hits), found.items, expression, corrections(connection, unknown) if unknown else {})


def _within_budget(terms: Sequence[str], counts: Mapping[str, int], budget: int) -> list[str]:
    """The terms, rarest first, whose postings together stay within the budget; the rarest always."""
    kept: list[str] = []
    spent = 0
    for word in sorted(terms, key=lambda word: counts.get(stem(word), 0)):
        spent += counts.get(stem(word), 0)
        if kept and spent > budget:
            break
        kept.append(word)
    return kept


def _semantic(
    connection: Connection, plan: SearchPlan, query: QueryVector, coarse: CoarseScan, here: QueryVector | None
) -> SemanticLeg:
    clause = search_index.scope_clause(connection, plan.scope)
    limit = max(COARSE, plan.depth)
    found = _from_memory(connection, query, clause, coarse, limit)
    if found is None:
        found = vector_index.nearest(connection, query.space.id, query.packed, clause, limit=limit)
    known = {chunk for chunk, _ in found}
    beside = kept_here(connection, here, clause) if here is not None else {}
    return SemanticLeg(
        query,
        [chunk for chunk, _ in found],
        [vector for _, vector in found],
        {chunk: cosine for chunk, cosine in beside.items() if chunk not in known},
    )


def _from_memory(
    connection: Connection, query: QueryVector, clause: ScopeClause, coarse: CoarseScan, limit: int
) -> list[tuple[int, bytes]] | None:
    """By the copy of the bits, when the scope is all but a few items; None when the database must scan."""
    if clause.items is not None and not clause.negated:
        return None
    chunks = coarse.candidates(query.space.id, vector_index.bits_of(connection, query.packed), limit)
    if chunks is None:
        return None
    found = vector_index.in_scope(connection, query.space.id, chunks, clause)
    if len(found) < _STILL_THERE * len(chunks):
        coarse.forget()
        return None
    return found


def combine(connection: Connection, plan: SearchPlan, keyword: KeywordLeg, semantic: SemanticLeg) -> list[Fused]:
    """Both legs' passages in one order; fetches the vectors of passages that only the words found."""
    query = semantic.query
    if query is None:
        return by_keyword(keyword.found)
    fused = _fused(connection, plan, keyword, semantic, query)
    if query.baseline is None:
        return fused
    return [replace(entry, cosine=query.calibrated(entry.cosine)) for entry in fused]


def _fused(
    connection: Connection, plan: SearchPlan, keyword: KeywordLeg, semantic: SemanticLeg, query: QueryVector
) -> list[Fused]:
    chunk_ids, stored = list(semantic.chunks), list(semantic.stored)
    if plan.mode == "semantic":
        rows = _rows(stored, query, semantic.beside)
        return by_cosine([*chunk_ids, *semantic.beside], rows, query.vector, depth=plan.depth)
    known = {*chunk_ids, *semantic.beside}
    missing = [chunk for chunk in keyword.found if chunk not in known]
    for chunk, vector in vector_index.fetch(connection, query.space.id, missing).items():
        chunk_ids.append(chunk)
        stored.append(vector)
    beside = dict(semantic.beside)
    for entry, passage in _standing(connection, keyword).items():
        if passage in beside:
            beside[entry] = beside[passage]
        for vector in vector_index.fetch(connection, query.space.id, [passage]).values():
            chunk_ids.append(entry)
            stored.append(vector)
    rows = _rows(stored, query, beside)
    fused = fuse(keyword.found, [*chunk_ids, *beside], rows, query.vector, depth=plan.depth)
    if plan.phrases and not plan.terms:
        # nothing but phrases: their passages, in the order that both legs give them
        return [entry for entry in fused if entry.chunk in keyword.found]
    return fused


def _standing(connection: Connection, keyword: KeywordLeg) -> dict[int, int]:
    """For the best highlights the passages that they stand in: a highlight is as near to a question as its passage."""
    marked = [chunk for chunk in keyword.found if is_highlight_entry(chunk)][:_PLACED]
    return highlights.passages_of(connection, marked)


def _rows(stored: Sequence[bytes], query: QueryVector, beside: Mapping[int, float]) -> npt.NDArray[np.float32]:
    """Unit vectors: those that are stored, then those that stand for passages beside them."""
    import numpy as np

    rows = unpack(stored) if stored else np.empty((0, len(query.vector)), dtype=np.float32)
    return np.vstack([rows, standing_for(query, beside)]) if beside else rows
