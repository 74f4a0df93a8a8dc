"""A site on loopback that pages name images of, and pictures as small as they come."""

from __future__ import annotations

import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.conftest import RunningServer


@dataclass
class Answer:
    """What the site says at one path."""

    body: bytes = b""
    media_type: str = "image/png"
    status: int = 200
    location: str | None = None


@dataclass
class PictureSite:
    """What it answers by path (else 404), and what it was asked."""

    port: int
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def put(self, path: str, body: bytes, media_type: str = "image/png") -> str:
        """Answer with this at `path`; gives the address."""
        self.answers[path] = Answer(body, media_type)
        return self.url(path)


@contextmanager
def serving() -> Iterator[PictureSite]:
    """A running site."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            answer = site.answers.get(self.path, Answer(b"none", "text/plain", 404))
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.media_type)
            self.send_header("Content-Length", str(len(answer.body)))
            if answer.location is not None:
                self.send_header("Location", answer.location)
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            """Not in the output of the tests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = PictureSite(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def let_through(server: RunningServer, *ports: int) -> None:
    """Make these ports of loopback sites of the web to this server; everything else stays closed."""
    server.application.outbound._open_endpoints = frozenset(("127.0.0.1", port) for port in ports)


def png(width: int = 2, height: int = 2, *, said_width: int | None = None) -> bytes:
    """A grey PNG; `said_width` is what its head claims."""
    rows = b"".join(b"\0" + b"\x80" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", said_width or width, height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )


def gif(width: int = 1, height: int = 1) -> bytes:
    """A GIF of one colour."""
    return (
        b"GIF89a"
        + struct.pack("<HH", width, height)
        + b"\x80\0\0\0\0\0\xff\xff\xff"
        + b",\0\0\0\0"
        + struct.pack("<HH", width, height)
        + b"\0\x02\x02D\x01\0;"
    )


def page(*sources: str) -> str:
    """A page that shows images from these addresses."""
    words = "A bridge is built from both sides, and its builders meet in the middle over the water, if all goes well. "
    images = "".join(f'<p>{words * 2}</p><img src="{one}" alt="Bridge {n}">' for n, one in enumerate(sources, 1))
    return (
        f"<html><head><title>Bridges</title></head><body><article><h1>Bridges</h1>{images}<p>{words * 2}</p></article>"
    )
