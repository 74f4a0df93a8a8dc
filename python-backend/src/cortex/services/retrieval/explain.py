"""Why a search found what it found, for its owner to read."""

from __future__ import annotations

from cortex.domain.chunk import chunk_id
from cortex.domain.search import ExplainedPassage, SearchExplanation, SearchResponse
from cortex.services.retrieval.legs import KeywordLeg, SemanticLeg
from cortex.services.retrieval.plan import SearchPlan
from cortex.services.retrieval.results import Found


def explanation(
    response: SearchResponse, plan: SearchPlan, keyword: KeywordLeg, semantic: SemanticLeg, found: Found
) -> SearchExplanation:
    """The evidence behind one answer that was grouped by passage."""
    evidence = {chunk_id(entry.chunk): entry for entry in found.fused}
    return SearchExplanation(
        query_type=plan.query_type,
        text=plan.parsed.text,
        terms=plan.terms,
        phrases=plan.phrases,
        corrections=plan.corrections,
        keyword_passages=len(keyword.found),
        semantic_passages=len(semantic.chunks),
        degraded=response.degraded,
        took_ms=response.took_ms,
        passages=tuple(
            ExplainedPassage(
                chunk_id=result.chunk_id,
                item_id=result.item_id,
                title=result.title,
                score=result.score,
                bm25=evidence[result.chunk_id].bm25,
                cosine=evidence[result.chunk_id].cosine,
            )
            for result in response.results
            if result.chunk_id is not None and result.chunk_id in evidence
        ),
    )
