"""App-wide ASGI middlewares that every request passes: open work is tracked, measured, and paths are evened out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cortex.exceptions import CortexError
from cortex.observability.metrics import Metrics


class OpenRequests:
    """The tasks that answer somebody right now."""

    def __init__(self) -> None:
        self.tasks: set[asyncio.Task[object]] = set()

    async def drained(self, *, timeout_seconds: float) -> None:
        """Wait until all of them have ended, at most this long."""
        if self.tasks:
            await asyncio.wait(self.tasks, timeout=timeout_seconds)


class ExplainedStart:
    """A start that Cortex refuses is said once, in words, by whoever started it: not by a trace in the log."""

    def __init__(self, app: ASGIApp, *, refusal: Callable[[], CortexError | None]):
        self._app = app
        self._refusal = refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on but the trace."""
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return

        async def told(message: Message) -> None:
            refused = message["type"] == "lifespan.startup.failed" and self._refusal() is not None
            await send({"type": message["type"]} if refused else message)

        await self._app(scope, receive, told)


class TrackRequests:
    """Keeps `OpenRequests` and the request metrics true."""

    def __init__(self, app: ASGIApp, *, open_requests: OpenRequests, metrics: Metrics):
        self._app = app
        self._open = open_requests
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                status = message["status"]
                self._metrics.request_seconds.labels(_route(scope)).observe(time.perf_counter() - started)
            elif message["type"] == "websocket.accept":
                status = 101
            await send(message)

        task = asyncio.current_task()
        if task is not None:
            self._open.tasks.add(task)
        if scope["type"] == "websocket":
            self._metrics.streams.inc()
        try:
            await self._app(scope, receive, watched)
        finally:
            if task is not None:
                self._open.tasks.discard(task)
            if scope["type"] == "websocket":
                self._metrics.streams.dec()
            self._metrics.requests.labels(scope.get("method", "WS"), _route(scope), str(status)).inc()


def _route(scope: Scope) -> str:
    """The route's pattern: paths themselves hold ids and would never stop growing."""
    return str(getattr(scope.get("route"), "path", "unmatched"))


class IgnoreTrailingSlash:
    """`/api/items/` is `/api/items`, without a redirect."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on under the evened-out path."""
        if scope["type"] in ("http", "websocket") and len(scope["path"]) > 1 and scope["path"].endswith("/"):
            scope = {**scope, "path": scope["path"].rstrip("/") or "/"}
        await self._app(scope, receive, send)
