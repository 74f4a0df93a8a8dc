"""What is searched for, and what is found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from cortex.domain.highlight import Highlight
from cortex.domain.item import Kind

Mode = Literal["auto", "hybrid", "keyword", "semantic"]
GroupBy = Literal["item", "passage"]
QueryType = Literal["simple", "phrase", "question", "filtered", "similar"]
Match = Literal["keyword", "semantic", "highlight"]
"""`highlight`: the words stand in what the owner marked, or in the note beside it."""
Degradation = Literal["keyword_only", "fallback_embeddings"]
"""`fallback_embeddings`: the embedding model in use is away, the embedded one answers in its place."""
Enhanced = Literal["expanded", "reranked"]
"""What a language model did for a search: found other words for it, and then also put the results in order."""
SuggestionType = Literal["title", "tag", "term", "history", "spelling"]
Facet = Literal["kind", "tag", "site", "collection", "month"]
FACETS: tuple[Facet, ...] = ("kind", "tag", "site", "collection", "month")


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions on items; all must hold. Within one list any may (tags: all must). Empty means no condition."""

    item_ids: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    tags: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    """Hosts; their subdomains count too."""
    sources: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    """Ids or names; collections inside them count too."""
    favourite: bool | None = None
    archived: bool | None = None
    read: bool | None = None
    highlighted: bool | None = None
    created_after: str | None = None
    """RFC 3339; that moment included."""
    created_before: str | None = None
    """RFC 3339; that moment excluded."""
    not_item_ids: tuple[str, ...] = ()
    not_tags: tuple[str, ...] = ()
    not_sites: tuple[str, ...] = ()
    not_kinds: tuple[Kind, ...] = ()
    not_collections: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        return self == Filters()

    def and_(self, other: Filters) -> Filters:
        """Both filters' conditions. Of two lists of alternatives what is common stays; nothing common finds nothing."""
        return Filters(
            item_ids=_common(self.item_ids, other.item_ids),
            kinds=_common(self.kinds, other.kinds),  # type: ignore[arg-type] # an impossible value finds nothing
            tags=_both(self.tags, other.tags),
            sites=_common(self.sites, other.sites),
            sources=_common(self.sources, other.sources),
            collections=_common(self.collections, other.collections),
            favourite=_last(self.favourite, other.favourite),
            archived=_last(self.archived, other.archived),
            read=_last(self.read, other.read),
            highlighted=_last(self.highlighted, other.highlighted),
            created_after=max(self.created_after or "", other.created_after or "") or None,
            created_before=min((t for t in (self.created_before, other.created_before) if t), default=None),
            not_item_ids=_both(self.not_item_ids, other.not_item_ids),
            not_tags=_both(self.not_tags, other.not_tags),
            not_sites=_both(self.not_sites, other.not_sites),
            not_kinds=_both(self.not_kinds, other.not_kinds),  # type: ignore[arg-type] # kinds of both
            not_collections=_both(self.not_collections, other.not_collections),
        )


NO_FILTERS = Filters()
IMPOSSIBLE = "\x00"
"""A value that no item has."""
NOTHING = Filters(item_ids=(IMPOSSIBLE,))


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    if not one or not other:
        return one or other
    common = frozenset(other)
    return tuple(value for value in one if value in common) or (IMPOSSIBLE,)


def _both(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def _last(one: bool | None, other: bool | None) -> bool | None:
    return one if other is None else other


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A search as a client asks for it."""

    query: str
    limit: int = 10
    offset: int = 0
    mode: Mode = "auto"
    filters: Filters = NO_FILTERS
    group_by: GroupBy = "item"
    facets: bool = False
    enhance: bool = False
    """Whether a language model may help where little is found. Takes seconds then."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One item by its best passage, or one passage. Offsets are code points of the text at `content_version`.

    An item that has no passage (a bookmark that waits for its page) comes with `chunk_id` None, and so does a
    highlight, whose place `start` and `end` are.
    """

    item_id: str
    chunk_id: str | None
    title: str
    url: str | None
    snippet: str
    """HTML: escaped text with nothing but `<mark>` in it."""
    score: float
    """0–1, comparable within one answer."""
    matched: tuple[Match, ...]
    start: int | None
    end: int | None
    page: int | None
    content_version: int
    tags: tuple[str, ...]
    created_at: str
    kind: Kind
    site_name: str | None
    heading: str
    highlight: Highlight | None = None
    """The marked words, where these or their note were found."""


@dataclass(frozen=True, slots=True)
class SearchResponse:
    """What a search found, best first."""

    results: tuple[SearchResult, ...]
    total: int
    """How many results there are in all, as far as the legs looked."""
    query_type: QueryType
    took_ms: float
    degraded: Degradation | None = None
    corrected_query: str | None = None
    """The spelling that was searched too, because the one given finds next to nothing."""
    facets: Mapping[Facet, Mapping[str, int]] | None = None
    enhanced: Enhanced | None = None
    also_searched: tuple[str, ...] = ()
    """Other ways to put the search that were searched, too."""


@dataclass(frozen=True, slots=True)
class ExplainedPassage:
    """A passage with what each leg gave it."""

    chunk_id: str
    item_id: str
    title: str
    score: float
    bm25: float
    cosine: float | None


@dataclass(frozen=True, slots=True)
class SearchExplanation:
    """How a search was understood, and what its legs found."""

    query_type: QueryType
    text: str
    terms: tuple[str, ...]
    phrases: tuple[str, ...]
    corrections: Mapping[str, str]
    keyword_passages: int
    semantic_passages: int
    degraded: Degradation | None
    took_ms: float
    passages: tuple[ExplainedPassage, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A found passage with the evidence for it, for answers that must cite and know when to keep silent."""

    chunk_id: str
    item_id: str
    title: str
    url: str | None
    text: str
    heading: str
    start: int
    end: int
    page: int | None
    content_version: int
    score: float
    """Fused, 0–1, relative to the best passage of this question."""
    cosine: float | None
    """Of the question and the passage; None without vectors. Comparable across questions."""
    bm25: float
    """0 when no query word occurs."""
    matched_terms: tuple[str, ...]
    """The question's words (stems) that occur in the passage or its headings."""
    missing_terms: tuple[str, ...]
    coverage: float
    """Share of the question's words found, each weighted by its rarity in the library: 0–1."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One way to go on typing."""

    text: str
    type: SuggestionType
    item_id: str | None = None


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search kept under a name; `request` is the body of POST /api/search."""

    id: str
    name: str
    request: Mapping[str, object] = field(default_factory=dict)
    created_at: str = ""
    updated_at: str = ""
