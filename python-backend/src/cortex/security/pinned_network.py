"""Connections to addresses that were vetted, and to nothing else, with every byte counted."""

from __future__ import annotations

import ssl
import typing
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import httpcore


@dataclass(slots=True)
class Traffic:
    """What went over one connection, in bytes as they were on the wire inside TLS."""

    address: str | None = None
    sent: int = 0
    received: int = 0


class PinnedNetwork(httpcore.AsyncNetworkBackend):
    """Connects to one of `addresses`, whatever name it is asked for: no second look-up can change the target."""

    def __init__(self, addresses: Sequence[str], traffic: Traffic):
        self._addresses = tuple(addresses)
        self._traffic = traffic
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A stream to the first of the vetted addresses that answers."""
        failure: Exception | None = None
        for address in self._addresses:
            self._traffic.address = address
            try:
                stream = await self._backend.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _CountedStream(stream, self._traffic)
        raise failure or httpcore.ConnectError("no address")

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Refused: a page is never behind a local socket."""
        raise httpcore.ConnectError(f"not a network address: {path}")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self._backend.sleep(seconds)


class _CountedStream(httpcore.AsyncNetworkStream):
    def __init__(self, stream: httpcore.AsyncNetworkStream, traffic: Traffic):
        self._stream = stream
        self._traffic = traffic

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = await self._stream.read(max_bytes, timeout)
        self._traffic.received += len(data)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._stream.write(buffer, timeout)
        self._traffic.sent += len(buffer)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        return _CountedStream(await self._stream.start_tls(ssl_context, server_hostname, timeout), self._traffic)

    def get_extra_info(self, info: str) -> typing.Any:
        return self._stream.get_extra_info(info)
