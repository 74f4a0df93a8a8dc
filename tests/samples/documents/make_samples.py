"""Writes the sample PDFs beside this file, byte by byte: two and three pages, one locked, one scanned, one broken.

Run it again only to change them; the files are committed. Everything in this folder is under the repository's licence.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

HERE = Path(__file__).parent
_PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
_ID = b"0123456789abcdef"


def _page(lines: list[tuple[int, int, str]]) -> bytes:
    """A content stream; each line is font size, height above the bottom, text."""
    return b"\n".join(f"BT /F1 {size} Tf 72 {y} Td ({text}) Tj ET".encode("latin-1") for size, y, text in lines)


def _md5(data: bytes) -> bytes:
    """What the oldest PDF encryption is made of."""
    return hashlib.md5(data, usedforsecurity=False).digest()


def _rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out = bytearray()
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def _pdf(pages: list[bytes], *, password: bytes | None = None) -> bytes:
    objects: dict[int, bytes] = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        4: b"<< /Title (Notes on rivers) /Author (A. Writer) /CreationDate (D:20240102030405Z) >>",
    }
    key = b""
    encrypt = b""
    if password is not None:
        padded = (password + _PADDING)[:32]
        owner = _rc4(_md5(padded)[:5], padded)
        key = _md5(padded + owner + (0xFFFFFFFC).to_bytes(4, "little") + _ID)[:5]
        user = _rc4(key, _PADDING)
        objects[5] = (
            b"<< /Filter /Standard /V 1 /R 2 /O <"
            + owner.hex().encode()
            + b"> /U <"
            + user.hex().encode()
            + b"> /P -4 >>"
        )
        objects.pop(4)
        encrypt = b" /Encrypt 5 0 R"
    kids = []
    number = 10
    for plain in pages:
        salted = _md5(key + (number + 1).to_bytes(3, "little") + b"\0\0")[:10]
        content = _rc4(salted, plain) if key else plain
        objects[number] = (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents "
            + f"{number + 1} 0 R >>".encode()
        )
        objects[number + 1] = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)
        kids.append(f"{number} 0 R")
        number += 2
    objects[2] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(pages)} >>".encode()
    out = bytearray(b"%PDF-1.4\n")
    offsets: dict[int, int] = {}
    for index in sorted(objects):
        offsets[index] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (index, objects[index])
    start = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    for index, offset in sorted(offsets.items()):
        out += b"%d 1\n%010d 00000 n \n" % (index, offset)
    info = b" /Info 4 0 R" if 4 in objects else b""
    out += b"trailer\n<< /Size %d /Root 1 0 R%s%s /ID [<%s> <%s>] >>\n" % (
        number,
        info,
        encrypt,
        _ID.hex().encode(),
        _ID.hex().encode(),
    )
    out += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


def main() -> None:
    first = _page(
        [
            (24, 770, "Rivers"),
            (11, 730, "A river is a natural stream of fresh water that flows towards an ocean, a lake or an-"),
            (11, 716, "other river. Small rivers are called creeks, brooks and rivulets in different regions,"),
            (11, 702, "and no rule says where one name ends and the next begins."),
            (11, 670, "The longest ones cross whole continents before they reach the sea."),
        ]
    )
    second = _page(
        [
            (16, 770, "Sources and mouths"),
            (11, 740, "Most rivers rise from springs, lakes or melting ice, often high up in the mountains."),
            (11, 726, "Where they end, they may build a delta out of what they have carried along."),
        ]
    )
    third = _page(
        [
            (16, 770, "Floods"),
            (11, 740, "After long rain a river leaves its bed. People measure its height at gauges, and some of these"),
            (11, 726, "have been read every day for two hundred years."),
            (11, 690, "The oldest marks are cut into the stones of bridges, where everybody can see them."),
        ]
    )
    (HERE / "three-pages.pdf").write_bytes(_pdf([first, second, third]))
    (HERE / "two-pages.pdf").write_bytes(_pdf([first, second]))
    (HERE / "locked.pdf").write_bytes(_pdf([first], password=b"secret"))
    (HERE / "no-text.pdf").write_bytes(_pdf([b"0.5 g 100 100 300 300 re f"]))
    (HERE / "broken.pdf").write_bytes(_pdf([first])[:150] + b"\0garbage" * 20)


if __name__ == "__main__":
    main()
