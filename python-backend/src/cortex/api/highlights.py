"""Highlights of an item."""

from __future__ import annotations

from fastapi import APIRouter, Response

from cortex.api.deps import App
from cortex.api.errors import responses
from cortex.api.schemas.highlights import HighlightChanged, HighlightEdit, HighlightNew, Highlights, HighlightShown
from cortex.api.short_lists import Part
from cortex.api.undo import UNDO_HEADER
from cortex.domain.access import Scope
from cortex.domain.highlight import Highlight
from cortex.security.scopes import requires
from cortex.services.highlights import NewHighlight

router = APIRouter(prefix="/api/items/{item_id}/highlights", tags=["highlights"])


@router.get("", responses=responses(404, 422))
@requires(Scope.read, Scope.companion)
async def list_highlights(item_id: str, app: App, part: Part[Highlight]) -> Highlights:
    """An item's highlights. After its text changed they stand where their words stand now; those whose words are
    gone keep the version that they were made at."""
    page = part.of(await app.highlights.of_item(item_id))
    return Highlights(
        items=[HighlightShown.model_validate(one) for one in page.items],
        next_cursor=page.next_cursor,
        total=page.total,
    )


@router.post("", status_code=201, responses=responses(404, 409, 422))
@requires(Scope.companion)
async def create_highlight(item_id: str, new: HighlightNew, app: App) -> HighlightChanged:
    """Mark words of an item."""
    highlight, undo_id = await app.highlights.create(
        item_id, NewHighlight(new.quote, new.start, new.end, page=new.page, note=new.note or None, colour=new.colour)
    )
    return HighlightChanged(**HighlightShown.model_validate(highlight).model_dump(), undo_id=undo_id)


@router.put("/{highlight_id}", responses=responses(404, 422))
@requires(Scope.companion)
async def change_highlight(item_id: str, highlight_id: str, edit: HighlightEdit, app: App) -> HighlightChanged:
    """Change a highlight's note or colour."""
    changes: dict[str, str | None] = {"colour": edit.colour} if edit.colour is not None else {}
    if "note" in edit.model_fields_set:
        changes["note"] = edit.note or None
    highlight, undo_id = await app.highlights.change(item_id, highlight_id, **changes)
    return HighlightChanged(**HighlightShown.model_validate(highlight).model_dump(), undo_id=undo_id)


@router.delete("/{highlight_id}", status_code=204, responses=responses(404))
@requires(Scope.companion)
async def delete_highlight(item_id: str, highlight_id: str, app: App) -> Response:
    """Take a highlight off."""
    undo_id = await app.highlights.delete(item_id, highlight_id)
    return Response(status_code=204, headers={UNDO_HEADER: undo_id} if undo_id else None)
