"""Tool calls as they are shown and decided on."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, model_validator

from cortex.api.schemas.base import Schema
from cortex.domain.tool_call import Decision, ToolCallRecord, ToolCallState
from cortex.services.chat_tools.calls import PASSAGES


class ToolResultShown(Schema):
    """What a tool gave. `text` is what the model was told; of tools that read it is left out: it is the passages.

    `facts`: ids of what was made or found.
    """

    text: str | None
    is_error: bool
    facts: dict[str, Any]


class ToolCallShown(Schema):
    """What a model did or wants to do. `description` is a sentence for the owner; `undo_id` undoes what was done."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    arguments: dict[str, Any]
    description: str
    needs_approval: bool
    state: ToolCallState
    result: ToolResultShown | None
    undo_id: str | None
    created_at: str
    decided_at: str | None
    ended_at: str | None

    @model_validator(mode="before")
    @classmethod
    def _of_record(cls, value: object) -> object:
        if not isinstance(value, ToolCallRecord):
            return value
        result = value.result
        return {
            **{name: getattr(value, name) for name in cls.model_fields if name not in ("arguments", "result")},
            "arguments": dict(value.arguments),
            "result": {
                "text": result.text if value.needs_approval or result.is_error else None,
                "is_error": result.is_error,
                "facts": {name: fact for name, fact in result.facts.items() if name != PASSAGES},
            }
            if result is not None
            else None,
        }


class ToolCallDecided(ToolCallShown):
    """A call after the owner's word, with the answer that asked for it."""

    conversation_id: str
    message_id: str


class DecisionGiven(Schema):
    """The owner's word. `always`: approve this tool in this conversation from now on without asking."""

    decision: Decision
    always: bool = False


class AllowedTools(Schema):
    """The tools that a conversation always allows, by name."""

    tools: list[str]


def event_fields(kind: object, call: ToolCallRecord) -> dict[str, object]:
    """What a `tool_call` or `tool_result` event says of its call."""
    shown = ToolCallShown.model_validate(call).model_dump(mode="json")
    names = ("id", "name", "arguments", "needs_approval", "description", "state")
    return {name: shown[name] for name in names if kind == "tool_call" or name != "arguments"} | (
        {"result": shown["result"], "undo_id": shown["undo_id"]} if kind == "tool_result" else {}
    )
