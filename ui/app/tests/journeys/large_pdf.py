"""Write a PDF of two thousand pages: python large_pdf.py FILE [LINES], so many lines of text on each page.

Of a file without lines only the first and the last page have their number written on them, so that it is soon read.

All pages hang from one node, and each stands beside its own text, as programs that join files leave them: whoever wants
the last page has to go past all others.
"""

from __future__ import annotations

import sys
import zlib
from pathlib import Path

PAGES = 2_000
LINES = 12
_WORDS = (
    "harbour", "lighthouse", "water", "current", "moon", "coast", "storm", "keeper", "island", "channel", "season",
    "measure", "record", "ebb", "flood", "gauge", "stone", "bridge", "river", "mouth", "sand", "wind", "north",
    "south", "early", "late", "slow", "deep", "clear", "grey",
)  # fmt: skip


def main() -> None:
    """Write the file."""
    lines = int(sys.argv[2]) if len(sys.argv) > 2 else LINES
    Path(sys.argv[1]).write_bytes(pdf(PAGES, lines))


def pdf(pages: int, lines: int) -> bytes:
    """The bytes of a file of so many pages; every page has other words, and its number in its title."""
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Count %d /Kids [%s] >>"
        % (pages, b" ".join(b"%d 0 R" % (4 + 2 * page) for page in range(pages))),
        3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    }
    for page in range(pages):
        bare = lines == 0 and 0 < page < pages - 1
        text = zlib.compress(b"72 600 200 100 re f" if bare else _text(page, lines))
        objects[4 + 2 * page] = (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> "
            b"/Contents %d 0 R >>" % (5 + 2 * page)
        )
        objects[5 + 2 * page] = b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(text), text)
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in sorted(objects.items()):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, start)
    return bytes(out)


def _text(page: int, lines: int) -> bytes:
    shown = [b"BT /F1 20 Tf 72 770 Td (Page number %d) Tj ET" % (page + 1)]
    for line in range(lines):
        words = " ".join(_WORDS[(page * 7 + line * 13 + word * (page % 5 + 1)) % len(_WORDS)] for word in range(11))
        shown.append(b"BT /F1 11 Tf 72 %d Td (%s %d.) Tj ET" % (735 - 16 * line, words.encode(), page * lines + line))
    return b"\n".join(shown)


if __name__ == "__main__":
    main()
