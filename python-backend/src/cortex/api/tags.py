"""The vocabulary of tags."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import ConfigDict

from cortex.api.deps import App
from cortex.api.errors import responses
from cortex.api.schemas.base import Schema
from cortex.api.schemas.words import TagName
from cortex.api.short_lists import Part
from cortex.api.undo import UNDO_HEADER
from cortex.domain.access import Scope
from cortex.domain.tag import TagCount
from cortex.security.scopes import requires

router = APIRouter(prefix="/api/tags", tags=["tags"])


class TagCounted(Schema):
    """A tag with how many live items carry it."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    count: int
    by_user: int
    """On so many of them a person put it."""


class TagPage(Schema):
    """Tags, most used first."""

    items: list[TagCounted]
    next_cursor: str | None
    total: int


class MergeSuggested(Schema):
    """Two tags that differ by case, signs or ending alone; `into` is the more used one."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    count: int
    into: str
    into_count: int


class TagSuggestions(Schema):
    """What could be tidied: tags that may be merged, most used first, and those that no item carries."""

    merges: list[MergeSuggested]
    unused: list[str]


class TagRename(Schema):
    """The new name; `merge` allows one that another tag has."""

    name: TagName
    merge: bool = False


class TagChanged(Schema):
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
    part: Part[TagCount],
    q: Annotated[str, Query(max_length=100)] = "",
) -> TagPage:
    """Tags in use with their counts, most used first; `q` narrows by how names begin."""
    page = part.of(await app.tags.counted(q))
    return TagPage(
        items=[TagCounted.model_validate(one) for one in page.items], next_cursor=page.next_cursor, total=page.total
    )


@router.get("/suggestions")
@requires(Scope.read)
async def suggest_changes(app: App) -> TagSuggestions:
    """Tags that seem to mean the same, and unused ones. Nothing is changed: rename with `merge`, or delete."""
    merges = await app.tags.merges()
    return TagSuggestions(merges=[MergeSuggested.model_validate(one) for one in merges], unused=await app.tags.unused())


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
