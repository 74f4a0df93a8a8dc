"""Undoing a write of the last day."""

from __future__ import annotations

from fastapi import APIRouter

from cortex.api.access import CurrentCaller
from cortex.api.deps import App
from cortex.api.errors import responses
from cortex.api.schemas.base import Schema
from cortex.domain.access import Scope
from cortex.security.scopes import requires

UNDO_HEADER = "X-Undo-Id"
"""Carries the undo id where an answer has no body."""

router = APIRouter(prefix="/api/undo", tags=["undo"])


class UndoneShown(Schema):
    """What was put back."""

    action: str
    done: int
    item_ids: list[str]
    """At most the first thousand."""
    missing: list[str]
    """Items that are gone for good by now."""
    undo_id: str | None
    """Undoes the undo."""


@router.post("/{undo_id}", responses=responses(403, 404, 409))
@requires(Scope.write)
async def undo(undo_id: str, app: App, caller: CurrentCaller) -> UndoneShown:
    """Put everything back as it was before the write that answered with this id."""
    undone = await app.undo.undo(undo_id, settings_too=caller.scope is Scope.owner)
    return UndoneShown(
        action=undone.action,
        done=len(undone.item_ids),
        item_ids=undone.item_ids[:1000],
        missing=undone.missing[:1000],
        undo_id=undone.undo_id,
    )
