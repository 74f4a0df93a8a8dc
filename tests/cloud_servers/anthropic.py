"""A stand-in for Anthropic, by its published reference of the Messages API and its streaming."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.cloud_servers.script import Refuses, Says
from tests.cloud_servers.service import Piece, Service, content, event
from tests.ollama_server.wire import Reply, Request, whole


class AnthropicServer(Service):
    """Answers `POST /v1/messages`. A tool that must be used is given what the script says, read as JSON."""

    def presented_key(self, request: Request) -> str | None:
        return request.headers.get("x-api-key")

    async def other(self, request: Request) -> Reply | None:
        if request.method == "POST" and request.path == "/v1/messages":
            return None
        return whole(404, {"type": "error", "error": {"type": "not_found_error", "message": "Not Found"}})

    def frames(self, said: Says, request: Request) -> Iterator[bytes | Piece]:
        body = content(request)
        usage = {"input_tokens": said.prompt_tokens, "output_tokens": 1}
        message = {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": body["model"],
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": usage,
        }
        yield _named({"type": "message_start", "message": message})
        yield _named({"type": "ping"})
        blocks = list(_blocks(said, body))
        for index, (start, deltas) in enumerate(blocks):
            yield _named({"type": "content_block_start", "index": index, "content_block": start})
            for delta in deltas:
                yield Piece(_named({"type": "content_block_delta", "index": index, "delta": delta}))
            yield _named({"type": "content_block_stop", "index": index})
        reason = "tool_use" if any(start["type"] == "tool_use" for start, _ in blocks) else "end_turn"
        reason = "refusal" if said.was_withheld else "max_tokens" if said.was_cut else reason
        yield Piece(
            _named(
                {
                    "type": "message_delta",
                    "delta": {"stop_reason": reason, "stop_sequence": None},
                    "usage": {"output_tokens": said.completion_tokens},
                }
            )
        )
        yield _named({"type": "message_stop"})

    def refusal(self, said: Refuses) -> object:
        kind = said.kind or "invalid_request_error"
        return {"type": "error", "error": {"type": kind, "message": said.message}, "request_id": "req_1"}

    def error_inside(self) -> bytes:
        return _named({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})


def _blocks(said: Says, body: dict[str, Any]) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """The start of each block of content, and what is added to it."""
    if said.thoughts:
        thoughts = [{"type": "thinking_delta", "thinking": thought} for thought in said.thoughts]
        signature = {"type": "signature_delta", "signature": "c2lnbmVk"}
        yield {"type": "thinking", "thinking": "", "signature": ""}, [*thoughts, signature]
    forced = body.get("tool_choice") or {}
    if forced.get("type") == "tool" and said.pieces:
        parts = [{"type": "input_json_delta", "partial_json": piece} for piece in said.pieces]
        yield {"type": "tool_use", "id": "toolu_0", "name": forced["name"], "input": {}}, parts
    elif said.pieces:
        yield {"type": "text", "text": ""}, [{"type": "text_delta", "text": piece} for piece in said.pieces]
    for call in said.calls:
        written = json.dumps(call.arguments)
        halves = ("", written[: len(written) // 2], written[len(written) // 2 :])
        parts = [{"type": "input_json_delta", "partial_json": part} for part in halves]
        yield {"type": "tool_use", "id": call.id, "name": call.name, "input": {}}, parts


def _named(content: dict[str, Any]) -> bytes:
    return event(content, content["type"])
