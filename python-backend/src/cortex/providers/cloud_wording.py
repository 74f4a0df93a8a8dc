"""A request in the words of OpenAI's protocol, which LiteLLM puts into those of each service."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cortex.providers.chat_model import ChatMessage, ChatRequest, Tool


def worded(request: ChatRequest, *, tools: bool, schema: bool) -> dict[str, Any]:
    """The arguments of a call. `tools` and `schema`: whether the model takes these; else they are left out."""
    words: dict[str, Any] = {
        "messages": [_message(message) for message in request.messages],
        "temperature": request.temperature,
    }
    if request.max_tokens is not None:
        words["max_tokens"] = request.max_tokens
    if request.tools and tools:
        words["tools"] = [_tool(tool) for tool in request.tools]
    if request.schema is not None and schema:
        words["response_format"] = {
            "type": "json_schema",
            "json_schema": {
                "name": "answer",
                "schema": _plain(request.schema),
                "strict": _can_be_strict(request.schema),
            },
        }
    return words


def _message(message: ChatMessage) -> dict[str, Any]:
    words: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        words["content"] = message.content or None
        words["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": json.dumps(_plain(call.arguments), ensure_ascii=False)},
            }
            for call in message.tool_calls
        ]
    if message.role == "tool":
        words["tool_call_id"] = message.tool_call_id or ""
        if message.name:
            words["name"] = message.name
    return words


def _tool(tool: Tool) -> dict[str, Any]:
    return {
        "type": "function",
        "function": {"name": tool.name, "description": tool.description, "parameters": _plain(tool.parameters)},
    }


def _can_be_strict(schema: object) -> bool:
    """Whether a service that guarantees a schema takes this one: every object closed, every property required."""
    if isinstance(schema, Mapping):
        properties = schema.get("properties")
        if isinstance(properties, Mapping) and (
            schema.get("additionalProperties") is not False or set(schema.get("required") or ()) != set(properties)
        ):
            return False
        return all(_can_be_strict(value) for value in schema.values())
    return all(_can_be_strict(value) for value in schema) if isinstance(schema, list | tuple) else True


def _plain(value: Any) -> Any:
    """Plain dictionaries and lists: what is read-only in Cortex would not be taken."""
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value
