"""The queue: what is being processed, what failed, trying again, pausing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, WebSocket
from pydantic import ConfigDict, Field
from starlette.websockets import WebSocketDisconnect

from cortex.api.deps import App
from cortex.api.errors import responses
from cortex.api.schemas.base import Schema
from cortex.bootstrap import Application
from cortex.domain.access import Scope
from cortex.domain.item import Item, Stage, Status
from cortex.exceptions import ItemNotFoundError
from cortex.security.scopes import requires
from cortex.services.processing_status import QueueView
from cortex.services.writing_schedule import BeingWritten as Progress

router = APIRouter(tags=["processing"])

GOING_AWAY = 1001
NO_ITEM = 4404


class Reason(Schema):
    """Why an item failed or waits."""

    code: str
    message: str


class QueuedItem(Schema):
    """An item that is not done."""

    item_id: str
    title: str
    status: Status
    stage: Stage | None
    progress: float
    attempts: int
    error: Reason | None
    next_attempt_at: str | None


class BeingWritten(Schema):
    """How many parts of how many a language model has read of the item that it writes about (of 0: not known yet)."""

    model_config = ConfigDict(from_attributes=True)

    item_id: str
    done: int
    of: int


class Queue(Schema):
    """The queue at one moment; `items` holds at most 200: what runs, what failed, what waits, what is next."""

    pending: int
    processing: int
    failed: int
    writing: int
    """Items that are ready, and that a language model is still to write about; not among the pending ones."""
    being_written: BeingWritten | None
    paused: bool
    items_per_minute: float
    items: list[QueuedItem]


class Retry(Schema):
    """Which items to try again: these, or all that failed."""

    item_ids: Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=10_000)] | None = None


class Retried(Schema):
    """How many are tried again."""

    retried: int


class Write(Schema):
    """Which items to write about: these, or all whose summary is extractive."""

    item_ids: Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=10_000)] | None = None


class Queued(Schema):
    """How many items a language model will write about."""

    queued: int


class Paused(Schema):
    """Whether nothing new is started."""

    paused: bool


@router.get("/api/processing/queue")
@requires(Scope.read)
async def processing_queue(app: App) -> Queue:
    """What is not done yet, and how fast it goes."""
    return _shown(await app.processing.view(), app.writing.being_written)


@router.post("/api/processing/retry", responses=responses(422))
@requires(Scope.write)
async def retry_processing(app: App, which: Retry | None = None) -> Retried:
    """Try items again now: those named that failed or wait; without names, all that failed."""
    return Retried(retried=await app.processing.retry(which.item_ids if which else None))


@router.post("/api/processing/write", responses=responses(422))
@requires(Scope.write)
async def write_about(app: App, which: Write | None = None) -> Queued:
    """Let a language model write about items whose summary is extractive: those named, or all that say enough.

    It happens later, one at a time, by whichever model may be asked; with a model elsewhere that may cost money.
    """
    return Queued(queued=await app.writing.ask(which.item_ids if which else None))


@router.post("/api/processing/pause")
@requires(Scope.write)
async def pause_processing(app: App) -> Paused:
    """Start nothing new; what runs goes on to its end. Kept over restarts."""
    await app.processing.set_paused(True)
    return Paused(paused=True)


@router.post("/api/processing/resume")
@requires(Scope.write)
async def resume_processing(app: App) -> Paused:
    """Go on."""
    await app.processing.set_paused(False)
    return Paused(paused=False)


@router.websocket("/api/ws/processing/{item_id}")
@requires(Scope.read)
async def watch_processing(socket: WebSocket, item_id: str, app: App) -> None:
    """Tell how far an item is until it is ready or has failed; at once when it is already."""
    await socket.accept()
    watching = asyncio.create_task(_watch(socket, item_id, app))
    leaving = asyncio.create_task(_until_left(socket))
    stopping = asyncio.create_task(app.stopping.wait())
    tasks = (watching, leaving, stopping)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if watching.done():
            await watching
        elif stopping.done():
            await socket.close(GOING_AWAY)
    except (WebSocketDisconnect, RuntimeError):  # starlette raises the latter once a close was sent
        return
    finally:
        for task in tasks:
            task.cancel()


async def _watch(socket: WebSocket, item_id: str, app: Application) -> None:
    last: dict[str, object] | None = None
    try:
        async for item in _states(item_id, app):
            if item.status in ("ready", "failed"):
                await socket.send_json({"type": "done", "status": item.status, "error": _reason(item)})
                await socket.close()
                return
            message: dict[str, object] = {
                "type": "progress",
                "status": item.status,
                "stage": item.stage,
                "progress": item.progress,
                "error": _reason(item),
            }
            if message != last:
                await socket.send_json(message)
                last = message
    except ItemNotFoundError as error:
        await socket.send_json({"type": "error", "error": error.code, "message": error.message})
        await socket.close(NO_ITEM)


async def _states(item_id: str, app: Application) -> AsyncIterator[Item]:
    """The item now, and again after every change. Subscribed first, so that no change falls between."""
    with app.events.subscribe() as subscription:
        yield await app.items.get(item_id)
        async for event in subscription:
            if event.type == "reset" or event.data.get("item_id") == item_id:
                yield await app.items.get(item_id)


async def _until_left(socket: WebSocket) -> None:
    """What the client says does not matter; that it leaves does."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


def _reason(item: Item) -> dict[str, str] | None:
    return {"code": item.error.code, "message": item.error.message} if item.error else None


def _shown(view: QueueView, being_written: Progress | None) -> Queue:
    return Queue(
        pending=view.counts.pending,
        processing=view.counts.processing,
        failed=view.counts.failed,
        writing=view.writing,
        being_written=BeingWritten.model_validate(being_written) if being_written is not None else None,
        paused=view.paused,
        items_per_minute=view.items_per_minute,
        items=[
            QueuedItem(
                item_id=entry.item.id,
                title=entry.item.title,
                status=entry.item.status,
                stage=entry.item.stage,
                progress=entry.item.progress,
                attempts=entry.item.attempts,
                error=Reason.model_validate(entry.item.error, from_attributes=True) if entry.item.error else None,
                next_attempt_at=entry.job.next_attempt_at if entry.job.state in ("queued", "waiting") else None,
            )
            for entry in view.entries
        ],
    )
