"""A small HTTP server of our own on loopback: tests decide every byte, also where a stream is torn off.

It runs in a thread. What answers is a coroutine from `Request` to `Reply`; a client that leaves cancels it.
"""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import h11

Headers = Sequence[tuple[str, str]]
JSON_TYPE = "application/json; charset=utf-8"
NDJSON_TYPE = "application/x-ndjson"
_DATE = ("Date", "Sat, 21 Nov 2026 07:21:32 GMT")


class TornError(Exception):
    """Raised by an answer: the connection ends here, without a proper end."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The parsed body. Raises ValueError."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole body, or frames that are sent one chunk each."""

    status: int
    headers: Headers
    body: bytes = b""
    frames: AsyncIterator[bytes] | None = None


def whole(status: int, value: object, content_type: str = JSON_TYPE) -> Reply:
    """JSON as Ollama sends it: compact, with its length."""
    body = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    return Reply(status, (("Content-Type", content_type), _DATE, ("Content-Length", str(len(body)))), body)


def text(status: int, value: str) -> Reply:
    """What Ollama says of unknown routes and methods."""
    body = value.encode()
    return Reply(status, (("Content-Type", "text/plain"), _DATE, ("Content-Length", str(len(body)))), body)


def stream(frames: AsyncIterator[bytes]) -> Reply:
    """Lines of JSON as they come."""
    return Reply(200, (("Content-Type", NDJSON_TYPE), _DATE, ("Transfer-Encoding", "chunked")), frames=frames)


class Gate:
    """Holds an answer back until the test opens it."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self._opened = threading.Event()
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    def open(self) -> None:
        """Let everybody through, now and later."""
        self._opened.set()
        for loop, event in self._waiting:
            loop.call_soon_threadsafe(event.set)

    async def passed(self) -> None:
        """Wait until it is open."""
        event = asyncio.Event()
        self._waiting.append((asyncio.get_running_loop(), event))
        self.reached.set()
        if not self._opened.is_set():
            await event.wait()


@dataclass
class WireServer:
    """Serves `answer` on a free port of loopback from `with` to its end."""

    answer: Callable[[Request], Awaitable[Reply]]
    seen: list[Request] = field(default_factory=list)
    left: threading.Event = field(default_factory=threading.Event)
    """Set when a client went away before its answer was complete."""
    opened: int = 0
    """How many connections clients made."""
    at: int = 0
    """The port to serve on; 0 takes any free one."""

    def __enter__(self) -> Self:
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()
        assert self._ready.wait(30), "the stand-in did not start"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)
        assert not self._thread.is_alive(), "the stand-in did not stop"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _run(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._connections: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._connected, "127.0.0.1", self.at)
        self.port: int = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in list(self._connections):
            task.cancel()
        if self._connections:
            await asyncio.wait(self._connections)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        task = asyncio.create_task(self._serve(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = h11.Connection(h11.SERVER)
        try:
            while (request := await _next_request(connection, reader)) is not None:
                self.seen.append(request)
                work = asyncio.create_task(self._reply(connection, writer, request))
                gone = asyncio.create_task(reader.read(65536))
                try:
                    await asyncio.wait((work, gone), return_when=asyncio.FIRST_COMPLETED)
                    if gone.done() and not work.done():
                        self.left.set()
                        return
                    await work
                finally:
                    await _ended(work, gone)
                if connection.our_state is not h11.DONE or connection.their_state is not h11.DONE:
                    return
                connection.start_next_cycle()
        except (TornError, ConnectionError, h11.RemoteProtocolError):
            return  # the connection just ends, which is what is being shown
        finally:
            writer.close()

    async def _reply(self, connection: h11.Connection, writer: asyncio.StreamWriter, request: Request) -> None:
        reply = await self.answer(request)

        async def send(event: h11.Response | h11.Data | h11.EndOfMessage) -> None:
            writer.write(connection.send(event) or b"")
            await writer.drain()

        await send(h11.Response(status_code=reply.status, headers=list(reply.headers)))
        if reply.frames is not None:
            async for frame in reply.frames:
                await send(h11.Data(data=frame))
        elif reply.body:
            await send(h11.Data(data=reply.body))
        await send(h11.EndOfMessage())


async def _next_request(connection: h11.Connection, reader: asyncio.StreamReader) -> Request | None:
    """The next request of a connection; None at its end."""
    head: h11.Request | None = None
    body = b""
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(65536))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            headers = {name.decode(): value.decode() for name, value in head.headers}
            return Request(head.method.decode(), head.target.decode(), headers, body)
        else:
            return None


async def _ended(*tasks: asyncio.Task[Any]) -> None:
    """Cancel what still runs, and wait. What a task raised was seen already, or belongs to a client that left."""
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    for task in tasks:
        if not task.cancelled():
            task.exception()


def closed_port() -> int:
    """A port of loopback on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
