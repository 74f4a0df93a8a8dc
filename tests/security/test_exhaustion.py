"""Security row 28: more than anybody needs is refused at once, and memory stays flat."""

from __future__ import annotations

import json
import socket
import time

import psutil
import pytest
from tests.conftest import RunningServer
from tests.security.raw_http import Answer, read_answer, request

from cortex.config import load_settings
from cortex.main import create_app

MEBIBYTE = 1024 * 1024
JSON = "Content-Type: application/json"
READS_JSON = [
    (method.upper(), path)
    for path, operations in create_app(load_settings(in_memory=True)).openapi()["paths"].items()
    for method, operation in operations.items()
    if "application/json" in operation.get("requestBody", {}).get("content", {}) and operation["security"]
]


def _head(server: RunningServer, method: str, target: str, *headers: str, token: bool = True) -> bytes:
    lines = [f"{method} {target} HTTP/1.1", f"Host: 127.0.0.1:{server.port}", *headers]
    if token:
        lines.append(f"Authorization: Bearer {server.token}")
    return "\r\n".join([*lines, "", ""]).encode()


def _stream(server: RunningServer, head: bytes, piece: bytes, total: int) -> tuple[Answer, int]:
    """Send `piece` again and again up to `total` bytes, or until an answer comes; gives it and what was sent."""
    sent = 0
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(head)
        connection.setblocking(False)
        while sent < total:
            try:
                sent += connection.send(piece)
            except BlockingIOError:
                pass
            except ConnectionError:
                break
            try:
                if connection.recv(1, socket.MSG_PEEK):
                    break
            except BlockingIOError:
                pass
        connection.settimeout(20)
        return read_answer(connection), sent


def test_row_28_a_body_that_declares_too_much_is_refused_unread(server: RunningServer) -> None:
    started = time.monotonic()
    for method, target, size in (
        ("POST", "/api/items", 200 * MEBIBYTE),
        ("POST", "/api/items", 32 * MEBIBYTE + 1),
        ("POST", "/api/auth/keys", MEBIBYTE + 1),
        ("POST", "/api/auth/sessions", MEBIBYTE + 1),
        ("GET", "/api/items", 2 * MEBIBYTE),
        ("DELETE", "/api/items/x", 200 * MEBIBYTE),
        ("POST", "/api/no-such-route", 200 * MEBIBYTE),
        ("POST", "/api/items", 10**18),
    ):
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
            connection.sendall(_head(server, method, target, JSON, f"Content-Length: {size}"))
            answer = read_answer(connection)
        assert (answer.status, answer.error) == (413, "payload_too_large"), f"{method} {target}"
        assert json.loads(answer.body)["request_id"]
    assert time.monotonic() - started < 10


def test_row_28_the_body_limit_comes_before_the_token(server: RunningServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(_head(server, "POST", "/api/items", JSON, "Content-Length: 999999999", token=False))
        assert read_answer(connection).status == 413


def test_row_28_chunks_without_a_length_are_counted(server: RunningServer) -> None:
    before = psutil.Process().memory_info().rss
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    answer, _ = _stream(
        server, _head(server, "POST", "/api/auth/keys", JSON, "Transfer-Encoding: chunked"), chunk, 200 * MEBIBYTE
    )
    assert (answer.status, answer.error) == (413, "payload_too_large")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert psutil.Process().memory_info().rss - before < 50 * MEBIBYTE


def test_row_28_a_preamble_without_end(server: RunningServer) -> None:
    before = psutil.Process().memory_info().rss
    size = 50 * MEBIBYTE
    head = _head(
        server, "POST", "/api/items/upload", "Content-Type: multipart/form-data; boundary=x", f"Content-Length: {size}"
    )
    answer, _ = _stream(server, head, b"a" * 65536, size)
    assert answer.status in (400, 413, 422)
    assert psutil.Process().memory_info().rss - before < 50 * MEBIBYTE


def test_row_28_five_thousand_ranges(server: RunningServer) -> None:
    with server.client() as client:
        item = client.post("/api/items", json={"content": "words " * 100, "content_type": "text/plain"}).json()["id"]
        ranges = ",".join(f"{n}-{n}" for n in range(5000))
        answer = client.get(f"/api/items/{item}/original", headers={"Range": f"bytes={ranges}"})
    assert answer.status_code in (200, 400, 416, 431)
    assert len(answer.content) < 5000, "never a part for each range"


@pytest.mark.parametrize(("method", "path"), READS_JSON, ids=[f"{method} {path}" for method, path in READS_JSON])
def test_row_28_ten_thousand_levels(server: RunningServer, method: str, path: str) -> None:
    deep = b"[" * 10_000 + b"]" * 10_000
    for body in (deep, b'{"content": ' + deep + b"}", b'{"a":' * 10_000 + b"1" + b"}" * 10_000, b"[" * 500_000):
        answer = request(server, method, path.replace("{", "").replace("}", ""), headers=(JSON,), body=body)
        assert 400 <= answer.status < 500, f"{method} {path}: {answer}"


def test_row_28_headers_without_end(server: RunningServer) -> None:
    head = f"GET /api/items HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nX-A: ".encode()
    answer, sent = _stream(server, head, b"a" * 65536, 50 * MEBIBYTE)
    assert answer.status in (0, 400, 431)
    assert sent < 10 * MEBIBYTE
