"""Collections: folders of items, nested, or smart by a query."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from cortex.api.deps import App
from cortex.api.errors import responses
from cortex.api.schemas.base import Schema
from cortex.api.schemas.search import SearchFilters
from cortex.api.schemas.words import Line, Name, Reference
from cortex.api.short_lists import Part
from cortex.api.undo import UNDO_HEADER
from cortex.domain.access import Scope
from cortex.domain.collection import Collection, CollectionQuery
from cortex.security.scopes import requires
from cortex.services.collections import CollectionChange

router = APIRouter(prefix="/api/collections", tags=["collections"])


class CollectionQueryBody(Schema):
    """What a smart collection holds: items that meet the filters and hold every word of the query. The `request` of a
    saved search fits."""

    query: Annotated[Line, Field(max_length=2000)] = ""
    filters: SearchFilters | None = None

    def to_domain(self) -> CollectionQuery:
        """As the service takes it."""
        return CollectionQuery(self.query, (self.filters or SearchFilters()).to_domain())


class CollectionShown(Schema):
    """A collection. `items` counts the live items right in it, of a smart one those that match its `query` now."""

    id: str
    name: str
    parent_id: str | None
    query: CollectionQueryBody | None
    items: int
    created_at: str
    updated_at: str


class CollectionChanged(CollectionShown):
    """The collection after a change."""

    undo_id: str | None


class CollectionPage(Schema):
    """Collections by name."""

    items: list[CollectionShown]
    next_cursor: str | None
    total: int


class NewCollection(Schema):
    """A collection to make, at the top or in another one; smart with a query."""

    name: Name
    parent_id: Reference | None = None
    query: CollectionQueryBody | None = None


class CollectionEdit(Schema):
    """What to change; `parent_id: null` moves it to the top, `query: null` makes a smart one an empty folder."""

    name: Name | None = None
    parent_id: Reference | None = None
    query: CollectionQueryBody | None = None


def _shown(collection: Collection) -> CollectionShown:
    query = collection.query
    return CollectionShown(
        id=collection.id,
        name=collection.name,
        parent_id=collection.parent_id,
        query=CollectionQueryBody(query=query.query, filters=SearchFilters.of(query.filters)) if query else None,
        items=collection.items,
        created_at=collection.created_at,
        updated_at=collection.updated_at,
    )


@router.get("", responses=responses(422))
@requires(Scope.read, Scope.companion)
async def list_collections(app: App, part: Part[Collection]) -> CollectionPage:
    """All collections by name; `parent_id` says how they nest."""
    page = part.of(await app.collections.all())
    return CollectionPage(
        items=[_shown(one) for one in page.items],
        next_cursor=page.next_cursor,
        total=page.total,
    )


@router.post("", status_code=201, responses=responses(404, 409, 422))
@requires(Scope.write)
async def create_collection(new: NewCollection, app: App) -> CollectionChanged:
    """Make a collection. One with a query holds what matches it now; nothing can be put into it by hand, and no
    collection can lie in it."""
    query = new.query.to_domain() if new.query else None
    collection, undo_id = await app.collections.create(new.name, new.parent_id, query)
    return CollectionChanged(**dict(_shown(collection)), undo_id=undo_id)


@router.get("/{collection_id}", responses=responses(404))
@requires(Scope.read, Scope.companion)
async def get_collection(collection_id: str, app: App) -> CollectionShown:
    """One collection."""
    return _shown(await app.collections.get(collection_id))


@router.put("/{collection_id}", responses=responses(404, 409, 422))
@requires(Scope.write)
async def change_collection(collection_id: str, edit: CollectionEdit, app: App) -> CollectionChanged:
    """Rename or move a collection, or give it another query."""
    named = edit.model_fields_set
    query = edit.query.to_domain() if edit.query else None
    change = CollectionChange(edit.name, edit.parent_id, "parent_id" in named, query, "query" in named)
    collection, undo_id = await app.collections.change(collection_id, change)
    return CollectionChanged(**dict(_shown(collection)), undo_id=undo_id)


@router.delete("/{collection_id}", status_code=204, responses=responses(404))
@requires(Scope.write)
async def delete_collection(collection_id: str, app: App) -> Response:
    """Delete a collection. Its items stay, without it; collections in it move up."""
    undo_id = await app.collections.delete(collection_id)
    return Response(status_code=204, headers={UNDO_HEADER: undo_id} if undo_id else None)
