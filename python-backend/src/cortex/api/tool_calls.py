"""The owner's word on what an answer wants to do, and the tools that need none in a conversation."""

from __future__ import annotations

from fastapi import APIRouter, Response

from cortex.api.deps import App
from cortex.api.errors import responses
from cortex.api.schemas.tool_calls import AllowedTools, DecisionGiven, ToolCallDecided, ToolCallShown
from cortex.api.undo import UNDO_HEADER
from cortex.domain.access import Scope
from cortex.security.scopes import requires

router = APIRouter(prefix="/api/conversations/{conversation_id}", tags=["conversations"])


@router.post("/tool-calls/{call_id}", responses=responses(404, 409, 422))
@requires(Scope.write)
async def decide_tool_call(conversation_id: str, call_id: str, given: DecisionGiven, app: App) -> ToolCallDecided:
    """Approve or refuse what an answer wants to do. What is approved is done at once, and only once, however often
    it is said; then the answer goes on by itself, when nothing else waits."""
    call = await app.approvals.decide(conversation_id, call_id, given.decision, always=given.always)
    shown = ToolCallShown.model_validate(call).model_dump()
    return ToolCallDecided(**shown, conversation_id=call.conversation_id, message_id=call.message_id)


@router.get("/allowed-tools", responses=responses(404))
@requires(Scope.read)
async def allowed_tools(conversation_id: str, app: App) -> AllowedTools:
    """The tools that need no approval in this conversation, because the owner said `always`."""
    await app.conversations.get(conversation_id)
    return AllowedTools(tools=await app.tool_calls.granted(conversation_id))


@router.delete("/allowed-tools/{name}", status_code=204, responses=responses(404))
@requires(Scope.write)
async def ask_again_for_tool(conversation_id: str, name: str, app: App) -> Response:
    """Ask for this tool again from now on; the header has the undo id."""
    undo_id = await app.tool_calls.revoke(conversation_id, name)
    return Response(status_code=204, headers={UNDO_HEADER: undo_id} if undo_id else None)
