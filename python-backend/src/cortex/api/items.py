"""Items: saving, listing, reading, changing, deleting."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from cortex.api.deps import App
from cortex.api.errors import responses
from cortex.api.item_queries import Filters, Listing
from cortex.api.originals import attachment, shown_page
from cortex.api.schemas.images import image_shown
from cortex.api.schemas.items import (
    Facets,
    FacetShown,
    ItemChange,
    ItemChanged,
    ItemDetail,
    ItemPage,
    ItemShown,
    Lookup,
    NewItem,
    SavedItem,
)
from cortex.api.undo import UNDO_HEADER
from cortex.domain.access import Scope
from cortex.security.sanitize import sanitize_html
from cortex.security.scopes import requires
from cortex.services.capture import Around, Captured
from cortex.services.items import ItemDetails, NewContent

router = APIRouter(prefix="/api/items", tags=["items"])


@router.post("", responses=responses(404, 409, 413, 415, 422))
@requires(Scope.capture, body="capture")
async def save_item(new: NewItem, app: App) -> SavedItem:
    """Save a page, a note, or an address to be fetched. Answers once it is on the disk.

    What was saved before (by its address after canonicalising, or by its very bytes) answers with the same id and
    `duplicate: true`; new content becomes a new version; an item in the trash comes back.
    """
    around = Around(
        title=new.title,
        source=new.source,
        tags=tuple(new.tags),
        collection_id=new.collection_id,
        note=new.note or None,
        selection=new.selection or None,
        captured_at=new.captured_at,
        local_only=new.local_only,
    )
    captured = await app.capture.save(url=new.url, content=new.content, content_type=new.content_type, around=around)
    return saved_item(captured)


def saved_item(captured: Captured) -> SavedItem:
    """The answer to saving."""
    item = captured.item
    return SavedItem(
        id=item.id,
        title=item.title,
        status=item.status,
        created_at=item.created_at,
        duplicate=captured.duplicate,
        new_version=captured.new_version,
        content_version=item.content_version,
        undo_id=captured.undo_id,
    )


@router.get("", responses=responses(422))
@requires(Scope.read)
async def list_items(
    app: App,
    filters: Filters,
    listing: Listing,
    facets: bool = False,
    facet_limit: Annotated[int, Query(ge=1, le=1000)] = 50,
) -> ItemPage:
    """A page of items without their content. `facets=true` adds counts over the whole list: the `facet_limit` most
    frequent values of each, but all months."""
    page, counts = await app.item_service.page(
        filters,
        sort=listing.sort,
        limit=listing.limit,
        cursor=listing.cursor,
        offset=listing.offset,
        most_facets=facet_limit if facets else None,
    )
    return ItemPage(
        items=[ItemShown.model_validate(item) for item in page.items],
        next_cursor=page.next_cursor,
        total=page.total,
        facets=Facets(**{name: [FacetShown.model_validate(one) for one in facet] for name, facet in counts.items()})
        if counts is not None
        else None,
    )


@router.get("/lookup", responses=responses(422))
@requires(Scope.capture, Scope.read)
async def look_up_item(app: App, url: Annotated[str, Query(min_length=1)]) -> Lookup:
    """Whether an address is saved (not counting the trash)."""
    item = await app.item_service.lookup(url)
    return Lookup(saved=True, item_id=item.id, saved_at=item.created_at) if item is not None else Lookup(saved=False)


@router.get("/{item_id}", responses=responses(404))
@requires(Scope.read)
async def get_item(item_id: str, app: App, content: bool = True) -> ItemDetail:
    """One item with its content, also from the trash.

    `content=false` leaves out `content_html` and `content_text`, which are megabytes of a long document.
    """
    return ItemDetail.model_validate(await _detail(await app.item_service.details(item_id, extracted=content)))


@router.put("/{item_id}", responses=responses(404, 409, 413, 415, 422))
@requires(Scope.write, body="capture")
async def change_item(item_id: str, change: ItemChange, app: App, content: bool = True) -> ItemChanged:
    """Change what is named, leave the rest. `collection_id: null` takes it out of its collection; `content` in the body
    makes a new version, which is processed again. With `content=false` in the address the answer leaves out the text.
    """
    named = change.model_fields_set
    columns: dict[str, object] = {
        name: getattr(change, name)
        for name in ("title", "favourite", "archived", "read_progress", "local_only")
        if getattr(change, name) is not None
    }
    columns |= {name: getattr(change, name) or None for name in ("collection_id", "note") if name in named}
    new = NewContent(change.content, change.content_type) if change.content is not None else None
    details, undo_id = await app.item_service.change(item_id, columns, tags=change.tags, content=new, extracted=content)
    return ItemChanged.model_validate({**await _detail(details), "undo_id": undo_id})


@router.delete("/{item_id}", status_code=204, responses=responses(404))
@requires(Scope.write)
async def delete_item(item_id: str, app: App, permanent: bool = False) -> Response:
    """To the trash for 30 days; `permanent=true`: at once and for good, which cannot be undone."""
    if permanent:
        await app.item_service.delete_permanently([item_id])
        return Response(status_code=204)
    undo_id = await app.item_service.delete(item_id)
    return Response(status_code=204, headers={UNDO_HEADER: undo_id} if undo_id else None)


@router.post("/{item_id}/restore", responses=responses(404, 409))
@requires(Scope.write)
async def restore_item(item_id: str, app: App) -> ItemChanged:
    """Take an item out of the trash."""
    details, undo_id = await app.item_service.restore(item_id)
    return ItemChanged.model_validate({**await _detail(details), "undo_id": undo_id})


@router.get("/{item_id}/original", responses=responses(404, 416), response_class=Response)
@requires(Scope.read)
async def get_original(
    item_id: str,
    app: App,
    version: Annotated[int | None, Query(ge=1, lt=1 << 31)] = None,
    inline: bool = False,
    asked: Annotated[str | None, Header(alias="range")] = None,
) -> Response:
    """The file or page as it came in (default: of the current version), as an attachment that can run nothing.

    `inline=true` gives a page to be looked at in a frame instead: its own look, without scripts and remote addresses.
    """
    item, content, file = await app.item_service.original(item_id, version)
    if inline:
        return await asyncio.to_thread(shown_page, item, content, file, await app.images.files(item_id))
    return attachment(item, content, file, asked=asked)


async def _detail(details: ItemDetails) -> dict[str, object]:
    item, content = details.item, details.content
    html = content.html if content is not None else None
    # In a thread: a page of 2 MB takes a quarter of a second, and everybody else would wait for it.
    safe_html = await asyncio.to_thread(sanitize_html, html) if html is not None else None
    return {
        **ItemShown.model_validate(item).model_dump(),
        "content_html": safe_html,
        "content_text": content.text if content is not None else None,
        "media_type": content.media_type if content is not None else None,
        "filename": content.filename if content is not None else None,
        "warnings": list(content.warnings) if content is not None else [],
        "chunks": details.chunks,
        "connections": details.connections,
        "images": [image_shown(image) for image in details.images],
    }
