"""What the stand-ins for cloud services have in common: a script, a wire, and a stream of server-sent events."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.cloud_servers.script import Refuses, Says, Script, answer
from tests.ollama_server.wire import Reply, Request, TornError, WireServer, whole


class Service(WireServer, ABC):
    """Serves on a free port of loopback from `with` to its end. `url` is what to give as the API's address.

    `key`, where there is one, is the only one that is accepted.
    """

    def __init__(self, say: Script = "Hello there.", *, key: str | None = None):
        super().__init__(self._answered)
        self.say = say
        self.key = key

    @abstractmethod
    def presented_key(self, request: Request) -> str | None:
        """The key in a request."""

    @abstractmethod
    def frames(self, said: Says, request: Request) -> Iterator[bytes | Piece]:
        """The events of a streamed answer. Pieces of text are marked: faults happen between them."""

    @abstractmethod
    def refusal(self, said: Refuses) -> object:
        """An error, as the service words it."""

    @abstractmethod
    def error_inside(self) -> bytes:
        """An error after the answer began, as the service words it."""

    @abstractmethod
    async def other(self, request: Request) -> Reply | None:
        """What is answered to anything but a chat; None for a chat."""

    async def _answered(self, request: Request) -> Reply:
        if self.key is not None and self.presented_key(request) != self.key:
            return self._refused(self.wrong_key(request))
        if (reply := await self.other(request)) is not None:
            return reply
        said = answer(self.say, request)
        return self._refused(said) if isinstance(said, Refuses) else self._streamed(said, request)

    def wrong_key(self, request: Request) -> Refuses:
        """What a wrong key is answered with. It repeats the key, as the worst of servers would."""
        return Refuses(401, f"Incorrect API key provided: {self.presented_key(request)}.", "authentication_error")

    def _refused(self, said: Refuses) -> Reply:
        reply = whole(said.status, self.refusal(said), "application/json")
        return Reply(reply.status, (*reply.headers, *said.headers), reply.body)

    def _streamed(self, said: Says, request: Request) -> Reply:
        async def events() -> AsyncIterator[bytes]:
            count = 0
            for frame in self.frames(said, request):
                if isinstance(frame, Piece):
                    if count == said.dies_after:
                        raise TornError
                    if count == said.fails_after:
                        yield self.error_inside()
                        return
                    if said.held_after is not None and count == said.held_after[0]:
                        await said.held_after[1].passed()
                    if count == said.stops_after:
                        yield frame.empty
                        return
                    count += 1
                    yield frame.event
                else:
                    yield frame

        headers = (("Content-Type", "text/event-stream; charset=utf-8"), ("Transfer-Encoding", "chunked"))
        return Reply(200, headers, frames=events())


@dataclass(frozen=True)
class Piece:
    """The event that carries a piece of an answer, and the same one with nothing in it."""

    event: bytes
    empty: bytes = b""


def event(content: object, name: str | None = None) -> bytes:
    """One server-sent event."""
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(content, ensure_ascii=False)}\n\n".encode()


def vectors(texts: Sequence[str], dimension: int) -> list[list[float]]:
    """Something like embeddings: not of unit length, and different for different texts."""
    return [
        [float((len(text) * (place + 3) + sum(text.encode())) % 17 - 8) for place in range(dimension)] for text in texts
    ]


def content(request: Request) -> dict[str, Any]:
    """The object in a request's body."""
    body: dict[str, Any] = request.json()
    return body
