"""Digests: what came in, what it belongs with, what was forgotten, what to read next, what is due."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query, Response

from cortex.api.deps import App
from cortex.api.errors import responses
from cortex.api.schemas.digests import (
    DigestDetail,
    DigestFeedback,
    DigestFeedbackTaken,
    DigestPage,
    DigestRequest,
    DigestRequested,
    DigestScheduleShown,
    DigestShown,
)
from cortex.api.undo import UNDO_HEADER
from cortex.domain.access import Scope
from cortex.security.scopes import requires
from cortex.services.digests.rendering import to_html, to_markdown

router = APIRouter(prefix="/api/digests", tags=["digests"])

DigestFormat = Literal["json", "markdown", "html"]
_MEDIA: dict[str, DigestFormat] = {"text/markdown": "markdown", "text/html": "html", "application/json": "json"}
_TEXT = {"schema": {"type": "string"}}
_INERT = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; sandbox allow-top-navigation-by-user-activation",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-cache",
}


@router.get("", responses=responses(422))
@requires(Scope.read)
async def list_digests(
    app: App,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=4000)] = None,
    offset: Annotated[int, Query(ge=0, lt=1 << 40)] = 0,
) -> DigestPage:
    """A page of digests without what they say, newest first; and when the next one comes by itself."""
    page = await app.digests.service.page(limit=limit, cursor=cursor, offset=offset)
    chosen = await app.preferences.preferences()
    known = await app.digests.service.schedule()
    return DigestPage(
        items=[DigestShown.model_validate(one) for one in page.items],
        next_cursor=page.next_cursor,
        total=page.total,
        schedule=DigestScheduleShown(
            enabled=chosen.digest_enabled,
            hour=chosen.digest_hour,
            next_at=await app.digests.schedule.next_at(),
            last_at=known.get("slot"),
            last_outcome=known.get("outcome"),
        ),
    )


@router.post("", status_code=202, responses=responses(422))
@requires(Scope.write)
async def make_digest(app: App, wanted: DigestRequest | None = None) -> DigestRequested:
    """Make one now. It is `pending` until the event `digest.created`; while one is being made, that one is answered.

    An empty period makes a digest that says so.
    """
    digest, undo_id = await app.digests.service.request(wanted.since if wanted is not None else None)
    return DigestRequested(**DigestDetail.of(digest).model_dump(), undo_id=undo_id)


@router.get(
    "/{digest_id}",
    response_model=DigestDetail,
    responses={
        **responses(404),
        200: {"content": {"text/markdown": _TEXT, "text/html": _TEXT}},
    },
)
@requires(Scope.read)
async def get_digest(
    digest_id: str,
    app: App,
    format: DigestFormat | None = None,  # noqa: A002 - the parameter's name in the contract
    accept: Annotated[str | None, Header()] = None,
) -> DigestDetail | Response:
    """One digest: as JSON, or as Markdown or one HTML page by `format`, else by the first of these that `Accept` names.

    Links in both lead to the saved copies at the quoted words; nothing is fetched from elsewhere.
    """
    digest = await app.digests.service.get(digest_id)
    match format or _asked(accept):
        case "markdown":
            return Response(to_markdown(digest), media_type="text/markdown", headers=_INERT)
        case "html":
            return Response(to_html(digest), media_type="text/html", headers=_INERT)
    return DigestDetail.of(digest)


@router.delete("/{digest_id}", status_code=204, responses=responses(404, 409))
@requires(Scope.write)
async def delete_digest(digest_id: str, app: App) -> Response:
    """Delete a digest; the header has the undo id. What it covered is not told again."""
    undo_id = await app.digests.service.delete(digest_id)
    return Response(status_code=204, headers={UNDO_HEADER: undo_id} if undo_id else None)


@router.post("/{digest_id}/feedback", responses=responses(404, 422))
@requires(Scope.write)
async def digest_feedback(digest_id: str, feedback: DigestFeedback, app: App) -> DigestFeedbackTaken:
    """Less like this: the item is offered no more, and what shares its tags, names and site stands lower, with the
    reason. `less: false` takes it back; `GET /api/insights/interests` lists what is held lower."""
    undo_id = await app.digests.service.want_less(digest_id, feedback.item_id, less=feedback.less)
    return DigestFeedbackTaken(item_id=feedback.item_id, less=feedback.less, undo_id=undo_id)


def _asked(accept: str | None) -> DigestFormat:
    """The first form that an Accept header names; JSON for any other."""
    for part in (accept or "").split(","):
        found = _MEDIA.get(part.partition(";")[0].strip().lower())
        if found is not None:
            return found
    return "json"
