"""Highlights of the whole library: listed, and exported."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from cortex.api.deps import App
from cortex.api.errors import responses
from cortex.api.schemas.highlights import Colour, HighlightListed, HighlightPage
from cortex.api.schemas.words import Moment
from cortex.domain import clock
from cortex.domain.access import Scope
from cortex.domain.highlight import HighlightFilters, ListedHighlight
from cortex.security.scopes import requires
from cortex.services.highlight_export import TEXTS, ExportFormat, HighlightText

router = APIRouter(prefix="/api/highlights", tags=["highlights"])
Asked = Annotated[str, Query(max_length=1000)]


def _filters(
    *,
    item_id: str | None = None,
    colour: Annotated[list[Colour] | None, Query()] = None,
    tag: Annotated[list[str] | None, Query(max_length=50)] = None,
    noted: bool | None = None,
    created_after: Moment | None = None,
    created_before: Moment | None = None,
) -> HighlightFilters:
    return HighlightFilters(
        item_id=item_id,
        colours=tuple(colour or ()),
        tags=tuple(tag or ()),
        noted=noted,
        created_after=created_after,
        created_before=created_before,
    )


Filters = Annotated[HighlightFilters, Depends(_filters)]


@router.get("", operation_id="list_all_highlights", responses=responses(422))
@requires(Scope.read, Scope.companion)
async def list_all_highlights(
    app: App,
    filters: Filters,
    query: Asked = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=4000)] = None,
    offset: Annotated[int, Query(ge=0, lt=1 << 40)] = 0,
) -> HighlightPage:
    """A page of the library's highlights, newest first; those of items in the trash are not among them.

    `query`: all its words stand in the marked words or the note, the last one perhaps unfinished (from three letters
    on). `tag`: of the item, all of them; `colour`: any of them; `noted`: whether there is a note.
    """
    page = await app.highlights.page(filters, query=query, limit=limit, cursor=cursor, offset=offset)
    return HighlightPage(
        items=[HighlightListed.of(one) for one in page.items], next_cursor=page.next_cursor, total=page.total
    )


_FILE = {
    "description": "The highlights as a file",
    "content": {text.media_type: {"schema": {"type": "string"}} for text in TEXTS.values()},
}


@router.get("/export", response_class=StreamingResponse, responses={200: _FILE, **responses(422)})
@requires(Scope.read)
async def export_highlights(
    request: Request,
    app: App,
    filters: Filters,
    file_format: Annotated[ExportFormat, Query(alias="format")] = "markdown",
    query: Asked = "",
) -> StreamingResponse:
    """The highlights that `GET /api/highlights` lists, as a file: item by item, each in the order of its text.

    Markdown carries title, address, quote, note, colour, day and a link that opens Cortex there; in CSV, what a
    spreadsheet would take for a formula is marked as text with an apostrophe.
    """
    text = TEXTS[file_format](str(request.base_url).rstrip("/"))
    name = f"cortex-highlights-{clock.now()[:10]}.{text.extension}"
    batches = app.highlights.item_by_item(filters, query=query)
    return StreamingResponse(
        _written(text, batches),
        media_type=text.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


async def _written(text: HighlightText, batches: AsyncIterator[list[ListedHighlight]]) -> AsyncIterator[str]:
    yield text.head()
    async for batch in batches:
        yield text.some(batch)
    yield text.tail()
