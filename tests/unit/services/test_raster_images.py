"""What an image's first bytes say, kind by kind, and that nothing else is taken for one."""

from __future__ import annotations

import struct

import pytest
from tests.picture_site import gif, png

from cortex.services.page_images import image_sources
from cortex.services.raster_images import RasterImage, is_drawing, recognise

NOTES = b"\xff\xe1" + struct.pack(">H", 60_000) + bytes(59_998)
JPEG = b"\xff\xd8" + NOTES + b"\xff\xff\xc2" + struct.pack(">HBHH", 11, 8, 480, 640) + b"\x01\x01\x11\0"
RIFF = b"RIFF\0\0\0\0WEBP"
LOSSY = RIFF + b"VP8 \0\0\0\0\x30\x01\0\x9d\x01\x2a" + struct.pack("<HH", 320, 0x4000 | 200)
LOSSLESS = RIFF + b"VP8L\0\0\0\0\x2f" + struct.pack("<I", (150 - 1) << 14 | (75 - 1))
EXTENDED = RIFF + b"VP8X\x0a\0\0\0\0\0\0\0" + (4000 - 1).to_bytes(3, "little") + (3000 - 1).to_bytes(3, "little")
AVIF = (
    struct.pack(">I", 28) + b"ftypmif1\0\0\0\0mif1avifmiaf" + b"meta....ispe" + struct.pack(">III", 0, 1200, 800)
    + b"ispe" + struct.pack(">III", 0, 64, 48)
)  # fmt: skip


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (png(3, 5), RasterImage("image/png", 3, 5)),
        (gif(7, 2), RasterImage("image/gif", 7, 2)),
        (JPEG, RasterImage("image/jpeg", 640, 480)),
        (LOSSY, RasterImage("image/webp", 320, 200)),
        (LOSSLESS, RasterImage("image/webp", 75, 150)),
        (EXTENDED, RasterImage("image/webp", 4000, 3000)),
        (AVIF, RasterImage("image/avif", 1200, 800)),
    ],
    ids=["png", "gif", "jpeg", "webp-lossy", "webp-lossless", "webp-extended", "avif"],
)
def test_kind_and_size_stand_in_the_first_bytes(data: bytes, found: RasterImage) -> None:
    assert recognise(data) == found
    # Cut off anywhere before its size stands there, it is no image, and no error.
    assert {recognise(data[:end]) for end in range(len(data))} <= {None, found}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>",
        b"%PDF-1.7",
        b"BM" + bytes(60),
        b"\xff\xd8\xff\xd9" * 20,
        RIFF.replace(b"WEBP", b"WAVE") + bytes(40),
        AVIF.replace(b"avif", b"heic"),
        png(2, 2, said_width=0)[:16] + bytes(8),
    ],
)
def test_anything_else_is_none(data: bytes) -> None:
    assert recognise(data) is None


def test_drawings_are_told_from_pages() -> None:
    assert is_drawing(b'\xef\xbb\xbf<?xml version="1.0"?><!-- x --><SVG xmlns="x">')
    assert is_drawing(b"  <svg>")
    assert not is_drawing(b"<html><svg>")
    assert not is_drawing(png())


def test_sources_are_read_once_each_in_their_order() -> None:
    html = (
        '<p><img alt="<img data-src=&quot;https://no.example/x&quot;>" data-src="https://a.example/?b=1&amp;c=2"></p>'
        '<img data-src="https://b.example/"><img data-src="https://a.example/?b=1&amp;c=2"><img alt="none">'
    )
    assert image_sources(html) == ("https://a.example/?b=1&c=2", "https://b.example/")
