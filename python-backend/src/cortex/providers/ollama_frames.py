"""One line of what Ollama answers to `/api/chat`; fields that Cortex does not use are ignored.

The client's own class leaves out the ids of tool calls.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from pydantic import BaseModel

from cortex.providers.chat_model import Finished, FinishReason, TokenUsage, ToolCall


class _Function(BaseModel):
    name: str
    arguments: Mapping[str, object] | None = None


class _Call(BaseModel):
    id: str | None = None
    function: _Function


class _Message(BaseModel):
    content: str | None = None
    thinking: str | None = None
    tool_calls: list[_Call] | None = None


class ChatFrame(BaseModel):
    """A piece of an answer; with `done` its end, and the figures."""

    message: _Message
    done: bool
    done_reason: str | None = None
    prompt_eval_count: int | None = None
    eval_count: int | None = None

    def tool_calls(self) -> list[ToolCall]:
        """The tools that the model wants to use; an id is made where Ollama gave none."""
        return [
            ToolCall(call.id or f"call_{secrets.token_hex(4)}", call.function.name, call.function.arguments or {})
            for call in self.message.tool_calls or ()
        ]

    def finished(self, *, with_tools: bool, is_free: bool = True) -> Finished:
        """The end in Cortex's words. Ollama says `stop` also when the model wants tools, never what a cloud costs."""
        reason: FinishReason = "tool_calls" if with_tools else "stop"
        if self.done_reason == "length":
            reason = "length"
        return Finished(reason, TokenUsage(self.prompt_eval_count or 0, self.eval_count or 0, is_cost_known=is_free))
