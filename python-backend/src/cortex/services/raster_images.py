"""What an image's first bytes say: its kind and its size in pixels. No picture is decoded here.

Only kinds made of pixels are known. A drawing in SVG is a document that can hold programs, so it is none of them.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

_JPEG_SIZES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
_JPEG_BARE = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers without a length."""
_AVIF_BRANDS = (b"avif", b"avis")
_HEAD = 512 * 1024
"""An image's size stands in its first bytes; behind a camera's notes and colour tables in a JPEG."""
_DRAWING = re.compile(rb"^(?:\xef\xbb\xbf)?\s*(?:<\?xml|<!--|<!doctype svg|<svg)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RasterImage:
    """An image's kind, and its size in pixels."""

    media_type: str
    width: int
    height: int


def recognise(data: bytes) -> RasterImage | None:
    """What image these bytes begin; None where they are no PNG, JPEG, GIF, WebP or AVIF, or end too soon."""
    head = data[:_HEAD]
    try:
        found = _png(head) or _gif(head) or _jpeg(head) or _webp(head) or _avif(head)
    except (struct.error, IndexError):
        return None
    return found if found is not None and found.width > 0 and found.height > 0 else None


def is_drawing(data: bytes) -> bool:
    """Whether these bytes begin an SVG drawing."""
    return _DRAWING.match(data[:1024]) is not None and b"<svg" in data[:4096].lower()


def _png(head: bytes) -> RasterImage | None:
    if not head.startswith(b"\x89PNG\r\n\x1a\n") or head[12:16] != b"IHDR":
        return None
    return RasterImage("image/png", *struct.unpack_from(">II", head, 16))


def _gif(head: bytes) -> RasterImage | None:
    if not head.startswith((b"GIF87a", b"GIF89a")):
        return None
    return RasterImage("image/gif", *struct.unpack_from("<HH", head, 6))


def _jpeg(head: bytes) -> RasterImage | None:
    if not head.startswith(b"\xff\xd8\xff"):
        return None
    place = 2
    while head[place] == 0xFF:
        marker = head[place + 1]
        if marker == 0xFF:  # filling
            place += 1
        elif marker in _JPEG_BARE:
            place += 2
        elif marker in _JPEG_SIZES:
            height, width = struct.unpack_from(">HH", head, place + 5)
            return RasterImage("image/jpeg", width, height)
        else:
            place += 2 + int(struct.unpack_from(">H", head, place + 2)[0])
    return None


def _webp(head: bytes) -> RasterImage | None:
    if head[:4] != b"RIFF" or head[8:12] != b"WEBP":
        return None
    kind = head[12:16]
    if kind == b"VP8X" and len(head) >= 30:
        width, height = (int.from_bytes(head[at : at + 3], "little") + 1 for at in (24, 27))
    elif kind == b"VP8L" and head[20] == 0x2F:
        bits = int(struct.unpack_from("<I", head, 21)[0])
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 " and head[23:26] == b"\x9d\x01\x2a":
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", head, 26))
    else:
        return None
    return RasterImage("image/webp", width, height)


def _avif(head: bytes) -> RasterImage | None:
    if head[4:8] != b"ftyp":
        return None
    end = int(struct.unpack_from(">I", head, 0)[0])
    brands = (head[8:12], *(head[at : at + 4] for at in range(16, min(end, 256), 4)))
    sizes = [struct.unpack_from(">II", head, at.end() + 4) for at in re.finditer(b"ispe", head)]
    if not sizes or not any(brand in _AVIF_BRANDS for brand in brands):
        return None
    return RasterImage("image/avif", *max(sizes, key=lambda size: size[0] * size[1]))
