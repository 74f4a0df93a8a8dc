"""Conversations: CRUD, questions, and answers made again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.sse import EventSourceResponse

from cortex.api.access import CurrentCaller, may_write
from cortex.api.deps import App
from cortex.api.errors import responses
from cortex.api.schemas.conversations import (
    AnswerAgain,
    ConversationChange,
    ConversationChanged,
    ConversationPage,
    ConversationShown,
    ConversationWithMessages,
    EditedMessage,
    MessageShown,
    NewConversation,
    NewMessage,
    shown_with_messages,
)
from cortex.api.streaming import EVENT_STREAM, respond, undo_header
from cortex.domain.access import Scope
from cortex.security.scopes import requires

router = APIRouter(prefix="/api/conversations", tags=["conversations"])

_ANSWERS: dict[int | str, dict[str, object]] = {
    **responses(404, 409, 422, 500, 502, 503),
    200: {
        "description": "The answer; as server-sent events where the client accepts them",
        "content": {EVENT_STREAM: {}},
    },
}


@router.post("", responses=responses(422))
@requires(Scope.read)
async def create_conversation(app: App, new: NewConversation | None = None) -> ConversationChanged:
    """Begin a conversation."""
    new = new or NewConversation()
    scope = new.scope.record() if new.scope else None
    conversation, undo_id = await app.conversations.create(title=new.title, scope=scope)
    return ConversationChanged.model_validate(conversation).model_copy(update={"undo_id": undo_id})


@router.get("", responses=responses(422))
@requires(Scope.read)
async def list_conversations(
    app: App,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=4000)] = None,
    offset: Annotated[int, Query(ge=0, lt=1 << 40)] = 0,
) -> ConversationPage:
    """A page of conversations, last used first."""
    page = await app.conversations.page(limit, cursor=cursor, offset=offset)
    return ConversationPage(
        items=[ConversationShown.model_validate(one) for one in page.items],
        next_cursor=page.next_cursor,
        total=page.total,
    )


@router.get("/{conversation_id}", responses=responses(404))
@requires(Scope.read)
async def get_conversation(conversation_id: str, app: App) -> ConversationWithMessages:
    """A conversation with its messages."""
    return shown_with_messages(*await app.conversations.get(conversation_id))


@router.put("/{conversation_id}", responses=responses(404, 422))
@requires(Scope.write)
async def rename_conversation(conversation_id: str, change: ConversationChange, app: App) -> ConversationChanged:
    """Change the title."""
    conversation, undo_id = await app.conversations.rename(conversation_id, change.title)
    return ConversationChanged.model_validate(conversation).model_copy(update={"undo_id": undo_id})


@router.delete("/{conversation_id}", status_code=204, responses=responses(404))
@requires(Scope.write)
async def delete_conversation(conversation_id: str, app: App) -> Response:
    """Delete a conversation with its messages; an answer in the making is stopped."""
    await app.approvals.cancel(conversation_id)
    undo_id = await app.conversations.delete(conversation_id)
    app.answering.cancel(conversation_id)
    return Response(status_code=204, headers=undo_header(undo_id))


@router.post("/{conversation_id}/messages", response_model=MessageShown, responses=_ANSWERS)
@requires(Scope.read)
async def ask(
    conversation_id: str, new: NewMessage, request: Request, response: Response, app: App, caller: CurrentCaller
) -> MessageShown | EventSourceResponse:
    """Ask a question; the answer is the assistant's message. What waits for the owner in this conversation is refused.

    An answer may come to wait itself (`status: "waiting"`): its `tool_calls` say what for.
    """
    scope = new.scope.record() if new.scope else None
    stream = await app.answering.ask(
        conversation_id, new.content, scope=scope, model=new.model, may_write=may_write(caller)
    )
    return await respond(request, response, stream)


@router.get("/{conversation_id}/messages/{message_id}", responses=responses(404))
@requires(Scope.read)
async def get_message(conversation_id: str, message_id: str, app: App) -> MessageShown:
    """One message as it is stored, also an answer that is still being made."""
    return MessageShown.model_validate(await app.conversations.message(conversation_id, message_id))


@router.put("/{conversation_id}/messages/{message_id}", response_model=MessageShown, responses=_ANSWERS)
@requires(Scope.write)
async def edit_message(
    conversation_id: str, message_id: str, edited: EditedMessage, request: Request, response: Response, app: App
) -> MessageShown | EventSourceResponse:
    """Edit a question and answer it again; what came after it goes."""
    stream = await app.answering.ask_again(
        conversation_id, message_id, content=edited.content, model=edited.model, may_write=True
    )
    return await respond(request, response, stream)


@router.delete("/{conversation_id}/messages/{message_id}", status_code=204, responses=responses(404, 409))
@requires(Scope.write)
async def delete_message(conversation_id: str, message_id: str, app: App) -> Response:
    """Delete a message; a question takes its answer with it."""
    app.answering.require_idle(conversation_id)
    await app.approvals.cancel(conversation_id)
    undo_id = await app.conversations.delete_message(conversation_id, message_id)
    return Response(status_code=204, headers=undo_header(undo_id))


@router.post("/{conversation_id}/messages/{message_id}/regenerate", response_model=MessageShown, responses=_ANSWERS)
@requires(Scope.write)
async def regenerate_message(
    conversation_id: str,
    message_id: str,
    request: Request,
    response: Response,
    app: App,
    again: AnswerAgain | None = None,
) -> MessageShown | EventSourceResponse:
    """Make an answer (or the answer to a question) again; what came after it goes."""
    model = again.model if again else None
    stream = await app.answering.ask_again(conversation_id, message_id, model=model, may_write=True)
    return await respond(request, response, stream)
