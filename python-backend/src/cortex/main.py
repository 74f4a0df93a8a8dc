"""The HTTP application and the server that runs it."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import signal
import socket
import threading
from collections.abc import AsyncIterator, Callable
from types import FrameType
from typing import TypedDict

import cortex.api  # noqa: F401 - before FastAPI: it decides what FastAPI builds of itself

# isort: split
import psutil
import uvicorn
from fastapi import FastAPI
from fastapi.routing import APIRoute, APIRouter
from fastapi.telemetry import TelemetryConfig
from uvicorn.config import STARTUP_FAILURE

from cortex import __version__
from cortex.api import (
    access,
    ai_settings,
    auth,
    bulk,
    chat_socket,
    collections,
    connections,
    conversations,
    digests,
    embedding_switch,
    embeddings,
    errors,
    events,
    generate,
    health,
    highlight_lists,
    highlights,
    insights,
    interface,
    item_images,
    items,
    models,
    pages,
    privacy,
    processing,
    providers,
    refresh,
    saved_searches,
    search,
    settings,
    tags,
    tasks,
    tool_calls,
    undo,
    uploads,
    usage,
)
from cortex.api.idempotency import Idempotency
from cortex.api.streams import ExplainedStart, IgnoreTrailingSlash, OpenRequests, TrackRequests
from cortex.bootstrap import Application, assemble
from cortex.config import Settings
from cortex.db import disk
from cortex.exceptions import ConfigurationError, CortexError, PortTakenError, StorageFullError
from cortex.observability.metrics import Metrics
from cortex.worker.background import background

ROUTERS = (
    health.router,
    auth.router,
    bulk.router,
    uploads.router,
    items.router,
    item_images.router,
    refresh.router,
    highlights.router,
    highlight_lists.router,
    tags.router,
    collections.router,
    connections.router,
    tasks.router,
    settings.router,
    ai_settings.router,
    models.router,
    undo.router,
    events.router,
    pages.router,
    interface.router,
    privacy.router,
    processing.router,
    conversations.router,
    generate.router,
    tool_calls.router,
    chat_socket.router,
    search.router,
    saved_searches.router,
    embeddings.router,
    embedding_switch.router,
    providers.router,
    usage.router,
    digests.router,
    insights.router,
)


# FastAPI would trace every request for whatever OpenTelemetry finds in this process or, where
# FASTAPI_OTEL_AUTO_CONFIGURE says so, in its environment.
NOBODY_IS_TOLD: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}

# Whoever supervises Cortex gives it two seconds to be gone.
STREAMS_END_WITHIN_S = 0.5
CONNECTIONS_END_WITHIN_S = 1


class _State(TypedDict):
    application: Application


def create_app(settings: Settings) -> FastAPI:
    """The application for these settings. Its lifespan opens and closes the library.

    `settings.port` must be the port that is really served: Host and Origin are checked against it.
    """
    metrics = Metrics()
    open_requests = OpenRequests()

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[_State]:
        async with contextlib.AsyncExitStack() as opened:
            try:
                application = await opened.enter_async_context(assemble(settings, metrics))
            except (CortexError, OSError) as error:
                refusal = _refusal(error, settings)
                if refusal is None:
                    raise
                app.state.refusal = refusal  # uvicorn only passes on that there was one
                raise refusal from error
            await opened.enter_async_context(background(application))
            app.state.application = application
            yield {"application": application}

    app = FastAPI(
        title="Cortex",
        version=__version__,
        description="A local-first second brain: capture, find, ask.",
        lifespan=lifespan,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation_id,
        telemetry=NOBODY_IS_TOLD,
    )
    app.state.open_requests = open_requests
    errors.install(app)
    for router in ROUTERS:
        _add(app, router)
    # The last one added is the outermost.
    app.add_middleware(Idempotency)
    access.install(app, settings)
    app.add_middleware(IgnoreTrailingSlash)
    app.add_middleware(TrackRequests, open_requests=open_requests, metrics=metrics)
    app.add_middleware(ExplainedStart, refusal=lambda: refusal_of(app))
    return app


def _refusal(error: CortexError | OSError, settings: Settings) -> CortexError | None:
    """Why the library could not be opened, in the words of a start; None where another start may well go."""
    if isinstance(error, StorageFullError):
        return disk.no_room(None if settings.in_memory else settings.data_dir)
    if isinstance(error, CortexError):
        return error
    return disk.unusable(settings.data_dir, error) if disk.refuses(error) and not settings.in_memory else None


def refusal_of(app: FastAPI) -> CortexError | None:
    """Why the library could not be opened, where Cortex itself refused that."""
    refusal: CortexError | None = getattr(app.state, "refusal", None)
    return refusal


def _add(app: FastAPI, router: APIRouter) -> None:
    # `include_router` would make every route a second time, with all its validators: 2 MB of memory for nothing,
    # because no router is included with anything that its routes do not have already.
    for route in router.routes:
        if isinstance(route, APIRoute):
            route.unique_id = _operation_id(route)
    app.router.routes.extend(router.routes)


def _operation_id(route: APIRoute) -> str:
    return route.name


class Server(uvicorn.Server):
    """uvicorn, but every stream hears of the stop and ends properly before connections are closed."""

    def __init__(self, config: uvicorn.Config, *, on_ready: Callable[[], None]):
        super().__init__(config)
        self._on_ready = on_ready

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal asks for a stop in order, which is then a success; a second Ctrl-C for one at once.

        uvicorn's own would raise the signal again after the stop: a supervisor would see a process that was killed.
        """
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so. Raises what refused the start."""
        try:
            await super().startup(sockets)
        except SystemExit:
            app: FastAPI = self.config.app  # type: ignore[assignment] # uvicorn also takes import strings; Cortex never does
            raise refusal_of(app) or SystemExit(STARTUP_FAILURE) from None
        if self.started:
            self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop: streams first, then connections, then the lifespan."""
        app: FastAPI = self.config.app  # type: ignore[assignment] # uvicorn also takes import strings; Cortex never does
        application: Application | None = getattr(app.state, "application", None)
        if application is not None:
            application.stopping.set()
            application.events.close()
            open_requests: OpenRequests = app.state.open_requests
            await open_requests.drained(timeout_seconds=STREAMS_END_WITHIN_S)
        await super().shutdown(sockets)


