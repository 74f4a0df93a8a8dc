"""What belongs with what: related items, and the graph."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import ConfigDict

from cortex.api.deps import App
from cortex.api.errors import responses
from cortex.api.schemas.base import Schema
from cortex.domain.access import Scope
from cortex.domain.connection import ReasonType
from cortex.domain.item import Kind
from cortex.security.scopes import requires
from cortex.services.related_items import MOST_NODES

router = APIRouter(tags=["connections"])


class ReasonShown(Schema):
    """One thing that connects two items; `score` is what it would add up to alone, 0–1."""

    model_config = ConfigDict(from_attributes=True)

    type: ReasonType
    detail: str
    score: float


class QuoteShown(Schema):
    """A telling stretch of a passage: code points `start`–`end` of `content_text` at `content_version`."""

    model_config = ConfigDict(from_attributes=True)

    item_id: str
    chunk_id: str
    content_version: int
    start: int
    end: int
    page: int | None
    text: str


class RelatedShown(Schema):
    """A connected item. `passages`: the two that are most alike, of the item asked about and of this one."""

    model_config = ConfigDict(from_attributes=True)

    item_id: str
    title: str
    kind: Kind
    url: str | None
    score: float
    reason: str
    reasons: list[ReasonShown]
    passages: list[QuoteShown]


class RelatedItemsShown(Schema):
    """Connected items, strongest first; `total` counts all of them."""

    items: list[RelatedShown]
    total: int


class NodeShown(Schema):
    """An item; `degree` counts its edges in this answer."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    title: str
    kind: Kind
    degree: int


class EdgeShown(Schema):
    """A pair of connected items."""

    model_config = ConfigDict(from_attributes=True)

    source: str
    target: str
    score: float
    reason: str


class GraphShown(Schema):
    """Items and how they are connected."""

    model_config = ConfigDict(from_attributes=True)

    nodes: list[NodeShown]
    edges: list[EdgeShown]


@router.get("/api/items/{item_id}/connections", responses=responses(404, 422))
@requires(Scope.read, Scope.companion)
async def list_connections(item_id: str, app: App, limit: Annotated[int, Query(ge=1, le=50)] = 10) -> RelatedItemsShown:
    """What an item belongs with, each with a score and the reason. Items in the trash are left out."""
    related, total = await app.related.of_item(item_id, limit=limit)
    return RelatedItemsShown(items=[RelatedShown.model_validate(one) for one in related], total=total)


@router.get("/api/connections", responses=responses(404, 422))
@requires(Scope.read)
async def get_graph(
    app: App,
    focus: Annotated[str | None, Query(min_length=1, max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_NODES)] = 200,
    min_score: Annotated[float, Query(ge=0, le=1)] = 0.0,
) -> GraphShown:
    """The graph: around `focus` (an item's id), nearest first, or else the best connected items of the library."""
    return GraphShown.model_validate(await app.related.graph(focus, limit=limit, min_score=min_score))
