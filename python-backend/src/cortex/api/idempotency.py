"""`Idempotency-Key`: a middleware inside the guard, and the same for uploads, whose bodies it cannot see."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from fastapi import Request
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cortex.api.errors import body_of, status_of
from cortex.db.repositories.idempotency import StoredAnswer
from cortex.exceptions import ConflictError, ValidationError
from cortex.security.callers import Caller

if TYPE_CHECKING:
    from cortex.bootstrap import Application

_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_KEPT_HEADERS = ("content-type", "x-undo-id", "location")
_SECRETS_BELOW = "/api/auth/"
"""Answers from here hold keys and tickets, of which only hashes may reach the disk."""
REPLAYED = "Idempotent-Replayed"
"""Marks an answer that was given before."""


class Idempotency:
    """Gives a repeated write its first answer. Failures are not kept: trying again may well succeed."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it as the first time."""
        headers = Headers(scope=scope) if scope["type"] == "http" and scope["method"] in _WRITES else Headers({})
        is_multipart = headers.get("content-type", "").startswith("multipart/")
        if "idempotency-key" not in headers or is_multipart or "caller" not in scope.get("state", {}):
            await self._app(scope, receive, send)
            return
        try:
            key = _key(headers, scope["state"]["caller"])
            await self._once(key, scope, receive, send)
        except (ConflictError, ValidationError) as error:
            await JSONResponse(body_of(error), status_code=status_of(error))(scope, receive, send)

    async def _once(self, key: str, scope: Scope, receive: Receive, send: Send) -> None:
        application: Application = scope["state"]["application"]
        body = await _body(receive)
        target = f"{scope['method']} {scope['path']}?{scope['query_string'].decode('latin-1')}\n".encode()
        request_hash = hashlib.sha256(target + body).hexdigest()
        async with application.idempotency.turn(key):
            stored = await application.idempotency.answer(key, request_hash)
            if stored is not None:
                await _replay(stored)(scope, receive, send)
                return
            answer = _Recorder(send)
            await self._app(scope, _replayed_body(body), answer)
            kept = answer.kept(request_hash)
            if kept is not None and scope["path"].startswith(_SECRETS_BELOW):
                application.idempotency.remember_unwritten(key, kept)
            elif kept is not None:
                await application.idempotency.remember(key, kept)
            await answer.release()


async def idempotent(
    request: Request, application: Application, fingerprint: str, run: Callable[[], Awaitable[Response]]
) -> Response:
    """Run a write whose body the middleware could not see; `fingerprint` tells requests with one key apart.

    Raises ConflictError when the key was used for another request.
    """
    if "idempotency-key" not in request.headers:
        return await run()
    key = _key(request.headers, request.state.caller)
    request_hash = hashlib.sha256(f"{request.method} {request.url.path}\n{fingerprint}".encode()).hexdigest()
    async with application.idempotency.turn(key):
        stored = await application.idempotency.answer(key, request_hash)
        if stored is not None:
            return _replay(stored)
        response = await run()
        if response.status_code < 300:
            headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
            answer = StoredAnswer(request_hash, response.status_code, headers, bytes(response.body))
            await application.idempotency.remember(key, answer)
        return response


def _key(headers: Headers, caller: Caller) -> str:
    given = headers["idempotency-key"]
    if not 1 <= len(given) <= 255 or not given.isprintable() or len(headers.getlist("idempotency-key")) > 1:
        message = "An Idempotency-Key has 1 to 255 printable characters."
        raise ValidationError(
            message, details=[{"loc": ["header", "idempotency-key"], "msg": message, "type": "value"}]
        )
    return f"{caller.id if caller.kind == 'key' else 'owner'}:{given}"


def _replay(stored: StoredAnswer) -> Response:
    return Response(stored.body, status_code=stored.status, headers={**stored.headers, REPLAYED: "true"})


async def _body(receive: Receive) -> bytes:
    pieces: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(pieces)
        pieces.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(pieces)


def _replayed_body(body: bytes) -> Receive:
    """The body that was read already. That the client left is kept quiet: whoever lost the answer asks for it again."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        if not first:
            await asyncio.Event().wait()  # until the answer is complete, which cancels the waiting
        return first.pop()

    return replayed


class _Recorder:
    """Holds a JSON or empty answer back until it was kept; copies a stream of events; the rest just goes on."""

    def __init__(self, send: Send):
        self._send = send
        self._recorded: list[Message] = []
        self._is_recorded = False
        self._is_held = False

    async def __call__(self, message: Message) -> None:
        """Hold or pass on one message."""
        if message["type"] == "http.response.start":
            media_type = Headers(raw=message["headers"]).get("content-type", "")
            is_success = 200 <= message["status"] < 300
            self._is_held = is_success and (media_type.startswith("application/json") or message["status"] == 204)
            self._is_recorded = self._is_held or (is_success and media_type.startswith("text/event-stream"))
        if self._is_recorded:
            self._recorded.append(message)
        if not self._is_held:
            await self._send(message)

    def kept(self, request_hash: str) -> StoredAnswer | None:
        """What to remember; None when the answer was none to keep."""
        if len(self._recorded) < 2 or self._recorded[-1].get("more_body", False):
            return None
        start = self._recorded[0]
        headers = Headers(raw=start["headers"])
        return StoredAnswer(
            request_hash,
            start["status"],
            {name: headers[name] for name in _KEPT_HEADERS if name in headers},
            b"".join(message.get("body", b"") for message in self._recorded[1:]),
        )

    async def release(self) -> None:
        """Send what was held back."""
        for message in self._recorded if self._is_held else ():
            await self._send(message)
