"""A stand-in for Gemini, by Google's published reference of the Generative Language API."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from tests.cloud_servers.script import Refuses, Says, Script
from tests.cloud_servers.service import Piece, Service, content, event, vectors
from tests.ollama_server.wire import Reply, Request, whole

_STATUS = {
    400: "INVALID_ARGUMENT",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    503: "UNAVAILABLE",
}


class GeminiServer(Service):
    """Answers `:streamGenerateContent` and `:batchEmbedContents` of any model."""

    def __init__(self, say: Script = "Hello there.", *, key: str | None = None, dimension: int = 8):
        super().__init__(say, key=key)
        self.dimension = dimension

    def presented_key(self, request: Request) -> str | None:
        return request.headers.get("x-goog-api-key")

    def wrong_key(self, request: Request) -> Refuses:
        """Google says 400, and the reason among the details."""
        return Refuses(400, "API key not valid. Please pass a valid API key.", "API_KEY_INVALID")

    async def other(self, request: Request) -> Reply | None:
        path = request.path.partition("?")[0]
        if path.endswith(":streamGenerateContent"):
            return None
        if path.endswith(":batchEmbedContents"):
            texts = ["".join(part["text"] for part in one["content"]["parts"]) for one in content(request)["requests"]]
            made = [{"values": vector} for vector in vectors(texts, self.dimension)]
            return whole(200, {"embeddings": made}, "application/json")
        return whole(404, self.refusal(Refuses(404, "Not found.")))

    def frames(self, said: Says, request: Request) -> Iterator[bytes | Piece]:
        def chunk(parts: list[dict[str, Any]], **more: object) -> bytes:
            candidate = {"content": {"parts": parts, "role": "model"}, "index": 0, **more}
            usage: dict[str, Any] = {"promptTokenCount": said.prompt_tokens}
            if more:
                usage["candidatesTokenCount"] = said.completion_tokens
                usage["totalTokenCount"] = said.prompt_tokens + said.completion_tokens
            return event({"candidates": [candidate], "usageMetadata": usage, "modelVersion": "stand-in"})

        for thought in said.thoughts:
            yield chunk([{"text": thought, "thought": True}])
        for piece in said.pieces:
            yield Piece(chunk([{"text": piece}]))
        for call in said.calls:
            yield Piece(chunk([{"functionCall": {"name": call.name, "args": call.arguments}}]))
        reason = "SAFETY" if said.was_withheld else "MAX_TOKENS" if said.was_cut else "STOP"
        yield Piece(chunk([{"text": ""}], finishReason=reason))

    def refusal(self, said: Refuses) -> object:
        error: dict[str, Any] = {
            "code": said.status,
            "message": said.message,
            "status": _STATUS.get(said.status, HTTPStatus(said.status).name),
        }
        if said.kind:
            info = "type.googleapis.com/google.rpc.ErrorInfo"
            error["details"] = [{"@type": info, "reason": said.kind, "domain": "googleapis.com"}]
        if said.status == HTTPStatus.TOO_MANY_REQUESTS:  # Google says it here, not in a header
            error["details"] = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "37s"}]
        return {"error": error}

    def error_inside(self) -> bytes:
        return event({"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}})
