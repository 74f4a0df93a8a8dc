"""The vocabulary of tags."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict

from cortex.api.deps import App
from cortex.api.errors import responses
from cortex.api.schemas.words import TagName
from cortex.api.undo import UNDO_HEADER
from cortex.domain.access import Scope
from cortex.security.scopes import requires

router = APIRouter(prefix="/api/tags", tags=["tags"])


class TagCounted(BaseModel):
    """A tag with how many live items carry it."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    count: int
    by_user: int
    """On so many of them a person put it."""


class TagPage(BaseModel):
    """Tags, most used first."""

    items: list[TagCounted]
    next_cursor: str | None
    total: int


class TagRename(BaseModel):
    """The new name; `merge` allows one that another tag has."""

    name: TagName
    merge: bool = False


class TagChanged(BaseModel):
    """What was done, or with `preview=true` would be done."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    into: str | None
    merged: bool
    items: int
    """Items that carried the tag."""
    carrying_both: int
    """Of those, the ones that carried the other one too."""
    undo_id: str | None


@router.get("", responses=responses(422))
@requires(Scope.read, Scope.companion)
async def list_tags(
    app: App,
    q: Annotated[str, Query(max_length=100)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(pattern=r"^\d{1,9}$")] = None,
    offset: Annotated[int, Query(ge=0, lt=1 << 40)] = 0,
) -> TagPage:
    """Tags in use with their counts, most used first; `q` narrows by how names begin."""
    counted = await app.tags.counted(q)
    start = int(cursor) if cursor is not None else offset
    shown = counted[start : start + limit]
    more = start + limit < len(counted)
    return TagPage(
        items=[TagCounted.model_validate(one) for one in shown],
        next_cursor=str(start + limit) if more else None,
        total=len(counted),
    )


@router.put("/{name:path}", responses=responses(404, 409, 422))
@requires(Scope.write)
async def rename_tag(name: str, change: TagRename, app: App, preview: bool = False) -> TagChanged:
    """Rename a tag, or with `merge` make it one with another. `preview=true` only says what would happen."""
    act = app.tags.preview if preview else app.tags.rename
    return TagChanged.model_validate(await act(name, change.name, merge=change.merge))


@router.delete("/{name:path}", status_code=204, responses=responses(404))
@requires(Scope.write)
async def delete_tag(name: str, app: App) -> Response:
    """Take a tag off every item."""
    change = await app.tags.delete(name)
    return Response(status_code=204, headers={UNDO_HEADER: change.undo_id} if change.undo_id else None)
