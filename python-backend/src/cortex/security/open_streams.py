"""The streams that are open now: they end when the key or session that opened them is revoked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from starlette.types import Message, Receive, Send

_REFUSED_BY_POLICY = 1008


class OpenStreams:
    """Tells every open stream of a key or session that it was revoked."""

    def __init__(self) -> None:
        self._open: dict[str, set[asyncio.Event]] = {}
        self._revoked: set[str] = set()
        """Also those whose stream is just being opened: it was let in a moment before."""

    @contextmanager
    def of(self, identity: str) -> Iterator[asyncio.Event]:
        """Gives what is set when this key or session is revoked."""
        revoked = asyncio.Event()
        if identity in self._revoked:
            revoked.set()
        streams = self._open.setdefault(identity, set())
        streams.add(revoked)
        try:
            yield revoked
        finally:
            streams.discard(revoked)
            if not streams:
                self._open.pop(identity, None)

    def end(self, identity: str) -> None:
        """End all that this key or session has open, or is about to open."""
        self._revoked.add(identity)
        for revoked in self._open.get(identity, ()):
            revoked.set()


class RevocableConnection:
    """A connection's two directions. It can be ended from outside once its answer began, whatever is made of it."""

    def __init__(self, kind: str, receive: Receive, send: Send):
        self._kind = kind
        self._receive = receive
        self._send = send
        self._has_begun = False
        self._is_over = False
        self._revoked: asyncio.Event | None = None

    @asynccontextmanager
    async def until(self, revoked: asyncio.Event) -> AsyncIterator[None]:
        """From here on the connection ends when `revoked` is set."""
        self._revoked = revoked
        ending = asyncio.create_task(self._end_when(revoked))
        try:
            yield
        finally:
            ending.cancel()

    async def receive(self) -> Message:
        """The client's next message; that it left, when it was shut out."""
        if self._revoked is None:
            return await self._receive()
        receiving = asyncio.ensure_future(self._receive())
        shutting_out = asyncio.ensure_future(self._revoked.wait())
        try:
            await asyncio.wait({receiving, shutting_out}, return_when=asyncio.FIRST_COMPLETED)
            if not (self._revoked.is_set() and self._has_begun):
                return await receiving
        finally:
            receiving.cancel()
            shutting_out.cancel()
        await self._end()
        return {"type": f"{self._kind}.disconnect", "code": _REFUSED_BY_POLICY}

    async def send(self, message: Message) -> None:
        """Pass a message on; nothing comes after the end."""
        if self._has_begun and self._revoked is not None and self._revoked.is_set():
            await self._end()
            return
        self._has_begun = self._has_begun or message["type"] in ("http.response.start", "websocket.accept")
        self._is_over = self._is_over or message["type"] == "websocket.close" or _is_last(message)
        await self._send(message)

    async def _end_when(self, revoked: asyncio.Event) -> None:
        await revoked.wait()
        if self._has_begun:  # else it ends with what it begins
            await self._end()

    async def _end(self) -> None:
        if self._is_over:
            return
        self._is_over = True
        if self._kind == "websocket":
            await self._send({"type": "websocket.close", "code": _REFUSED_BY_POLICY, "reason": "revoked"})
        else:
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})


def _is_last(message: Message) -> bool:
    return message["type"] == "http.response.body" and not message.get("more_body", False)
