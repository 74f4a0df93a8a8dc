"""The stand-in's OpenAI-compatible side, for what talks to LM Studio, llama.cpp and the like.

`GET /v1/models` lists, `GET /v1/models/{name}` shows one, `POST /v1/embeddings` gives vectors (numbers, or base64 where
`encoding_format` asks for it), `POST /v1/chat/completions` answers: whole by default,
with `"stream": true` as server-sent events (`data: {chunk}` and a blank line each, `data: [DONE]` last, a chunk
with `usage` before it where `stream_options.include_usage` asks for one). As in Ollama it is a translation of the
native side: the script sees a native body, thoughts come as `delta.reasoning`, tool calls whole with their arguments
as a string, errors as `{"error": {message, type, param, code}}`. Put faults on these very paths. A runner that
dies is the recorded quirk: an empty delta with `finish_reason: null`, no error, no `[DONE]`.
"""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import AsyncIterator, Iterable
from typing import Any

from tests.ollama_server.models import ServedModel
from tests.ollama_server.wire import Reply

CHAT = "/v1/chat/completions"
EMBEDDINGS = "/v1/embeddings"
MODELS = "/v1/models"
_CREATED = 1_795_245_751
_KINDS = {400: "invalid_request_error", 404: "not_found_error"}


def native_body(asked: dict[str, Any]) -> dict[str, Any]:
    """The body of `/api/chat` that asks the same."""
    options = {
        "num_predict": asked.get("max_completion_tokens") or asked.get("max_tokens"),
        "temperature": asked.get("temperature"),
    }
    body = {
        "model": asked.get("model"),
        "messages": [_native_message(message) for message in asked.get("messages", [])],
        "stream": asked.get("stream", False),
        "tools": asked.get("tools"),
        "format": ((asked.get("response_format") or {}).get("json_schema") or {}).get("schema"),
        "think": {None: None, "none": False}.get(asked.get("reasoning_effort"), True),
        "options": {key: value for key, value in options.items() if value is not None},
    }
    return {key: value for key, value in body.items() if value is not None}


def models(served: Iterable[ServedModel]) -> dict[str, Any]:
    """All models."""
    return {"object": "list", "data": [model(each) for each in served]}


def model(served: ServedModel) -> dict[str, Any]:
    """One model."""
    return {"id": served.name, "object": "model", "created": _CREATED, "owned_by": "library"}


def translated(reply: Reply, asked: dict[str, Any]) -> Reply:
    """The native answer in OpenAI's words."""
    if reply.status != 200:
        return failure(reply.status, json.loads(reply.body)["error"])
    if reply.frames is None:
        return _json(200, _completion(json.loads(reply.body)))
    headers = [(name, "text/event-stream" if name == "Content-Type" else value) for name, value in reply.headers]
    with_usage = bool((asked.get("stream_options") or {}).get("include_usage"))
    return Reply(200, headers, frames=_events(reply.frames, with_usage))


def vectors(reply: Reply, asked: dict[str, Any]) -> Reply:
    """The native answer to `/api/embed` in OpenAI's words."""
    if reply.status != 200:
        return failure(reply.status, json.loads(reply.body)["error"])
    answer = json.loads(reply.body)
    as_text = asked.get("encoding_format") == "base64"
    data = [
        {"object": "embedding", "embedding": _packed(vector) if as_text else vector, "index": index}
        for index, vector in enumerate(answer["embeddings"])
    ]
    tokens = answer.get("prompt_eval_count", 0)
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return _json(200, {"object": "list", "data": data, "model": asked["model"], "usage": usage})


def _packed(vector: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()


def failure(status: int, message: str) -> Reply:
    """An error in OpenAI's words."""
    return _json(
        status, {"error": {"message": message, "type": _KINDS.get(status, "api_error"), "param": None, "code": None}}
    )


def _json(status: int, value: dict[str, Any]) -> Reply:
    body = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
    return Reply(status, (("Content-Type", "application/json"), ("Content-Length", str(len(body)))), body)


async def _events(lines: AsyncIterator[bytes], with_usage: bool) -> AsyncIterator[bytes]:
    with_tools = False
    async for line in lines:
        try:
            frame = json.loads(line)
        except ValueError:
            yield b"data: " + line  # cut in the middle
            return
        message = frame.get("message") or {"role": "assistant", "content": ""}  # an error leaves nothing of it
        with_tools = with_tools or "tool_calls" in message
        reason = _reason(frame, with_tools) if frame.get("done") else None
        yield _event(_chunk(frame, [{"index": 0, "delta": _said(message), "finish_reason": reason}]))
        if frame.get("done"):
            if with_usage:
                yield _event({**_chunk(frame, []), "usage": _usage(frame)})
            yield b"data: [DONE]\n\n"


def _event(value: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode() + b"\n\n"


def _chunk(frame: dict[str, Any], choices: list[dict[str, Any]], kind: str = "chat.completion.chunk") -> dict[str, Any]:
    head = {"id": "chatcmpl-880", "object": kind, "created": _CREATED, "model": frame.get("model", "")}
    return {**head, "system_fingerprint": "fp_ollama", "choices": choices}


def _completion(frame: dict[str, Any]) -> dict[str, Any]:
    message = frame["message"]
    choice = {"index": 0, "message": _said(message), "finish_reason": _reason(frame, "tool_calls" in message)}
    return {**_chunk(frame, [choice], "chat.completion"), "usage": _usage(frame)}


def _said(message: dict[str, Any]) -> dict[str, Any]:
    said = {"role": "assistant", "content": message["content"]}
    if "thinking" in message:
        said["reasoning"] = message["thinking"]
    if "tool_calls" in message:
        said["tool_calls"] = [_call(call["id"], call["function"]) for call in message["tool_calls"]]
    return said


def _call(identifier: str, function: dict[str, Any]) -> dict[str, Any]:
    arguments = json.dumps(function["arguments"], separators=(",", ":"))
    called = {"name": function["name"], "arguments": arguments}
    return {"id": identifier, "index": function["index"], "type": "function", "function": called}


def _reason(frame: dict[str, Any], with_tools: bool) -> str:
    return "tool_calls" if with_tools and frame["done_reason"] == "stop" else frame["done_reason"]


def _usage(frame: dict[str, Any]) -> dict[str, int]:
    prompt, completion = frame["prompt_eval_count"], frame["eval_count"]
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def _native_message(message: dict[str, Any]) -> dict[str, Any]:
    content = message.get("content") or ""
    if isinstance(content, list):
        content = "".join(part.get("text", "") for part in content)
    native = {**message, "content": content}
    if message.get("tool_calls"):
        native["tool_calls"] = [
            {
                "id": call["id"],
                "function": {
                    "name": call["function"]["name"],
                    "arguments": json.loads(call["function"]["arguments"] or "{}"),
                },
            }
            for call in message["tool_calls"]
        ]
    return native
