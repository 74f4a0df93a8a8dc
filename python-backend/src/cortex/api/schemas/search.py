"""Bodies of searches and their answers."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field

from cortex.api.schemas.base import Schema
from cortex.api.schemas.highlights import HighlightShown
from cortex.api.schemas.words import Line, Moment
from cortex.domain.item import Kind
from cortex.domain.search import (
    Degradation,
    Enhanced,
    Facet,
    Filters,
    GroupBy,
    Match,
    Mode,
    QueryType,
    SearchRequest,
    SearchResponse,
)

LONGEST_QUERY = 100_000


def _as_list(value: object) -> object:
    """One value may stand for a list of it."""
    return [value] if isinstance(value, str) else value


Words = Annotated[list[Annotated[Line, Field(max_length=500)]], BeforeValidator(_as_list), Field(max_length=1000)]
Kinds = Annotated[list[Kind], BeforeValidator(_as_list), Field(max_length=20)]


class SearchFilters(Schema):
    """Conditions that every result meets. A list may be a single value; of `tags` all must be there, else any."""

    model_config = ConfigDict(extra="forbid")

    item_ids: Words = []
    kind: Kinds = []
    tags: Words = []
    tag: Words = []
    """The same as `tags`."""
    collection_id: Words = []
    site: Words = []
    source: Words = []
    favourite: bool | None = None
    archived: bool | None = None
    read: bool | None = None
    highlighted: bool | None = None
    """Whether something in it is marked."""
    created_after: Moment | None = None
    created_before: Moment | None = None

    def to_domain(self) -> Filters:
        """The filters as services take them."""
        return Filters(
            item_ids=tuple(self.item_ids),
            kinds=tuple(self.kind),
            tags=(*self.tags, *self.tag),
            sites=tuple(self.site),
            sources=tuple(self.source),
            collections=tuple(self.collection_id),
            favourite=self.favourite,
            archived=self.archived,
            read=self.read,
            highlighted=self.highlighted,
            created_after=self.created_after,
            created_before=self.created_before,
        )

    @classmethod
    def of(cls, filters: Filters) -> SearchFilters:
        """The filters as clients read them."""
        return cls(
            item_ids=list(filters.item_ids),
            kind=list(filters.kinds),
            tags=list(filters.tags),
            site=list(filters.sites),
            source=list(filters.sources),
            collection_id=list(filters.collections),
            favourite=filters.favourite,
            archived=filters.archived,
            read=filters.read,
            highlighted=filters.highlighted,
            created_after=filters.created_after,
            created_before=filters.created_before,
        )


class SearchBody(Schema):
    """A search. `filters` and the operators of `query` both hold."""

    query: Annotated[str, Field(max_length=LONGEST_QUERY)]
    limit: Annotated[int, Field(ge=1, le=100)] = 10
    offset: Annotated[int, Field(ge=0, le=10_000)] = 0
    mode: Mode = "auto"
    filters: SearchFilters | None = None
    group_by: GroupBy = "item"
    facets: bool = False
    enhance: bool = False
    """Let a language model help where little speaks for what is found (mode `auto`, first page): it puts the search in
    other words, then puts the results in order. Takes seconds, so ask without it first, show that, and ask again."""

    def to_domain(self) -> SearchRequest:
        """The request as the workflow takes it."""
        return SearchRequest(
            query=self.query,
            limit=self.limit,
            offset=self.offset,
            mode=self.mode,
            filters=(self.filters or SearchFilters()).to_domain(),
            group_by=self.group_by,
            facets=self.facets,
            enhance=self.enhance,
        )


class SearchResultShown(Schema):
    """One result. Offsets count code points of the item's text at `content_version`.

    `chunk_id`, `start` and `end` are null when the item itself was found, by its title or note, and no passage;
    `chunk_id` also where a highlight was found.
    """

    model_config = ConfigDict(from_attributes=True)

    item_id: str
    chunk_id: str | None
    title: str
    url: str | None
    snippet: str
    """HTML: escaped text with nothing but `<mark>` in it."""
    score: float
    matched: list[Match]
    start: int | None
    end: int | None
    page: int | None
    content_version: int
    tags: list[str]
    created_at: str
    kind: Kind
    site_name: str | None
    heading: str
    highlight: HighlightShown | None
    """The marked words, where these or their note were found: `start` and `end` are theirs, null where the words are
    gone from the text."""


class SearchAnswer(Schema):
    """Results, best first."""

    results: list[SearchResultShown]
    total: int
    facets: dict[Facet, dict[str, int]] | None
    query_type: QueryType
    took_ms: float
    degraded: Degradation | None
    corrected_query: str | None
    """The spelling that was searched too."""
    enhanced: Enhanced | None
    """What a language model did for these results; null also where `enhance` was asked for but enough was found, no
    model is there, or it was too slow. After `reranked`, scores go by place."""
    also_searched: list[str]
    """The search in a model's words, beside the given ones."""

    @classmethod
    def of(cls, response: SearchResponse) -> SearchAnswer:
        """The answer as clients read it."""
        return cls(
            results=[SearchResultShown.model_validate(result) for result in response.results],
            total=response.total,
            facets={name: dict(counts) for name, counts in response.facets.items()} if response.facets else None,
            query_type=response.query_type,
            took_ms=response.took_ms,
            degraded=response.degraded,
            corrected_query=response.corrected_query,
            enhanced=response.enhanced,
            also_searched=list(response.also_searched),
        )
