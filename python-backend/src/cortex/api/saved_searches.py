"""Searches kept under a name."""

from __future__ import annotations

from fastapi import APIRouter, Response

from cortex.api.deps import App
from cortex.api.errors import responses
from cortex.api.schemas.base import Schema
from cortex.api.schemas.search import SearchBody
from cortex.api.schemas.words import Name
from cortex.api.short_lists import Part
from cortex.api.undo import UNDO_HEADER
from cortex.domain.search import SavedSearch
from cortex.security.scopes import Scope, requires

router = APIRouter(prefix="/api/searches", tags=["search"])


class SavedSearchBody(Schema):
    """A name and the body of POST /api/search."""

    name: Name
    request: SearchBody


class SavedSearchShown(SavedSearchBody):
    """A saved search."""

    id: str
    created_at: str
    updated_at: str


class SavedSearchChanged(SavedSearchShown):
    """A saved search after a change."""

    undo_id: str | None


class SavedSearchPage(Schema):
    """Saved searches by name."""

    items: list[SavedSearchShown]
    next_cursor: str | None
    total: int


def _shown(saved: SavedSearch) -> SavedSearchShown:
    return SavedSearchShown(
        id=saved.id,
        name=saved.name,
        request=SearchBody.model_validate(saved.request),
        created_at=saved.created_at,
        updated_at=saved.updated_at,
    )


@router.get("", responses=responses(422))
@requires(Scope.read)
async def list_saved_searches(app: App, part: Part[SavedSearch]) -> SavedSearchPage:
    """All saved searches by name."""
    page = part.of(await app.searches.list())
    return SavedSearchPage(items=[_shown(one) for one in page.items], next_cursor=page.next_cursor, total=page.total)


@router.post("", status_code=201, responses=responses(422))
@requires(Scope.write)
async def save_search(body: SavedSearchBody, app: App) -> SavedSearchChanged:
    """Keep a search under a name."""
    saved, undo_id = await app.searches.create(body.name, body.request.model_dump(exclude_defaults=True))
    app.events.publish("searches.updated", {})
    return SavedSearchChanged(**dict(_shown(saved)), undo_id=undo_id)


@router.get("/{search_id}", responses=responses(404))
@requires(Scope.read)
async def get_saved_search(search_id: str, app: App) -> SavedSearchShown:
    """One saved search."""
    return _shown(await app.searches.get(search_id))


@router.put("/{search_id}", responses=responses(404, 422))
@requires(Scope.write)
async def change_saved_search(search_id: str, body: SavedSearchBody, app: App) -> SavedSearchChanged:
    """Replace a saved search."""
    saved, undo_id = await app.searches.update(search_id, body.name, body.request.model_dump(exclude_defaults=True))
    app.events.publish("searches.updated", {})
    return SavedSearchChanged(**dict(_shown(saved)), undo_id=undo_id)


@router.delete("/{search_id}", status_code=204, responses=responses(404))
@requires(Scope.write)
async def delete_saved_search(search_id: str, app: App) -> Response:
    """Forget a saved search."""
    undo_id = await app.searches.delete(search_id)
    app.events.publish("searches.updated", {})
    return Response(status_code=204, headers={UNDO_HEADER: undo_id} if undo_id else None)
