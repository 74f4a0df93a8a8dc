"""Text by a language model: from chosen items, or as a stream of tokens. Both stop the model when the client leaves."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine
from contextlib import ExitStack, aclosing
from typing import Any, TypeVar

from fastapi import APIRouter, Request
from fastapi.sse import EventSourceResponse, format_sse_event

from cortex.api.deps import App
from cortex.api.errors import responses
from cortex.api.schemas.conversations import UsageShown
from cortex.api.schemas.generate import (
    DraftSourceShown,
    GenerateBody,
    GeneratedShown,
    GenerateStreamBody,
    StreamEnd,
)
from cortex.api.schemas.tool_calls import ToolCallShown
from cortex.api.streaming import EVENT_STREAM, until_stopping, wants_events
from cortex.bootstrap import Application
from cortex.domain.access import Scope
from cortex.exceptions import CortexError, ProcessingError
from cortex.observability.logs import get_logger
from cortex.security.scopes import requires
from cortex.services.drafting import Drafted, DraftPart, Progress, Words, Writer
from cortex.services.generated_turns import StoredTurn
from cortex.services.generation import Generated, Grounds, Token

router = APIRouter(tags=["generate"])
log = get_logger(__name__)
T = TypeVar("T")
GeneratedPart = StoredTurn | Token | Grounds | Generated

_STOPPING = "Cortex is stopping. Nothing more is written; ask again when it is back."
_EVENTS: dict[int | str, dict[str, Any]] = {200: {"content": {EVENT_STREAM: {}}}}


@router.post("/api/generate", response_model=GeneratedShown, responses=_EVENTS | responses(404, 422, 502, 503))
@requires(Scope.read)
async def generate(body: GenerateBody, request: Request, app: App) -> GeneratedShown | EventSourceResponse:
    """Draft, rewrite, outline, translate or summarise chosen items, or a text, with the sources that were read.

    As server-sent events: `{"token": "…"}`…, `{"progress": {"part", "of"}}` while long items are read by parts, last
    `{"done": true, …}` with all that the JSON answer has. Items that must not leave this machine are read by models
    on it alone. Without a model only an outline can be made, from headings.
    """
    parts = until_stopping(app.drafting.write(body.wish()), app.stopping, _STOPPING)
    if wants_events(request):
        first = await _first(parts)  # so that what cannot begin is an error with a status of its own
        return EventSourceResponse(_draft_events(first, parts))
    return await _while_connected(request, _drafted(parts))


@router.post("/api/generate-stream", response_model=None, responses=_EVENTS | responses(404, 409, 422))
@requires(Scope.read)
async def generate_stream(body: GenerateStreamBody, app: App) -> EventSourceResponse:
    """A model's answer as server-sent events: `{"token": "…"}`…, last `{"done": true, "tool_calls": […], "usage"}`.

    Tools that read are used; those that write are only reported, for nobody can approve them here. What goes wrong on
    the way is the last event: `{"error": "…", "message": "…"}`.
    """
    if body.conversation_id is not None:
        await app.conversations.get(body.conversation_id)
        app.answering.require_idle(body.conversation_id)
        await app.approvals.asked_on(body.conversation_id)
    return EventSourceResponse(_generated_events(body, app))


async def _generated_events(body: GenerateStreamBody, app: Application) -> AsyncIterator[bytes]:
    message_id: str | None = None
    try:
        with ExitStack() as occupied:
            if body.conversation_id is None:
                parts: AsyncGenerator[GeneratedPart, None] = app.generation.stream(body.request())
            else:
                occupied.enter_context(app.answering.occupied(body.conversation_id))
                parts = app.generated_turns.stream(body.conversation_id, body.request())
            async with aclosing(until_stopping(parts, app.stopping, _STOPPING)) as stream:
                async for part in stream:
                    match part:
                        case StoredTurn():
                            message_id = part.answer_id
                        case Token(text=text):
                            yield _event({"token": text})
                        case Generated():
                            end = StreamEnd(
                                tool_calls=[ToolCallShown.model_validate(call) for call in part.calls],
                                usage=UsageShown.model_validate(part.usage),
                                provider=part.provider,
                                model=part.model,
                                left_out=list(part.left_out),
                                message_id=message_id,
                            )
                            yield _event(end.model_dump(mode="json"))
    except Exception as error:  # noqa: BLE001 - the status is sent: a stream can only say it
        yield _failure(error)


async def _draft_events(first: DraftPart, rest: AsyncGenerator[DraftPart, None]) -> AsyncIterator[bytes]:
    text: list[str] = []
    writer = Writer("embedded", "extractive", is_local=True)
    part: DraftPart | None = first
    try:
        async with aclosing(rest) as parts:
            while part is not None:
                match part:
                    case Writer():
                        writer = part
                    case Progress(part=number, of=of):
                        yield _event({"progress": {"part": number, "of": of}})
                    case Words(text=words):
                        text.append(words)
                        yield _event({"token": words})
                    case Drafted():
                        shown = _shown("".join(text), writer, part)
                        yield _event({"done": True, **shown.model_dump(mode="json")})
                part = await anext(parts, None)
    except Exception as error:  # noqa: BLE001 - as above
        yield _failure(error)


async def _drafted(parts: AsyncGenerator[DraftPart, None]) -> GeneratedShown:
    text: list[str] = []
    writer = Writer("embedded", "extractive", is_local=True)
    async with aclosing(parts) as stream:
        async for part in stream:
            match part:
                case Writer():
                    writer = part
                case Words(text=words):
                    text.append(words)
                case Drafted():
                    return _shown("".join(text), writer, part)
                case _:
                    pass
    raise ProcessingError("Nothing was written. Try again.")


async def _first(parts: AsyncGenerator[DraftPart, None]) -> DraftPart:
    try:
        return await anext(parts)
    except StopAsyncIteration:
        raise ProcessingError("Nothing was written. Try again.") from None


def _shown(content: str, writer: Writer, end: Drafted) -> GeneratedShown:
    return GeneratedShown(
        content=content,
        sources=[DraftSourceShown.model_validate(source) for source in end.sources],
        provider=writer.provider,
        model=writer.model,
        usage=UsageShown.model_validate(end.usage),
        complete=end.is_complete,
    )


async def _while_connected(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """What `work` gives; it is stopped when the client leaves, which nobody else would notice."""
    task = asyncio.create_task(work)
    leaving = asyncio.create_task(_left(request))
    try:
        await asyncio.wait({task, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ProcessingError("The client left; nothing more was written.")
        return task.result()
    finally:
        for one in (task, leaving):
            one.cancel()
        await asyncio.wait({task, leaving})


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _failure(error: Exception) -> bytes:
    if isinstance(error, CortexError):
        return _event({"error": error.code, "message": error.message})
    log.error("unexpected error in a stream", exc_info=error)
    message = "Something went wrong inside Cortex. The log has the details."
    return _event({"error": "internal_error", "message": message})


def _event(data: dict[str, Any]) -> bytes:
    return format_sse_event(data_str=json.dumps(data, ensure_ascii=False))
