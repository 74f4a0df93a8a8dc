"""Requests as bytes, for what a client library would tidy up."""

from __future__ import annotations

import base64
import json
import os
import socket
from dataclasses import dataclass

from tests.conftest import RunningServer


@dataclass(frozen=True)
class Answer:
    """What came back. `status` is 0 where the connection was closed without an answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def error(self) -> str:
        return str(json.loads(self.body)["error"])


def exchange(server: RunningServer, request: bytes, *, timeout: float = 20) -> Answer:
    """Send these bytes and read one answer."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=timeout) as connection:
        connection.sendall(request)
        return read_answer(connection)


def read_answer(connection: socket.socket) -> Answer:
    """Read one answer: its head, and as much body as it declares."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65536)
        if not piece:
            return Answer(0, {}, received)
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    length = int(headers.get("content-length", "0"))
    while len(body) < length:
        piece = connection.recv(65536)
        if not piece:
            break
        body += piece
    return Answer(int(lines[0].split()[1]), headers, body)


def request(
    server: RunningServer,
    method: str = "GET",
    target: str = "/api/health/detailed",
    *,
    host: str | None = "",
    token: str | None = "",
    version: str = "1.1",
    headers: tuple[str, ...] = (),
    body: bytes = b"",
) -> Answer:
    """One request; `host` and `token` default to the right ones, None leaves them out."""
    lines = [f"{method} {target} HTTP/{version}"]
    if host is not None:
        lines.append(f"Host: {host or f'127.0.0.1:{server.port}'}")
    if token is not None:
        lines.append(f"Authorization: Bearer {token or server.token}")
    if body:
        lines.append(f"Content-Length: {len(body)}")
    lines += [*headers, "", ""]
    return exchange(server, "\r\n".join(lines).encode("latin-1") + body)


def handshake(server: RunningServer, target: str, *headers: str, host: str | None = None) -> Answer:
    """A WebSocket handshake."""
    key = base64.b64encode(os.urandom(16)).decode()
    upgrade = ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}")
    return request(server, "GET", target, host=host or "", token=None, headers=(*upgrade, *headers))
