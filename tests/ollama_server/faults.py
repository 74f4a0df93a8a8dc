"""What goes wrong with an Ollama, one fault at a time. Each is put on a path of the generative stand-in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from tests.ollama_server import frames
from tests.ollama_server.wire import Gate, Reply, Request, TornError, WireServer, stream, whole


class Fault(Protocol):
    """Changes the answer to a request."""

    async def spoil(self, reply: Reply) -> Reply:
        """The answer as it is sent instead."""
        ...


@dataclass(frozen=True)
class KilledMidStream:
    """The server dies after so many lines: the stream just ends."""

    lines: int

    async def spoil(self, reply: Reply) -> Reply:
        async def torn() -> AsyncIterator[bytes]:
            async for line in _first(reply, self.lines):
                yield line
            raise TornError

        return stream(torn())


@dataclass(frozen=True)
class RunnerDies:
    """The process that runs the model dies: an `error` line, and a proper end."""

    lines: int

    async def spoil(self, reply: Reply) -> Reply:
        async def ended() -> AsyncIterator[bytes]:
            async for line in _first(reply, self.lines):
                yield line
            yield frames.line({"error": "an error was encountered while running the model: unexpected EOF"})

        return stream(ended())


@dataclass(frozen=True)
class CutJSON:
    """The line after so many stops in its middle, and the stream ends properly."""

    lines: int

    async def spoil(self, reply: Reply) -> Reply:
        async def cut() -> AsyncIterator[bytes]:
            sent = 0
            async for line in _lines(reply):
                if sent == self.lines:
                    yield line[: len(line) // 2]
                    return
                yield line
                sent += 1

        return stream(cut())


@dataclass(frozen=True)
class EndsEarly:
    """The stream ends properly after so many lines, without the one that says that all is done."""

    lines: int

    async def spoil(self, reply: Reply) -> Reply:
        return stream(_first(reply, self.lines))


@dataclass(frozen=True)
class QueueFull:
    """Too many requests wait already."""

    async def spoil(self, reply: Reply) -> Reply:
        return whole(503, {"error": "server busy, please try again.  maximum pending requests exceeded"})


@dataclass(frozen=True)
class Held:
    """Nothing is sent, not even headers, before the gate opens: a slow first token."""

    gate: Gate

    async def spoil(self, reply: Reply) -> Reply:
        await self.gate.passed()
        return reply


@dataclass(frozen=True)
class HeldMidStream:
    """So many lines, then nothing before the gate opens."""

    lines: int
    gate: Gate

    async def spoil(self, reply: Reply) -> Reply:
        async def held() -> AsyncIterator[bytes]:
            count = 0
            async for line in _lines(reply):
                if count == self.lines:
                    await self.gate.passed()
                yield line
                count += 1

        return stream(held())


async def not_ollama(request: Request) -> Reply:
    """What another program on the port answers to everything."""
    page = b"<!doctype html><title>Router</title><p>Please sign in."
    return Reply(200, (("Content-Type", "text/html"), ("Content-Length", str(len(page)))), page)


def another_program() -> WireServer:
    """A server that is not an Ollama."""
    return WireServer(not_ollama)


async def _first(reply: Reply, count: int) -> AsyncIterator[bytes]:
    sent = 0
    async for line in _lines(reply):
        if sent == count:
            return
        yield line
        sent += 1


async def _lines(reply: Reply) -> AsyncIterator[bytes]:
    if reply.frames is None:
        yield reply.body
        return
    async for line in reply.frames:
        yield line
