"""The guard in front of every route and method, HTTP and WebSocket alike.

Host → Origin → body limit → token → scope, in this order, before anything is parsed: so that a 401 wins over a
422, and a refused request leaves no trace.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable

import structlog
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cortex.domain.ids import new_id
from cortex.exceptions import CortexError, ForbiddenError, RouteNotFoundError
from cortex.observability.logs import get_logger
from cortex.security.body_limits import BodyLimits, CountingReceive, check_length, check_media_type, too_large
from cortex.security.credentials import is_stream, read_credentials
from cortex.security.gate import Gate
from cortex.security.open_streams import RevocableConnection
from cortex.security.origins import OriginPolicy, ServedAt
from cortex.security.refusals import DecoratedSend, Render, answer_preflight, refuse
from cortex.security.route_table import UNKNOWN, RouteRule, RouteTable

_SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")
log = get_logger(__name__)


class Guard:
    """Plain ASGI. A request that passes finds `state.request_id`, and `state.caller` unless the route is exempt."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        gate: Callable[[Scope], Gate],
        routes: Callable[[], RouteTable],
        origins: OriginPolicy,
        limits: BodyLimits,
        render: Render,
    ):
        """`gate` finds the gate of the running application, `routes` is asked once, at the first request."""
        self._app = app
        self._gate = gate
        self._build_routes = routes
        self._routes: RouteTable | None = None
        self._origins = origins
        self._limits = limits
        self._render = render

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        request_id = _request_id(headers)
        scope.setdefault("state", {})["request_id"] = request_id
        connection = RevocableConnection(scope["type"], receive, send)
        answer = DecoratedSend(connection.send, request_id=request_id)
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._check_and_pass(scope, headers, connection, answer)
            except CortexError as error:
                if answer.started:
                    raise
                log.info("refused", error=error.code, method=scope.get("method", "WS"))
                await refuse(error, self._render, scope, receive, answer)

    async def _check_and_pass(
        self, scope: Scope, headers: Headers, connection: RevocableConnection, answer: DecoratedSend
    ) -> None:
        served = _served_at(scope)
        _check_target(scope)
        self._origins.check_host(headers.getlist("host"), served)
        rule = self._rule(scope)
        extensions = rule.exemption is not None and rule.exemption.extensions
        answer.origin = self._origins.check_origin(headers.getlist("origin"), served, extensions=extensions)
        if answer.origin is not None and _is_preflight(scope, headers):
            await answer_preflight(
                answer,
                method=headers["access-control-request-method"],
                headers=headers.get("access-control-request-headers", ""),
                private_network="access-control-request-private-network" in headers,
            )
            return
        limit = self._limits.of(rule.access.body) if scope["type"] == "http" else None
        check_length(headers, limit)
        async with contextlib.AsyncExitStack() as stack:
            if rule.exemption is None:
                gate = self._gate(scope)
                caller = await gate.identify(read_credentials(scope, headers, served.port))
                if not rule.access.admits(caller.scope):
                    raise ForbiddenError(
                        f"A key with the scope {caller.scope.value!r} may not do this. Nothing was done."
                    )
                scope["state"]["caller"] = caller
                if caller.id is not None and is_stream(scope, headers):
                    revoked = stack.enter_context(gate.open_streams.of(caller.id))
                    await stack.enter_async_context(connection.until(revoked))
            if scope["type"] == "websocket":
                if rule is UNKNOWN:  # the router would close the handshake without a word
                    raise RouteNotFoundError
                await self._app(scope, connection.receive, answer)
                return
            check_media_type(headers, rule.access.body)
            if limit is None:
                await self._pass(scope, connection.receive, answer)
            else:
                await self._pass_counted(scope, connection.receive, answer, limit)

    async def _pass_counted(self, scope: Scope, receive: Receive, answer: DecoratedSend, limit: int) -> None:
        """Whatever the application makes of a body that turned out too large, the answer is a 413."""
        counting = CountingReceive(receive, limit)

        async def unless_exceeded(message: Message) -> None:
            if answer.started or not counting.exceeded:
                await answer(message)

        await self._pass(scope, counting, answer, unless_exceeded)
        if counting.exceeded and not answer.started:
            await refuse(too_large(limit), self._render, scope, receive, answer)

    async def _pass(self, scope: Scope, receive: Receive, answer: DecoratedSend, send: Send | None = None) -> None:
        try:
            await self._app(scope, receive, send or answer)
        except CortexError:
            raise
        except ClientDisconnect:
            log.info("the client left before its request was read")
        except Exception as error:
            log.error("unexpected error", exc_info=error)
            if answer.started:
                raise
            raise CortexError(
                "Something went wrong inside Cortex. What was saved is safe. The log has the details."
            ) from error

    def _rule(self, scope: Scope) -> RouteRule:
        if self._routes is None:
            self._routes = self._build_routes()
        path = scope["path"]
        method = scope["method"] if scope["type"] == "http" else None
        return self._routes.find(path.rstrip("/") or "/", method)


def _request_id(headers: Headers) -> str:
    offered = headers.get("x-request-id", "")
    return offered if _SANE_REQUEST_ID.fullmatch(offered) else new_id("req")


def _served_at(scope: Scope) -> ServedAt:
    server = scope.get("server")
    if not server or server[1] is None:
        raise ForbiddenError("Cortex is served on a TCP port only.")
    return ServedAt(server[0], server[1])


def _check_target(scope: Scope) -> None:
    """The request target must be a path: an absolute form or a userinfo trick would be read as another server's."""
    raw = scope.get("raw_path")
    target = raw if isinstance(raw, bytes) else scope["path"].encode("utf-8", "surrogateescape")
    if not target.startswith(b"/") or target.startswith(b"//"):
        raise ForbiddenError("The request's target must be a path. Nothing was done.")


def _is_preflight(scope: Scope, headers: Headers) -> bool:
    return bool(scope.get("method") == "OPTIONS" and "access-control-request-method" in headers)
