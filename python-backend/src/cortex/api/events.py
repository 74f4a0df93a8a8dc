"""The stream of changes that keeps every open view true."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent

from cortex.api.deps import App
from cortex.security.scopes import Scope, requires

router = APIRouter(tags=["events"])


@router.get("/api/events", operation_id="events", response_class=EventSourceResponse)
@requires(Scope.read)
async def events(
    app: App, last_event_id: Annotated[str | None, Header(max_length=100)] = None
) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events for every change; `Last-Event-ID` resumes, and `reset` says to read everything again."""
    with app.events.subscribe(last_id=last_event_id) as subscription:
        yield ServerSentEvent(comment="connected")
        async for event in subscription:
            yield ServerSentEvent(data=dict(event.data), event=event.type, id=event.id)
