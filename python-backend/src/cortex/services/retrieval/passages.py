"""Passages for an answer, with the evidence for each: how near, how many of the question's words, how rare those."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from cortex.db import search_index, vector_index
from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import chunks
from cortex.db.repositories.chunks import FoundChunk
from cortex.domain.chunk import is_highlight_entry
from cortex.domain.search import NO_FILTERS, Filters, Passage, SearchRequest
from cortex.services.embedding_vectors import unpack
from cortex.services.embeddings import QueryVector
from cortex.services.retrieval.fusion import Fused
from cortex.services.retrieval.legs import KeywordLeg, Legs, SemanticLeg, combine
from cortex.services.retrieval.plan import SearchPlan, plan
from cortex.services.retrieval.words import is_unspaced, query_terms, stem, telling_words, words_of


class PassageRetriever:
    """Retrieves what may answer a question."""

    def __init__(self, database: Database, legs: Legs):
        self._database = database
        self._legs = legs

    async def retrieve_passages(
        self, query: str, scope: Filters = NO_FILTERS, *, limit: int = 10, stays_here: bool = False
    ) -> list[Passage]:
        """The passages within `scope` that answer `query` best, best first, several of one item included.

        Understands the query language; works on words alone without a model (`cosine` is None then). A word
        that the library lacks but nearly has is mended for the search; coverage is of the words as they were asked,
        since a mended one ("president" as "present") is no evidence. With `stays_here` the query, made from what
        must not leave the machine, is shown to no model elsewhere.
        """
        found = await self._retrieve(query, scope, limit, stays_here=stays_here)
        if not found and '"' in query:
            # a question may quote what stands otherwise in the text
            found = await self._retrieve(query.replace('"', " "), scope, limit, stays_here=stays_here)
        return found

    async def _retrieve(self, query: str, scope: Filters, limit: int, *, stays_here: bool) -> list[Passage]:
        asked_for = plan(SearchRequest(query, limit=limit, filters=scope, group_by="passage"))
        planned = await self._legs.resolve(replace(asked_for, stays_here=stays_here))
        asked = telling_words(query_terms(planned.parsed.text))
        keyword, semantic = await self._both(planned)
        if keyword.corrections:
            planned = planned.corrected(keyword.corrections)
            keyword, semantic = await self._both(planned)
        return await self._passages(planned, keyword, semantic, asked, limit)

    async def of_legs(
        self, planned: SearchPlan, keyword: KeywordLeg, semantic: SemanticLeg, *, limit: int
    ) -> list[Passage]:
        """The best passages of what was found already."""
        asked = telling_words(query_terms(planned.parsed.text))
        return await self._passages(planned, keyword, semantic, asked, limit)

    async def _passages(
        self, planned: SearchPlan, keyword: KeywordLeg, semantic: SemanticLeg, asked: Sequence[str], limit: int
    ) -> list[Passage]:
        judging = await self._legs.judging(planned, semantic)
        return await self._database.read(lambda raw: _passages(raw, planned, keyword, semantic, judging, asked, limit))

    async def _both(self, planned: SearchPlan) -> tuple[KeywordLeg, SemanticLeg]:
        return await asyncio.gather(self._legs.keyword(planned), self._legs.semantic(planned))


def _passages(
    connection: Connection,
    planned: SearchPlan,
    keyword: KeywordLeg,
    semantic: SemanticLeg,
    judging: QueryVector | None,
    asked: Sequence[str],
    limit: int,
) -> list[Passage]:
    ranked = [entry for entry in combine(connection, planned, keyword, semantic) if not is_highlight_entry(entry.chunk)]
    fused = {entry.chunk: entry for entry in ranked[: 2 * limit]}
    if semantic.query is not None and not semantic.query.space.is_base:
        # what is enough evidence was found out for the embedded model (docs/adr/0012): no other one's cosine will do
        cosines = _cosines(connection, judging, list(fused)) if judging is not None else {}
        fused = {chunk: replace(entry, cosine=cosines.get(chunk)) for chunk, entry in fused.items()}
    found = chunks.get_many(connection, list(fused))[:limit]
    weights = rarity(connection, asked)
    return [_passage(chunk, fused[chunk.number], asked, weights) for chunk in found]


def _cosines(connection: Connection, query: QueryVector, chunk_ids: Sequence[int]) -> dict[int, float]:
    stored = vector_index.fetch(connection, query.space.id, chunk_ids)
    if not stored:
        return {}
    return dict(zip(stored, (unpack(list(stored.values())) @ query.vector).tolist(), strict=True))


def rarity(connection: Connection, terms: Sequence[str]) -> dict[str, float]:
    """For each term its weight: the inverse passage frequency of BM25, never negative."""
    total = search_index.passages(connection)
    counts = search_index.passage_counts(connection, [stem(term) for term in terms])
    return {
        term: math.log(1 + (max(total - count, 0) + 0.5) / (count + 0.5))
        for term in terms
        for count in (counts.get(stem(term), 0),)
    }


def _passage(found: FoundChunk, entry: Fused, wanted: Sequence[str], weights: Mapping[str, float]) -> Passage:
    chunk, item = found.chunk, found.item
    matched = matched_terms(f"{item.title}\n{chunk.heading}\n{chunk.text}", wanted)
    whole = sum(weights.values())
    return passage_of(
        found,
        score=entry.score,
        cosine=entry.cosine,
        bm25=entry.bm25,
        matched=tuple(matched),
        missing=tuple(term for term in wanted if term not in matched),
        coverage=sum(weights[term] for term in matched) / whole if whole else 0.0,
    )


def passage_of(
    found: FoundChunk,
    *,
    score: float,
    cosine: float | None,
    bm25: float,
    matched: tuple[str, ...],
    missing: tuple[str, ...],
    coverage: float,
) -> Passage:
    """A stored passage with what was measured of it."""
    chunk, item = found.chunk, found.item
    return Passage(
        chunk_id=chunk.id,
        item_id=item.id,
        title=item.title,
        url=item.url,
        text=chunk.text,
        heading=chunk.heading,
        start=chunk.start,
        end=chunk.end,
        page=chunk.page,
        content_version=chunk.content_version,
        score=score,
        cosine=cosine,
        bm25=bm25,
        matched_terms=matched,
        missing_terms=missing,
        coverage=coverage,
    )


def matched_terms(text: str, terms: Sequence[str]) -> list[str]:
    """Those of the terms whose stem occurs in `text`; pairs of characters as they stand."""
    stems = {stem(word) for word, _, _ in words_of(text)}
    return [term for term in terms if stem(term) in stems or (is_unspaced(term) and term in text)]
