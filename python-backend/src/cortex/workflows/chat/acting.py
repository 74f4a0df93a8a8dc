"""The step in which a model's tools do what it asked for: reading at once, writing with the owner's word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cortex.domain.tool_call import ToolCallRecord
from cortex.providers.chat_model import Tool, ToolCall
from cortex.services.chat_tools.calls import PASSAGES, CallingAnswer, ToolCallService
from cortex.workflows.chat.state import ChatContext, ChatState, ChatTools, scope_of

if TYPE_CHECKING:
    from langgraph.runtime import Runtime

_DROPPED = "This was not done: too many tools were asked for in one answer. Answer with what there is."


class Acting:
    """Bound to the calls. What it does before it waits it may do twice: calls are stored once, and run once."""

    def __init__(self, calls: ToolCallService):
        self._calls = calls

    @property
    def tools(self) -> ChatTools:
        """As the graph takes them."""
        return ChatTools(self.offered, self.act)

    async def offered(self, state: ChatState) -> Sequence[Tool]:
        """All of them; a model that cannot use tools is told of none."""
        return self._calls.toolbox.offered()

    async def act(self, state: ChatState, runtime: Runtime[ChatContext]) -> ChatState:
        """Store what is asked for, do what may be done, wait for the owner where it may not, and tell the model."""
        from langgraph.types import interrupt

        exchange, round_ = state["exchange"], state["rounds"]
        answer = _calling(state, exchange[-1])
        is_new = not await self._calls.of_message(answer.message_id, round_)
        wanted = [ToolCall(call["id"], call["name"], call["arguments"]) for call in exchange[-1]["tool_calls"]]
        proposed = await self._calls.propose(answer, round_, wanted)
        if is_new:
            runtime.stream_writer({"type": "status", "stage": "acting"})
            for call in proposed:
                runtime.stream_writer({"type": "tool_call", "call": call})
        ran = await self._calls.run_ready(answer, round_)
        if is_new:
            for call in ran.calls:
                if call.has_ended:
                    runtime.stream_writer({"type": "tool_result", "call": call})
        calls = list(ran.calls)
        while pending := [call.id for call in calls if call.is_pending]:
            interrupt({"tool_call_ids": pending})
            calls = await self._calls.of_message(answer.message_id, round_)
        return {
            "exchange": [*exchange, *answers_of(calls, exchange[-1]["tool_calls"])],
            "passages": [*state["passages"], *passages_of(calls)],
        }


def answers_of(calls: Sequence[ToolCallRecord], wanted: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What the model is told of each call that it asked for, in their order."""
    by_position = {call.position: call for call in calls}
    return [_told(by_position.get(position), asked) for position, asked in enumerate(wanted)]


def passages_of(calls: Sequence[ToolCallRecord]) -> list[dict[str, Any]]:
    """The passages that reading tools have shown, as a state notes them."""
    return [
        {**note, "in_exchange": True}
        for call in calls
        if call.result is not None
        for note in _listed(call.result.facts.get(PASSAGES))
    ]


def _told(call: ToolCallRecord | None, asked: Mapping[str, Any]) -> dict[str, Any]:
    result = call.result if call is not None else None
    return {
        "role": "tool",
        "tool_call_id": asked["id"],
        "name": asked["name"],
        "content": result.text if result is not None else _DROPPED,
        "item_ids": _listed(result.facts.get("item_ids")) if result is not None else [],
    }


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _calling(state: ChatState, asked: Mapping[str, Any]) -> CallingAnswer:
    notes = state["passages"]
    return CallingAnswer(
        conversation_id=state["conversation_id"],
        message_id=state["message_id"],
        scope=scope_of(state),
        is_local=bool(asked.get("local")),
        may_write=state.get("may_write", False),
        next_number=max((note["n"] for note in notes), default=0) + 1,
        numbers={note["chunk_id"]: note["n"] for note in notes if note.get("in_exchange")},
        grounds=tuple(_listed(asked.get("item_ids"))),
    )
