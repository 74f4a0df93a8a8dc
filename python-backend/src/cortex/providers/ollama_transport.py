"""What is asked of a model on another machine, or of a cloud through an Ollama here: each request is in the ledger."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol, cast

import httpx

from cortex.domain import clock
from cortex.domain.access import OutboundConnection

PURPOSE = "ollama"
PROXIED_TO = "cortex_proxied_to"
"""Extension of a request: the host to which the Ollama on this machine passes it on."""


class ConnectionRecorder(Protocol):
    """Where connections that left the machine are noted."""

    async def add(self, connection: OutboundConnection) -> None:
        """Note one connection."""
        ...


class RecordedTransport(httpx.AsyncBaseTransport):
    """Passes requests on, and notes each that leaves the machine when its answer ended, failed or was given up."""

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        recorder: ConnectionRecorder,
        *,
        is_local: bool = False,
        purpose: str = PURPOSE,
    ):
        self._inner = inner
        self._recorder = recorder
        self._is_local = is_local
        self._purpose = purpose

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request. Sizes are those of the bodies."""
        proxied_to = request.extensions.get(PROXIED_TO) if self._is_local else None
        if self._is_local and proxied_to is None:
            return await self._inner.handle_async_request(request)
        note = _Note(self._recorder, request, proxied_to, self._purpose)
        try:
            response = await self._inner.handle_async_request(request)
        except BaseException as error:
            await note.write(_outcome(error))
            raise
        network = response.extensions.get("network_stream")
        peer = network.get_extra_info("server_addr") if network is not None else None
        note.status = response.status_code
        if peer and proxied_to is None:  # else it is this machine's own
            note.address = str(peer[0])
        response.stream = _NotedStream(cast("httpx.AsyncByteStream", response.stream), note)
        return response

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


class _Note:
    """What is known of one request so far; written once."""

    def __init__(self, recorder: ConnectionRecorder, request: httpx.Request, proxied_to: str | None, purpose: str):
        self._recorder = recorder
        self._purpose = purpose
        self._at = clock.now()
        self._url = httpx.URL(f"https://{proxied_to}") if proxied_to else request.url
        self._sent = int(request.headers.get("content-length", 0))
        self._written = False
        self.address: str | None = None
        self.status: int | None = None
        self.received = 0

    async def write(self, outcome: str) -> None:
        if self._written:
            return
        self._written = True
        await self._recorder.add(
            OutboundConnection(
                at=self._at,
                host=self._url.host,
                port=self._url.port or (443 if self._url.scheme == "https" else 80),
                purpose=self._purpose,
                outcome=outcome,
                address=self.address,
                bytes_sent=self._sent,
                bytes_received=self.received,
                status=self.status,
            )
        )


class _NotedStream(httpx.AsyncByteStream):
    def __init__(self, inner: httpx.AsyncByteStream, note: _Note):
        self._inner = inner
        self._note = note

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for part in self._inner:
                self._note.received += len(part)
                yield part
        except httpx.HTTPError as error:
            await self._note.write(_outcome(error))
            raise
        await self._note.write("ok")

    async def aclose(self) -> None:
        try:
            await self._inner.aclose()
        finally:
            await self._note.write("cancelled")


def _outcome(error: BaseException) -> str:
    match error:
        case httpx.ConnectError() | httpx.ConnectTimeout():
            return "connect"
        case httpx.TimeoutException():
            return "timeout"
        case httpx.HTTPError():
            return "broken"
        case _:
            return "cancelled"
