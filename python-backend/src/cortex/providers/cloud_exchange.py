"""What goes over the wire for one call to a cloud model: to its place alone, once, and seen by us first.

LiteLLM words requests and reads answers; it opens no connection. Its HTTP clients are given `AmbientTransport`, which
hands each request to the exchange of the call that it belongs to. So every connection is to the configured place, is
in the ledger, and ends with the call; and what went wrong is known from the wire, not from LiteLLM's wording of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Iterator
from contextvars import ContextVar
from typing import cast

import httpx

from cortex.providers.cloud_place import CloudPlace
from cortex.providers.ollama_transport import PROXIED_TO

SILENCE_SECONDS = 600.0
"""A server of the owner's own may load a model, and read a long prompt, before its first word."""

_ERROR_BODY_BYTES = 65_536
_END = re.compile(rb'"(?:finish_reason|stop_reason|finishReason)":\s*"(\w+)"')
"""Why an answer ended, in any of the services' ways. The same inside a text would have its quotes escaped."""
_END_BYTES = 80
_REST_SECONDS = 0.5
_KEY_HEADERS = ("authorization", "x-api-key", "x-goog-api-key", "api-key")
_TIMEOUT = httpx.Timeout(10.0, connect=5.0, read=SILENCE_SECONDS, write=60.0)
_current: ContextVar[Exchange | None] = ContextVar("cloud_exchange", default=None)


class StrayRequestError(httpx.RequestError):
    """LiteLLM wanted to connect to somewhere, or at a time, that no call of ours asked for."""


class Exchange:
    """The one request of one call, through `transport`, which stays open after it."""

    def __init__(self, place: CloudPlace, transport: httpx.AsyncBaseTransport):
        self._place = place
        self._transport = transport
        self._stream: _WatchedStream | None = None
        self._is_spent = False
        self.status: int | None = None
        self.headers = httpx.Headers()
        self.error_body = b""
        """Of an answer with an error, the beginning."""
        self.end: str | None = None
        """Why the answer ended, in the service's word; None while it has not said so."""
        self.failure: httpx.HTTPError | None = None
        """What happened to the connection, also in the middle of an answer."""

    @contextlib.contextmanager
    def current(self) -> Iterator[None]:
        """Requests that are made inside belong to this exchange."""
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)

    async def send(self, request: httpx.Request) -> httpx.Response:
        """Pass the request on. Raises StrayRequestError for a second one: LiteLLM's clients try again by themselves."""
        if self._is_spent:
            raise self.failure or StrayRequestError("A call to a model makes one request.", request=request)
        self._is_spent = True
        self._check(request)
        request.headers["accept-encoding"] = "identity"  # the end of an answer is looked for in its bytes
        request.extensions = {
            **request.extensions,
            PROXIED_TO: self._place.proxied_to,
            "timeout": _TIMEOUT.as_dict(),  # LiteLLM would make all of them one
        }
        try:
            response = await self._transport.handle_async_request(request)
        except httpx.HTTPError as error:
            self.failure = error
            raise
        self.status, self.headers = response.status_code, response.headers
        self._stream = stream = _WatchedStream(cast("httpx.AsyncByteStream", response.stream), self)
        response.stream = stream
        if not response.is_success:
            await self._keep_error(response, stream)
        return response

    async def aclose(self) -> None:
        """End the connection if the answer still comes: a server stops a model that nobody listens to."""
        if self._stream is not None:
            await self._stream.aclose()

    def _check(self, request: httpx.Request) -> None:
        url, address = request.url, self._place.address
        port = url.port or (443 if url.scheme == "https" else 80)
        if (url.scheme, url.host.strip("[]"), port) != (address.scheme, address.host, address.port):
            raise StrayRequestError(f"Only {address.url} may be asked, not {url.host}.", request=request)
        if not self._place.may_be_sent_key:
            for name in _KEY_HEADERS:  # a placeholder: a real key was refused before
                request.headers.pop(name, None)

    async def _keep_error(self, response: httpx.Response, stream: _WatchedStream) -> None:
        """Read what the service says, and give the answer on with the same bytes."""
        raw: list[bytes] = []
        size = 0
        with contextlib.suppress(httpx.HTTPError):  # the status is known; its words are lost
            async for part in stream:
                raw.append(part)
                size += len(part)
                if size > _ERROR_BODY_BYTES:
                    break
        await stream.aclose()
        response.stream = httpx.ByteStream(b"".join(raw))
        with contextlib.suppress(httpx.HTTPError):  # compressed, and cut
            self.error_body = await httpx.Response(
                response.status_code, headers=response.headers, stream=httpx.ByteStream(b"".join(raw))
            ).aread()


class _WatchedStream(httpx.AsyncByteStream):
    def __init__(self, inner: httpx.AsyncByteStream, exchange: Exchange):
        self._inner = inner
        self._parts = aiter(inner)
        self._exchange = exchange
        self._is_closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        tail = b""
        try:
            async for part in self._parts:
                for found in _END.finditer(tail + part):
                    self._exchange.end = found[1].decode()
                tail = part[-_END_BYTES:] if len(part) >= _END_BYTES else (tail + part)[-_END_BYTES:]
                yield part
        except httpx.HTTPError as error:
            self._exchange.failure = error
            raise

    async def aclose(self) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        if self._exchange.end is not None:
            # The answer is whole, but readers stop at its last word. Read to the end, the connection can be used again.
            with contextlib.suppress(httpx.HTTPError, TimeoutError):
                async with asyncio.timeout(_REST_SECONDS):
                    async for _ in self._parts:
                        pass
        await self._inner.aclose()


class AmbientTransport(httpx.AsyncBaseTransport):
    """The transport of every HTTP client that LiteLLM makes."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send through the exchange of the present call. Raises StrayRequestError where there is none."""
        exchange = _current.get()
        if exchange is None:
            raise StrayRequestError(f"LiteLLM wanted to reach {request.url.host} by itself.", request=request)
        return await exchange.send(request)


class NoTransport(httpx.BaseTransport):
    """The transport of clients that block: none of them is used."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Raises StrayRequestError."""
        raise StrayRequestError(f"LiteLLM wanted to reach {request.url.host} by itself.", request=request)