def server_config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """How uvicorn serves the application."""
    return uvicorn.Config(
        app,
        http="h11",
        ws="websockets-sansio",
        loop="asyncio",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=CONNECTIONS_END_WITHIN_S,
        timeout_keep_alive=30,
        ws_max_size=settings.limits.other_body,
        ws_per_message_deflate=False,
    )


def bind(settings: Settings) -> tuple[socket.socket, Settings]:
    """Take the port; gives the socket and the settings with the port that it really has (0 asks for any free one).

    Raises PortTakenError naming the program that has the port, where that can be known, or ConfigurationError.
    """
    host = "127.0.0.1" if settings.host == "localhost" else settings.host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named in full: asyncio sets TCP_NODELAY only where the protocol is, and an answer without it waits 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # Windows, where SO_REUSEADDR would let two servers share a port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, settings.port))
        listening.listen(512)
    except OSError as error:
        listening.close()
        # Windows refuses a port that another program has for itself alone
        taken = error.errno in (errno.EADDRINUSE, getattr(errno, "WSAEACCES", None))
        raise (PortTakenError if taken else ConfigurationError)(
            f"Cortex was not started: port {settings.port} on {host} cannot be used ({error.strerror})."
            f"{_holder(settings.port)} Stop that program, or choose another port with --port or CORTEX_PORT."
        ) from error
    listening.setblocking(False)
    return listening, settings.model_copy(update={"port": listening.getsockname()[1]})


def _holder(port: int) -> str:
    """A sentence about who listens on a port; empty where the system does not tell."""
    with contextlib.suppress(psutil.Error, OSError):
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN and bool(connection.laddr)
            if listens and connection.laddr.port == port and connection.pid:  # type: ignore[union-attr] # TCP has ports
                return f" It is held by {psutil.Process(connection.pid).name()} (process {connection.pid})."
    return ""


def serve(
    settings: Settings, *, on_ready: Callable[[Settings], None], stop_when: Callable[[], None] | None = None
) -> None:
    """Serve until SIGINT or SIGTERM, or until `stop_when`, run in a thread, returns.

    `on_ready` is told the settings with the real port once requests are answered. Raises what refused the start.
    """
    listening, settings = bind(settings)
    config = server_config(create_app(settings), settings)
    server = Server(config, on_ready=lambda: on_ready(settings))

    async def main() -> None:
        if stop_when is not None:
            loop = asyncio.get_running_loop()
            watcher = threading.Thread(target=_stop_after, args=(stop_when, loop, server), daemon=True)
            watcher.start()
        await server.serve(sockets=[listening])

    asyncio.run(main())
    if not server.started:
        raise SystemExit(STARTUP_FAILURE)


def _stop_after(wait: Callable[[], None], loop: asyncio.AbstractEventLoop, server: uvicorn.Server) -> None:
    wait()

    def stop() -> None:
        server.should_exit = True

    with contextlib.suppress(RuntimeError):  # the loop may have ended meanwhile
        loop.call_soon_threadsafe(stop)
