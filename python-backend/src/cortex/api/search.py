"""Searching, suggestions while typing, and why a result was found."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import ConfigDict
from starlette.responses import Response

from cortex.api.access import CurrentCaller, may_chat
from cortex.api.deps import App
from cortex.api.errors import responses
from cortex.api.schemas.base import Schema
from cortex.api.schemas.search import SearchAnswer, SearchBody
from cortex.domain.search import Mode, QueryType, SearchRequest, SuggestionType
from cortex.exceptions import ForbiddenError
from cortex.security.scopes import Scope, requires

router = APIRouter(prefix="/api/search", tags=["search"])


class SuggestionShown(Schema):
    """One way to go on typing."""

    model_config = ConfigDict(from_attributes=True)

    text: str
    type: SuggestionType
    item_id: str | None = None


class SuggestionList(Schema):
    """The likeliest first."""

    suggestions: list[SuggestionShown]


class ExplainedPassage(Schema):
    """A passage with what each leg gave it."""

    chunk_id: str
    item_id: str
    title: str
    score: float
    bm25: float
    cosine: float | None


class SearchExplanation(Schema):
    """How a search was understood and what its legs found."""

    query_type: QueryType
    text: str
    terms: list[str]
    """What is looked for by word, stop words left out."""
    phrases: list[str]
    corrections: dict[str, str]
    keyword_passages: int
    semantic_passages: int
    degraded: str | None
    took_ms: float
    passages: list[ExplainedPassage]


@router.post("", response_model=SearchAnswer, responses=responses(422))
@requires(Scope.read, Scope.companion)
async def search(body: SearchBody, app: App, caller: CurrentCaller) -> Response:
    """Search by words and by meaning. Nothing in `query` is a syntax error. `enhance` is for keys that may chat."""
    if body.enhance and not may_chat(caller):
        raise ForbiddenError("This key may search, but not ask a language model: leave `enhance` out.")
    answer = SearchAnswer.of(await app.search.run(body.to_domain()))
    if answer.results and body.offset == 0 and not body.enhance:  # it was asked for without a model before
        app.search_history.note(body.query)
    return Response(answer.model_dump_json(), media_type="application/json")


@router.get("/suggestions", responses=responses(422))
@requires(Scope.read, Scope.companion)
async def search_suggestions(
    app: App,
    q: Annotated[str, Query(max_length=500)] = "",
    limit: Annotated[int, Query(ge=1, le=50)] = 8,
) -> SuggestionList:
    """Ways to go on from `q`: titles, tags, words, earlier searches, spellings; the latest searches for none."""
    await app.search_history.flush()
    found = await app.suggestions.suggest(q, limit=limit)
    return SuggestionList(suggestions=[SuggestionShown.model_validate(one) for one in found])


@router.get("/explain", responses=responses(422))
@requires(Scope.read)
async def explain_search(
    app: App,
    query: Annotated[str, Query(max_length=10_000)],
    mode: Mode = "auto",
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
) -> SearchExplanation:
    """How a query is understood, and the evidence for its best passages."""
    explained = await app.search.explain(SearchRequest(query, limit=limit, mode=mode, group_by="passage"))
    return SearchExplanation.model_validate(explained, from_attributes=True)
