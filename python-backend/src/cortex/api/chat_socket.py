"""`WS /api/ws/chat/{conversation_id}`: ask, follow, cancel, and take up an answer after a lost connection."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Literal

import pydantic
from fastapi import APIRouter, WebSocket
from pydantic import ConfigDict, Field
from starlette.websockets import WebSocketDisconnect

from cortex.api.access import CurrentCaller, may_write
from cortex.api.deps import App
from cortex.api.schemas.base import Schema
from cortex.api.schemas.conversations import Content, Id, MessageShown, ScopeGiven
from cortex.api.streaming import shown
from cortex.bootstrap import Application
from cortex.domain.access import Scope
from cortex.exceptions import ConversationBusyError, ConversationNotFoundError, CortexError, ForbiddenError
from cortex.security.scopes import requires
from cortex.services.answer_streams import AnswerStream

router = APIRouter(tags=["conversations"])

GOING_AWAY, NO_CONVERSATION = 1001, 4404


class Ask(Schema):
    """A question."""

    model_config = ConfigDict(extra="ignore")

    type: Literal["message"] = "message"
    message: Content
    model: Annotated[str, Field(max_length=200)] | None = None
    scope: ScopeGiven | None = None


class Cancel(Schema):
    """Stop the answer; what was written is kept. Without effect when there is none."""

    type: Literal["cancel"]


class Decide(Schema):
    """Allow or refuse what an answer wants to do."""

    type: Literal["approve", "refuse"]
    tool_call_id: Id
    always: bool = False
    """Approve this tool in this conversation from now on without asking."""


class Place(Schema):
    """The last event that a client has seen of an answer."""

    message_id: Id
    seq: int = Field(0, ge=0, lt=1 << 53)


class Resume(Schema):
    """Take an answer up again behind that place."""

    resume: Place


ClientMessage = Ask | Cancel | Decide | Resume
_CLIENT_MESSAGE: pydantic.TypeAdapter[ClientMessage] = pydantic.TypeAdapter(ClientMessage)


@router.websocket("/api/ws/chat/{conversation_id}")
@requires(Scope.read)
async def chat(socket: WebSocket, conversation_id: str, app: App, caller: CurrentCaller) -> None:
    """Serve one connection until the client leaves or Cortex stops."""
    await socket.accept()
    try:
        await app.conversations.get(conversation_id)
    except ConversationNotFoundError as error:
        await socket.send_json({"type": "error", "seq": 1, "error": error.code, "message": error.message})
        await socket.close(NO_CONVERSATION)
        return
    await ChatConnection(socket, conversation_id, app, may_write=may_write(caller)).serve()


def _what_is_wrong(error: pydantic.ValidationError) -> str:
    """A sentence on a message that cannot be read; one with a question is told what is wrong with that."""
    for problem in error.errors(include_url=False, include_context=False, include_input=False):
        if problem["loc"][:2] == (Ask.__name__, "message") and problem["type"] != "missing":
            return f"The message was not taken: {problem['msg']}. Nothing was stored."
    return 'Send {"message": "…"}, {"type": "cancel"} or {"resume": {"message_id": "…", "seq": 0}} as JSON.'


class ChatConnection:
    """One client of one conversation. Losing it does not end the answer that it follows."""

    def __init__(self, socket: WebSocket, conversation_id: str, app: Application, *, may_write: bool):
        self._socket = socket
        self._conversation_id = conversation_id
        self._app = app
        self._may_write = may_write
        self._following: asyncio.Task[None] | None = None
        self._followed: AnswerStream | None = None

    async def serve(self) -> None:
        """Read until the client leaves; when Cortex stops, tell how the answer ended and close with 1001.

        What waits for the owner is told again first, whoever connects.
        """
        waiting = await self._app.approvals.waiting(self._conversation_id)
        if waiting is not None:
            await self._follow(waiting.stream, after=waiting.place)
        reading = asyncio.create_task(self._read())
        stopping = asyncio.create_task(self._app.stopping.wait())
        try:
            await asyncio.wait({reading, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not reading.done():
                if self._following is not None:
                    await asyncio.wait([self._following], timeout=1)
                await self._error("stopping", "Cortex is stopping. Connect again when it is back.")
                await self._socket.close(GOING_AWAY)
            else:
                await reading
        except WebSocketDisconnect:
            return
        finally:
            for task in (reading, stopping, self._following):
                if task is not None and not task.done():
                    task.cancel()

    async def _read(self) -> None:
        while True:
            received = await self._socket.receive()
            if received["type"] == "websocket.disconnect":
                return
            try:
                message = _CLIENT_MESSAGE.validate_json(received.get("text") or received.get("bytes") or "")
            except pydantic.ValidationError as error:
                await self._error("validation_error", _what_is_wrong(error))
                continue
            try:
                await self._handle(message)
            except ConversationBusyError as error:
                await self._error("busy", error.message)
            except CortexError as error:
                await self._error(error.code, error.message)

    async def _handle(self, message: ClientMessage) -> None:
        match message:
            case Ask(message=content, scope=scope, model=model):
                within = scope.record() if scope else None
                stream = await self._app.answering.ask(
                    self._conversation_id, content, scope=within, model=model, may_write=self._may_write
                )
                await self._follow(stream)
            case Cancel():
                if not self._app.answering.cancel(self._conversation_id):
                    await self._app.approvals.cancel(self._conversation_id)
            case Decide(type=word, tool_call_id=call, always=always):
                if not self._may_write:
                    raise ForbiddenError("This key may chat, but not change anything: the owner has to decide on this.")
                await self._app.approvals.decide(self._conversation_id, call, word, always=always)
            case Resume(resume=place):
                await self._resume(place)

    async def _resume(self, place: Place) -> None:
        stream = self._app.answering.streams.find(place.message_id)
        if stream is not None and stream.conversation_id == self._conversation_id:
            await self._follow(stream, after=place.seq)
            return
        answer = await self._app.conversations.message(self._conversation_id, place.message_id)
        number = self._app.answering.streams.numbers.next(self._conversation_id, above=place.seq)
        stored = MessageShown.model_validate(answer).model_dump(mode="json")
        await self._send({"type": "done", "seq": number, "message_id": answer.id, "message": stored})

    async def _follow(self, stream: AnswerStream, *, after: int = 0) -> None:
        if self._following is not None:
            if self._followed is not None and self._followed.has_ended:
                await asyncio.wait([self._following], timeout=5)  # how it ended is told first
            self._following.cancel()
        self._followed = stream
        self._following = asyncio.create_task(self._forward(stream, after))

    async def _forward(self, stream: AnswerStream, after: int) -> None:
        async for event in stream.follow(after=after):
            if not await self._send(shown(event)):
                return

    async def _error(self, code: str, message: str) -> None:
        number = self._app.answering.streams.numbers.next(self._conversation_id)
        await self._send({"type": "error", "seq": number, "error": code, "message": message})

    async def _send(self, event: dict[str, object]) -> bool:
        """False when the client is gone."""
        try:
            await self._socket.send_text(json.dumps(event, ensure_ascii=False))
        except (WebSocketDisconnect, RuntimeError):  # starlette raises the latter once a close was sent
            return False
        return True
