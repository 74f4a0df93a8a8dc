"""Answers that the guard gives itself, and the headers that every answer carries."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Receive, Scope, Send

from cortex.exceptions import CortexError, RateLimitedError, UnauthorizedError
from cortex.security.body_limits import drain

Render = Callable[[CortexError], tuple[int, dict[str, object]]]
"""From an error to its HTTP status and JSON body: the API's one table of errors."""
API_POLICY = "default-src 'none'; frame-ancestors 'none'"
_PREFLIGHT_SECONDS = 600
_READABLE = "X-Request-ID, Retry-After, X-Undo-ID"


class DecoratedSend:
    """Adds the request id, the security headers and, for an allowed origin, the CORS headers to the answer."""

    def __init__(self, send: Send, *, request_id: str):
        self._send = send
        self._request_id = request_id
        self.origin: str | None = None
        self.started = False

    async def __call__(self, message: Message) -> None:
        """Pass a message on."""
        if message["type"] in ("http.response.start", "websocket.http.response.start", "websocket.accept"):
            self.started = True
            raw = list(message.get("headers", []))  # a copy: a response may be a constant that is sent again
            self._decorate(MutableHeaders(raw=raw))
            message = {**message, "headers": raw}
        await self._send(message)

    def _decorate(self, headers: MutableHeaders) -> None:
        headers["X-Request-ID"] = self._request_id
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "no-referrer")
        headers.setdefault("Content-Security-Policy", API_POLICY)
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("Cache-Control", "no-store")
        headers.add_vary_header("Origin")
        if self.origin is not None:
            headers["Access-Control-Allow-Origin"] = self.origin
            headers["Access-Control-Expose-Headers"] = _READABLE


async def refuse(error: CortexError, render: Render, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer an error before any handler ran; a WebSocket gets a real HTTP answer to its handshake."""
    status, content = render(error)
    body = json.dumps(content, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if isinstance(error, UnauthorizedError):
        headers.append((b"www-authenticate", b"Bearer"))
    if error.retry_after is not None or isinstance(error, RateLimitedError):
        headers.append((b"retry-after", str(max(1, math.ceil(error.retry_after or 1))).encode()))
    if scope["type"] == "websocket":
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 1008, "reason": error.code})
            return
        await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
        await send({"type": "websocket.http.response.body", "body": body})
        return
    if status == 413:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": status == 413})
    if status == 413:
        await drain(receive)
        await send({"type": "http.response.body", "body": b""})


async def answer_preflight(send: Send, *, method: str, headers: str, private_network: bool) -> None:
    """Let an allowed origin's browser go on: it gets back exactly what it asked for."""
    granted = [
        (b"access-control-allow-methods", method.encode("latin-1")),
        (b"access-control-max-age", str(_PREFLIGHT_SECONDS).encode()),
    ]
    if headers:
        granted.append((b"access-control-allow-headers", headers.encode("latin-1")))
    if private_network:
        granted.append((b"access-control-allow-private-network", b"true"))
    await send({"type": "http.response.start", "status": 204, "headers": granted})
    await send({"type": "http.response.body", "body": b""})
