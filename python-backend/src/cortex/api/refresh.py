"""Updating the copy of a page."""

from __future__ import annotations

from fastapi import APIRouter

from cortex.api.deps import App
from cortex.api.errors import responses
from cortex.api.schemas.base import Schema
from cortex.domain.access import Scope
from cortex.domain.item import Status
from cortex.security.scopes import requires

router = APIRouter(prefix="/api/items", tags=["items"])


class RefreshedItem(Schema):
    """What became of fetching a page again."""

    id: str
    title: str
    status: Status
    new_version: bool
    """The page reads differently now, and is processed; the copy from before is kept as an earlier version."""
    content_version: int
    undo_id: str | None = None


@router.post("/{item_id}/refresh", responses=responses(404, 409, 502))
@requires(Scope.write)
async def refresh_item(item_id: str, app: App) -> RefreshedItem:
    """Fetch the item's page again. What reads differently becomes its next version; highlights stay at their words.

    A page that cannot be fetched or read changes nothing.
    """
    refreshed = await app.refresh.refresh(item_id)
    item = refreshed.item
    return RefreshedItem(
        id=item.id,
        title=item.title,
        status=item.status,
        new_version=refreshed.is_new,
        content_version=item.content_version,
        undo_id=refreshed.undo_id,
    )
