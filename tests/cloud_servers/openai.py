"""A stand-in for OpenAI, and for servers that speak as it does, by its published API reference."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.cloud_servers.script import Refuses, Says, Script
from tests.cloud_servers.service import Piece, Service, content, event, vectors
from tests.ollama_server.wire import Reply, Request, whole


class OpenAIServer(Service):
    """`models` are what it lists; `extra` are its other answers to GET, such as `/props` of llama.cpp."""

    def __init__(
        self,
        say: Script = "Hello there.",
        *,
        key: str | None = None,
        models: tuple[dict[str, Any], ...] = ({"id": "stand-in", "object": "model", "owned_by": "nobody"},),
        extra: dict[str, object] | None = None,
        dimension: int = 8,
        sends_usage: bool = True,
    ):
        super().__init__(say, key=key)
        self.models = models
        self.extra = extra or {}
        self.dimension = dimension
        self.sends_usage = sends_usage

    def presented_key(self, request: Request) -> str | None:
        return request.headers.get("authorization", "").removeprefix("Bearer ") or None

    async def other(self, request: Request) -> Reply | None:
        path = request.path.partition("?")[0]
        if request.method == "GET":
            if path == "/v1/models":
                return whole(200, {"object": "list", "data": list(self.models)}, "application/json")
            if path in self.extra:
                return whole(200, self.extra[path], "application/json")
        elif path == "/v1/embeddings":
            return self._embedded(content(request))
        elif path == "/v1/chat/completions":
            return None
        return whole(404, {"error": {"message": f"Unknown request URL: {path}", "type": "invalid_request_error"}})

    def frames(self, said: Says, request: Request) -> Iterator[bytes | Piece]:
        body = content(request)

        def chunk(delta: dict[str, Any], finish_reason: str | None = None) -> bytes:
            choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
            return event({**_head(body), "choices": [choice]})

        nothing = chunk({"role": "assistant", "content": ""})
        yield chunk({"role": "assistant", "content": "", "refusal": None})
        for thought in said.thoughts:
            yield chunk({"reasoning_content": thought})
        for piece in said.pieces:
            yield Piece(chunk({"content": piece}), nothing)
        for index, call in enumerate(said.calls):
            head = {"name": call.name, "arguments": ""}
            yield chunk({"tool_calls": [{"index": index, "id": call.id, "type": "function", "function": head}]})
            written = json.dumps(call.arguments)
            for part in (written[: len(written) // 2], written[len(written) // 2 :]):
                yield Piece(chunk({"tool_calls": [{"index": index, "function": {"arguments": part}}]}), nothing)
        yield Piece(chunk({}, _finish_reason(said)), nothing)
        if self.sends_usage and (body.get("stream_options") or {}).get("include_usage"):
            usage = {"prompt_tokens": said.prompt_tokens, "completion_tokens": said.completion_tokens}
            total = said.prompt_tokens + said.completion_tokens
            yield event({**_head(body), "choices": [], "usage": {**usage, "total_tokens": total}})
        yield b"data: [DONE]\n\n"

    def refusal(self, said: Refuses) -> object:
        kind = said.kind or "invalid_request_error"
        return {"error": {"message": said.message, "type": kind, "param": None, "code": said.kind or None}}

    def error_inside(self) -> bytes:
        return event({"error": {"message": "The server had an error.", "type": "server_error", "code": None}})

    def _embedded(self, body: dict[str, Any]) -> Reply:
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        made = vectors(texts, body.get("dimensions") or self.dimension)
        data = [{"object": "embedding", "index": index, "embedding": vector} for index, vector in enumerate(made)]
        usage = {"prompt_tokens": 5 * len(texts), "total_tokens": 5 * len(texts)}
        return whole(200, {"object": "list", "data": data, "model": body["model"], "usage": usage}, "application/json")


def _head(body: dict[str, Any]) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1763710000, "model": body["model"]}


def _finish_reason(said: Says) -> str:
    if said.finish_reason is not None:
        return said.finish_reason
    if said.was_withheld:
        return "content_filter"
    return "length" if said.was_cut else "tool_calls" if said.calls else "stop"
