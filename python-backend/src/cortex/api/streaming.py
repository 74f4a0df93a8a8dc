"""Answers as streams of events: the same objects over WebSocket and as server-sent events."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterator
from typing import TypeVar

from fastapi import Request, Response
from fastapi.sse import EventSourceResponse, format_sse_event

from cortex.api.schemas.conversations import CitationShown, MessageShown
from cortex.api.schemas.tool_calls import event_fields
from cortex.api.undo import UNDO_HEADER
from cortex.domain.conversation import Citation, Message
from cortex.domain.tool_call import ToolCallRecord
from cortex.exceptions import AIProviderError, AIProviderUnavailableError, CortexError, ProcessingError
from cortex.services.answer_streams import AnswerStream, StreamEvent

EVENT_STREAM = "text/event-stream"
P = TypeVar("P")
_ENDS = frozenset({"done", "error"})
_CLOSING: set[asyncio.Task[None]] = set()
"""Closings under way: asyncio itself holds tasks only weakly."""
_FAILURES: dict[str, type[CortexError]] = {
    AIProviderUnavailableError.code: AIProviderUnavailableError,
    AIProviderError.code: AIProviderError,
}


def shown(event: StreamEvent) -> dict[str, object]:
    """An event as clients read it."""
    call = event.get("call")
    told = event_fields(event["type"], call) if isinstance(call, ToolCallRecord) else {}
    return {name: _plain(value) for name, value in event.items() if name != "call"} | told


def _plain(value: object) -> object:
    if isinstance(value, Message):
        return MessageShown.model_validate(value).model_dump(mode="json")
    if isinstance(value, Citation):
        return CitationShown.model_validate(value).model_dump(mode="json")
    return [_plain(part) for part in value] if isinstance(value, tuple) else value


def wants_events(request: Request) -> bool:
    """Whether a client asks for server-sent events instead of JSON."""
    return EVENT_STREAM in request.headers.get("accept", "")


def undo_header(undo_id: str | None) -> dict[str, str]:
    """Carries the undo id where there is no body for it."""
    return {UNDO_HEADER: undo_id} if undo_id else {}


async def respond(request: Request, response: Response, stream: AnswerStream) -> MessageShown | EventSourceResponse:
    """The finished answer, or its events while it is made. A client that leaves does not end the answer.

    An answer that comes to wait for the owner is given as it is, with its `tool_calls`; its events go on when the
    owner has decided.

    Raises ProcessingError when the answer failed, AIProviderError when a model did, AIProviderUnavailableError when it
    broke off or Cortex stopped meanwhile.
    """
    if wants_events(request):
        return EventSourceResponse(_events(stream), headers=undo_header(stream.undo_id))
    response.headers.update(undo_header(stream.undo_id))
    await stream.rested()
    answer = stream.answer
    if answer is None:
        raise ProcessingError("The answer could not be stored. Your question is kept; ask again.")
    if answer.status == "interrupted" and answer.error is not None:
        raise AIProviderUnavailableError(answer.error.message, retry_after=5)
    if answer.error is not None:
        raise _FAILURES.get(answer.error.code, ProcessingError)(answer.error.message)
    return MessageShown.model_validate(answer)


async def _events(stream: AnswerStream) -> AsyncIterator[bytes]:
    """Up to the end of the answer, which clients wait for; what is suggested after it stands on the stored message."""
    async with contextlib.aclosing(stream.follow()) as events:  # type: ignore[type-var] # an async generator
        async for event in events:
            yield format_sse_event(data_str=json.dumps(shown(event), ensure_ascii=False), id=str(event["seq"]))
            if event["type"] in _ENDS:
                return


async def until_stopping(
    parts: AsyncGenerator[P, None], stopping: asyncio.Event, sentence: str
) -> AsyncGenerator[P, None]:
    """The parts, each as it comes; they are closed at the end.

    Raises AIProviderUnavailableError with the sentence when Cortex stops before the next one is there, and what making
    them raises.
    """
    stop = asyncio.create_task(stopping.wait())
    part: asyncio.Future[P | None] | None = None
    try:
        while True:
            part = asyncio.ensure_future(anext(parts, None))
            await asyncio.wait((part, stop), return_when=asyncio.FIRST_COMPLETED)
            if not part.done():
                raise AIProviderUnavailableError(sentence)
            if (found := part.result()) is None:
                return
            yield found
    finally:
        stop.cancel()
        # In a task of its own: a client that leaves has every wait here cancelled, again and again.
        closing = asyncio.create_task(_close(part, parts))
        _CLOSING.add(closing)
        closing.add_done_callback(_CLOSING.discard)
        await asyncio.shield(closing)


async def _close(part: asyncio.Future[P | None] | None, parts: AsyncGenerator[P, None]) -> None:
    if part is not None and not part.done():
        part.cancel()
        await asyncio.wait((part,))
    await parts.aclose()
