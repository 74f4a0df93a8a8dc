"""What Ollama is asked: the bodies of requests to `/api/chat`."""

from __future__ import annotations

from typing import Any

from cortex.providers.chat_model import ChatCapabilities, ChatMessage, ChatRequest, Tool


def chat_body(model: str, request: ChatRequest, can: ChatCapabilities, *, keep_alive: str) -> dict[str, Any]:
    """The body of one request. `num_ctx` is always the same for a model: another one would load it again."""
    body: dict[str, Any] = {
        "model": model,
        "messages": [_message(message) for message in request.messages],
        "stream": True,
        "keep_alive": duration(keep_alive),
        "truncate": False,  # what is too long is refused, not cut without a word
        "shift": False,  # nor are the first messages forgotten while it answers: the answer ends with `length`
        "options": {
            "num_ctx": can.context_tokens,
            "num_predict": request.max_tokens or can.context_tokens,
            "temperature": request.temperature,
        },
    }
    if can.thinking:  # a model that cannot refuses the mere word, one that can thinks unless told not to
        body["think"] = request.thinking
    if request.tools:
        body["tools"] = [_tool(tool) for tool in request.tools]
    if request.schema is not None:
        body["format"] = dict(request.schema)
    return body


def preload_body(model: str, *, keep_alive: str, context_tokens: int | None) -> dict[str, Any]:
    """Loads a model, ready for requests with so large a context, without asking it anything."""
    body: dict[str, Any] = {"model": model, "messages": [], "keep_alive": duration(keep_alive)}
    if context_tokens is not None:
        body["options"] = {"num_ctx": context_tokens}
    return body


def duration(given: str | int) -> str | int:
    """A time as Ollama reads it: `5m` as text, but bare seconds (also `-1`: for good) only as a number."""
    try:
        return int(given)
    except ValueError:
        return given


def _message(message: ChatMessage) -> dict[str, Any]:
    sent: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        sent["tool_calls"] = [
            {"id": call.id, "function": {"name": call.name, "arguments": dict(call.arguments)}}
            for call in message.tool_calls
        ]
    if message.role == "tool":
        sent["tool_name"] = message.name
        sent["tool_call_id"] = message.tool_call_id
    return {key: value for key, value in sent.items() if value is not None}


def _tool(tool: Tool) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)}
    return {"type": "function", "function": function}
