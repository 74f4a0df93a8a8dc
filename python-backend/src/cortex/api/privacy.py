"""What left this machine."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from cortex.api.deps import App
from cortex.api.schemas.base import Schema
from cortex.security.scopes import Scope, requires

router = APIRouter(prefix="/api/privacy", tags=["privacy"])


class Connection(Schema):
    """One connection: where to and what for, never the path or what was sent."""

    at: str
    host: str
    port: int
    address: str | None
    purpose: str
    item_id: str | None
    bytes_sent: int
    bytes_received: int
    status: int | None
    outcome: str


class Ledger(Schema):
    """A page of connections, newest first."""

    items: list[Connection]
    next_cursor: str | None
    total: int


@router.get("/ledger", operation_id="privacy_ledger")
@requires(Scope.read)
async def ledger(
    app: App,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(pattern="^[0-9]{1,18}$")] = None,
    offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
    host: Annotated[str | None, Query(min_length=1, max_length=255)] = None,
    purpose: Annotated[str | None, Query(min_length=1, max_length=100)] = None,
) -> Ledger:
    """Every connection that left the machine, newest first. `host` is any part of the host's name."""
    found, total = await app.ledger.page(
        limit=limit + 1, before=int(cursor) if cursor else None, offset=offset, host=host, purpose=purpose
    )
    return Ledger(
        items=[Connection.model_validate(connection, from_attributes=True) for _, connection in found[:limit]],
        next_cursor=str(found[limit - 1][0]) if len(found) > limit else None,
        total=total,
    )
