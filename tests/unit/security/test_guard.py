"""The guard around a small application of its own: what it does with failures, limits and answers that began."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cortex.db.database import Database
from cortex.db.repositories.api_keys import ApiKeyRepository
from cortex.db.repositories.sessions import SessionRepository
from cortex.exceptions import CortexError, PayloadTooLargeError
from cortex.security.body_limits import BodyLimits
from cortex.security.gate import Gate
from cortex.security.guard import Guard
from cortex.security.origins import OriginPolicy
from cortex.security.route_table import Exemption, RouteTable
from cortex.security.scopes import Scope as KeyScope
from cortex.security.scopes import requires
from cortex.security.tokens import OwnerToken

TOKEN = "owner-token"


@requires(KeyScope.read)
async def endpoint() -> None:
    """Stands for a route's function."""


def _render(error: CortexError) -> tuple[int, dict[str, object]]:
    return (413 if isinstance(error, PayloadTooLargeError) else 400, {"error": error.code, "message": error.message})


def _guarded(app: ASGIApp) -> Guard:
    database = Database(None)
    gate = Gate(owner=OwnerToken(TOKEN), keys=ApiKeyRepository(database), sessions=SessionRepository(database))
    table = RouteTable(
        [("/open", frozenset({"GET"}), object()), ("/api/{name}", frozenset({"GET", "POST"}), endpoint)],
        [Exemption("/open", frozenset({"GET"}), "a test's own")],
    )
    return Guard(
        app,
        gate=lambda _scope: gate,
        routes=lambda: table,
        origins=OriginPolicy(),
        limits=BodyLimits(capture=100, upload_file=100, other=10),
        render=_render,
    )


async def _ask(app: ASGIApp, *, path: str = "/api/x", body: tuple[bytes, ...] = ()) -> list[Message]:
    pieces = [{"type": "http.request", "body": piece, "more_body": True} for piece in body]
    messages = iter([*pieces, {"type": "http.request", "body": b"", "more_body": False}])
    sent: list[Message] = []

    async def receive() -> Message:
        return next(messages)

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST" if body else "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "server": ("127.0.0.1", 8742),
        "headers": [
            (b"host", b"127.0.0.1:8742"),
            (b"authorization", f"Bearer {TOKEN}".encode()),
            *([(b"transfer-encoding", b"chunked"), (b"content-type", b"application/json")] if body else []),
        ],
    }
    await app(scope, receive, send)
    return sent


def _answering(act: Callable[[Receive, Send], Awaitable[None]]) -> ASGIApp:
    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        await act(receive, send)

    return app


async def test_an_unexpected_error_becomes_one_of_ours_and_tells_nothing() -> None:
    async def fail(_receive: Receive, _send: Send) -> None:
        raise RuntimeError("with a secret in it")

    start, body, *_ = await _ask(_guarded(_answering(fail)))
    assert start["status"] == 400, "whatever the table of errors says"
    assert json.loads(body["body"])["error"] == "internal_error"
    assert b"secret" not in body["body"]
    assert b"x-request-id" in dict(start["headers"])


async def test_an_answer_that_began_is_not_answered_again() -> None:
    async def fail_late(_receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await _ask(_guarded(_answering(fail_late)))


async def test_whatever_the_application_makes_of_too_large_a_body_the_answer_is_413() -> None:
    async def swallow(receive: Receive, send: Send) -> None:
        try:
            while (await receive())["more_body"]:
                pass
            status = 200
        except Exception:  # noqa: BLE001 - as a framework might
            status = 418
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    guard = _guarded(_answering(swallow))
    assert (await _ask(guard, body=(b"12345", b"67890")))[0]["status"] == 200, "the limit itself is allowed"
    start, body, *_ = await _ask(guard, body=(b"12345", b"678901"))
    assert start["status"] == 413
    assert json.loads(body["body"])["error"] == "payload_too_large"


async def test_the_caller_and_the_request_id_are_there_for_the_application() -> None:
    seen: dict[str, object] = {}

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        seen.update(scope["state"])
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body", "body": b""})

    guard = _guarded(app)
    await _ask(guard)
    assert getattr(seen["caller"], "kind", None) == "owner"
    assert str(seen["request_id"]).startswith("req_")
    seen.clear()
    await _ask(guard, path="/open")
    assert "caller" not in seen, "nobody is looked up where nobody needs to be known"


async def test_headers_of_the_application_are_kept_and_its_list_untouched() -> None:
    own = [(b"content-security-policy", b"sandbox"), (b"vary", b"Accept")]

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": own})
        await send({"type": "http.response.body", "body": b""})

    headers = dict((await _ask(_guarded(app)))[0]["headers"])
    assert headers[b"content-security-policy"] == b"sandbox"
    assert headers[b"vary"] == b"Accept, Origin"
    assert own == [(b"content-security-policy", b"sandbox"), (b"vary", b"Accept")]
