"""From fused passages to the answer: grouped by item, cut to the page, with snippets and counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cortex.db import search_index
from cortex.db.driver import Connection
from cortex.db.repositories import chunks, found_items, highlights
from cortex.db.repositories.chunks import FoundChunk
from cortex.domain.chunk import is_highlight_entry, is_item_entry, item_number_of
from cortex.domain.highlight import Highlight
from cortex.domain.item import Item
from cortex.domain.search import Degradation, Match, SearchResponse, SearchResult
from cortex.services.highlights import placed
from cortex.services.retrieval.fusion import Fused
from cortex.services.retrieval.legs import KeywordLeg, SemanticLeg, combine
from cortex.services.retrieval.plan import SearchPlan
from cortex.services.retrieval.snippets import marking_terms, snippet

NEAR = 0.3
"""A cosine from which on a passage counts as found by its meaning."""
FAR = 0.12
"""A cosine below which a passage without any of the words is no result at all."""


@dataclass(frozen=True, slots=True)
class Found:
    """A search's answer but for the time that it took."""

    response: SearchResponse
    fused: Sequence[Fused]


def assemble(connection: Connection, plan: SearchPlan, keyword: KeywordLeg, semantic: SemanticLeg) -> Found:
    """The answer of a plan and its legs, on one snapshot."""
    if plan.lists_items:
        return _listed(connection, plan)
    fused = [entry for entry in combine(connection, plan, keyword, semantic) if _is_result(plan, entry)]
    groups = _grouped(fused) if plan.request.group_by == "item" else fused
    start = plan.request.offset
    results = _results(connection, plan, groups[start : start + plan.request.limit])
    total = max(len(groups), keyword.items if plan.request.group_by == "item" and plan.mode != "semantic" else 0)
    facets = None
    if plan.request.facets:
        numbers = list(dict.fromkeys(item_number_of(entry.chunk) for entry in fused))
        facets = found_items.facets(connection, search_index.scope_clause(connection, plan.scope), numbers)
    response = SearchResponse(
        results=tuple(results),
        total=total,
        query_type=plan.query_type,
        took_ms=0.0,
        degraded=_degradation(plan, semantic),
        corrected_query=plan.parsed.text if plan.corrections else None,
        facets=facets,
        enhanced="expanded" if plan.ways else None,
        also_searched=plan.ways,
    )
    return Found(response, fused)


def _degradation(plan: SearchPlan, semantic: SemanticLeg) -> Degradation | None:
    if semantic.unavailable or plan.degraded:
        return "keyword_only"
    return "fallback_embeddings" if semantic.query is not None and semantic.query.is_fallback else None


def _is_result(plan: SearchPlan, entry: Fused) -> bool:
    return plan.mode == "semantic" or entry.bm25 > 0 or (entry.cosine or 0.0) >= FAR


def _grouped(fused: Sequence[Fused]) -> list[Fused]:
    """The best passage of each item, in order."""
    best: dict[int, Fused] = {}
    for entry in fused:
        best.setdefault(item_number_of(entry.chunk), entry)
    return list(best.values())


def _results(connection: Connection, plan: SearchPlan, page: Sequence[Fused]) -> list[SearchResult]:
    found = {entry.number: entry for entry in chunks.get_many(connection, [entry.chunk for entry in page])}
    marked = _marked(connection, page)
    of_items = [entry.chunk for entry in page if is_item_entry(entry.chunk) or entry.chunk in marked]
    own = found_items.get_many(connection, [item_number_of(chunk) for chunk in of_items])
    terms = marking_terms([*plan.terms, *(word for phrase in plan.parsed.phrases for word in phrase)])
    results: list[SearchResult] = []
    for entry in page:
        if entry.chunk in found:
            results.append(_passage_result(found[entry.chunk], entry, terms))
        elif (item := own.get(item_number_of(entry.chunk))) is not None:
            if entry.chunk in marked:
                results.append(_highlight_result(marked[entry.chunk], item, entry, terms))
            else:
                results.append(item_result(item, entry.score, ("keyword",), terms))
    return results


def _marked(connection: Connection, page: Sequence[Fused]) -> dict[int, Highlight]:
    entries = [entry.chunk for entry in page if is_highlight_entry(entry.chunk)]
    if not entries:
        return {}
    found = highlights.of_entries(connection, entries)
    return dict(zip(found, placed(connection, list(found.values())), strict=True))


def _passage_result(found: FoundChunk, entry: Fused, terms: Sequence[str]) -> SearchResult:
    matched: list[Match] = ["keyword"] if entry.bm25 > 0 else []
    if entry.cosine is not None and (entry.cosine >= NEAR or not matched):
        matched.append("semantic")
    chunk, item = found.chunk, found.item
    return SearchResult(
        item_id=item.id,
        chunk_id=chunk.id,
        title=item.title,
        url=item.url,
        snippet=snippet(chunk.text, terms),
        score=round(entry.score, 4),
        matched=tuple(matched),
        start=chunk.start,
        end=chunk.end,
        page=chunk.page,
        content_version=chunk.content_version,
        tags=tuple(tag.name for tag in item.tags),
        created_at=item.created_at,
        kind=item.kind,
        site_name=item.site_name,
        heading=chunk.heading,
    )


def _highlight_result(highlight: Highlight, item: Item, entry: Fused, terms: Sequence[str]) -> SearchResult:
    """Marked words, told by their note where there is one. What lost its words in the present text has no place."""
    shown = f"{highlight.note}\n{highlight.quote}" if highlight.note else highlight.quote
    stands = highlight.content_version == item.content_version
    return replace(
        item_result(item, entry.score, ("keyword", "highlight"), ()),
        snippet=snippet(shown, terms),
        start=highlight.start if stands else None,
        end=highlight.end if stands else None,
        page=highlight.page if stands else None,
        highlight=highlight,
    )


def item_result(item: Item, score: float, matched: tuple[Match, ...], terms: Sequence[str]) -> SearchResult:
    """An item that was found by itself, by no passage."""
    own = "\n".join(part for part in (item.note, item.selection, item.summary or item.excerpt) if part)
    return SearchResult(
        item_id=item.id,
        chunk_id=None,
        title=item.title,
        url=item.url,
        snippet=snippet(own, terms),
        score=round(score, 4),
        matched=matched,
        start=None,
        end=None,
        page=None,
        content_version=item.content_version,
        tags=tuple(tag.name for tag in item.tags),
        created_at=item.created_at,
        kind=item.kind,
        site_name=item.site_name,
        heading="",
    )


def _listed(connection: Connection, plan: SearchPlan) -> Found:
    """Nothing to rank by: the items in scope, newest first; none when the query had signs but no words."""
    clause = search_index.scope_clause(connection, plan.scope)
    request = plan.request
    page: list[Item] = []
    total = 0
    if not plan.parsed.text:
        page, total = found_items.newest(connection, clause, limit=request.limit, offset=request.offset)
    facets = None
    if request.facets:
        facets = found_items.facets(connection, clause, [] if plan.parsed.text else None)
    results = tuple(item_result(item, 1.0, (), ()) for item in page)
    return Found(SearchResponse(results, total, plan.query_type, 0.0, None, None, facets), ())
