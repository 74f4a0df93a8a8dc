"""Collections: folders of items, nested."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

from cortex.api.deps import App
from cortex.api.errors import responses
from cortex.api.schemas.words import Name, Reference
from cortex.api.short_lists import Part
from cortex.api.undo import UNDO_HEADER
from cortex.domain.access import Scope
from cortex.domain.collection import Collection
from cortex.security.scopes import requires
from cortex.services.collections import CollectionChange

router = APIRouter(prefix="/api/collections", tags=["collections"])


class CollectionShown(BaseModel):
    """A collection. `items` counts the live items right in it."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    parent_id: str | None
    items: int
    created_at: str
    updated_at: str


class CollectionChanged(CollectionShown):
    """The collection after a change."""

    undo_id: str | None


class CollectionPage(BaseModel):
    """Collections by name."""

    items: list[CollectionShown]
    next_cursor: str | None
    total: int


class NewCollection(BaseModel):
    """A collection to make, at the top or in another one."""

    name: Name
    parent_id: Reference | None = None


class CollectionEdit(BaseModel):
    """What to change; `parent_id: null` moves it to the top."""

    name: Name | None = None
    parent_id: Reference | None = None


@router.get("", responses=responses(422))
@requires(Scope.read, Scope.companion)
async def list_collections(app: App, part: Part[Collection]) -> CollectionPage:
    """All collections by name; `parent_id` says how they nest."""
    page = part.of(await app.collections.all())
    return CollectionPage(
        items=[CollectionShown.model_validate(one) for one in page.items],
        next_cursor=page.next_cursor,
        total=page.total,
    )


@router.post("", status_code=201, responses=responses(404, 422))
@requires(Scope.write)
async def create_collection(new: NewCollection, app: App) -> CollectionChanged:
    """Make a collection."""
    collection, undo_id = await app.collections.create(new.name, new.parent_id)
    return CollectionChanged(**CollectionShown.model_validate(collection).model_dump(), undo_id=undo_id)


@router.get("/{collection_id}", responses=responses(404))
@requires(Scope.read, Scope.companion)
async def get_collection(collection_id: str, app: App) -> CollectionShown:
    """One collection."""
    return CollectionShown.model_validate(await app.collections.get(collection_id))


@router.put("/{collection_id}", responses=responses(404, 409, 422))
@requires(Scope.write)
async def change_collection(collection_id: str, edit: CollectionEdit, app: App) -> CollectionChanged:
    """Rename or move a collection."""
    change = CollectionChange(edit.name, edit.parent_id, moves="parent_id" in edit.model_fields_set)
    collection, undo_id = await app.collections.change(collection_id, change)
    return CollectionChanged(**CollectionShown.model_validate(collection).model_dump(), undo_id=undo_id)


@router.delete("/{collection_id}", status_code=204, responses=responses(404))
@requires(Scope.write)
async def delete_collection(collection_id: str, app: App) -> Response:
    """Delete a collection. Its items stay, without it; collections in it move up."""
    undo_id = await app.collections.delete(collection_id)
    return Response(status_code=204, headers={UNDO_HEADER: undo_id} if undo_id else None)
