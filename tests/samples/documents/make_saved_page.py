"""Writes the sample of a page saved whole (MHTML) beside this file, as browsers write them.

Run it again only to change it; the file is committed. Everything in this folder is under the repository's licence.
"""

from __future__ import annotations

import base64
import quopri
from pathlib import Path

HERE = Path(__file__).parent
ADDRESS = "https://harbour.example/lamps/"
_BOUNDARY = "----MultipartBoundary--tide7"
PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Harbour lamps</title>
<meta name="author" content="Ines Duarte"></head><body><nav><a href="/">Home</a></nav><article><h1>Harbour lamps</h1>
<p>The lamps along the quay are lit an hour before sunset, so that the pilots\u2019 boats find their way home.</p>
<p>Each of them burns for eleven hours on one filling; the keeper goes round at midnight to trim the wicks.</p>
<p>In fog a bell is rung as well, twice a minute, from the tower at the end of the <a href="mole">mole</a>.</p>
<img src="lamp.gif" alt="A lamp on the quay"></article></body></html>
"""


def part(kind: str, location: str, content: bytes, *, encoding: str = "quoted-printable", extra: str = "") -> bytes:
    """One part of the message."""
    body = quopri.encodestring(content) if encoding == "quoted-printable" else base64.encodebytes(content)
    head = f"Content-Type: {kind}\nContent-Transfer-Encoding: {encoding}\nContent-Location: {location}\n{extra}\n"
    return head.encode() + body


def message(*parts: bytes, head: str = "") -> bytes:
    """A message of these parts."""
    lines = (
        "From: <Saved by a browser>\nSnapshot-Content-Location: " + ADDRESS + "\nSubject: =?utf-8?Q?Harbour=20lamps?=\n"
        "Date: Mon, 6 May 2024 07:08:09 -0000\nMIME-Version: 1.0\nContent-Type: multipart/related;\n"
        f'\ttype="text/html";\n\tboundary="{_BOUNDARY}"{head}\n\n\n'
    )
    joined = b"".join(f"--{_BOUNDARY}\n".encode() + one + b"\n" for one in parts)
    return (lines.encode() + joined + f"--{_BOUNDARY}--\n".encode()).replace(b"\n", b"\r\n")


def lamps() -> bytes:
    """A page, a frame in it, a style sheet and a picture."""
    return message(
        part("text/html; charset=utf-8", ADDRESS, PAGE.encode(), extra="Content-ID: <frame-1@mhtml.blink>\n"),
        part("text/html", "https://ads.example/", b"<p>Buy lamps now, buy them cheap, buy them today.</p>"),
        part("text/css", "https://harbour.example/style.css", b"p { color: #123456 }"),
        part("image/gif", ADDRESS + "lamp.gif", b"GIF89a", encoding="base64"),
    )


if __name__ == "__main__":
    (HERE / "lamps.mhtml").write_bytes(lamps())
