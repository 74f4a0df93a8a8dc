"""Lines of a PDF's page, and the paragraphs and headings that they make."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

# Ligatures and Arabic presentation forms are the font's business; other compatibility characters
# (², ½, ™) mean something.
_PRESENTATION = re.compile("[\ufb00-\ufb06\ufb13-\ufb17\ufb1d-\ufdff\ufe70-\ufefc]")
_HYPHENS = "-\u2010\u00ad\ufffe\x02"
_NUMBERS = re.compile(r"\d+")
_BULLET = re.compile(r"^(?:[•‣◦▪●○–—*·\uf0b7]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s+\S")
_REPEATED_SHARE = 0.6
_REPEATED_PAGES = 4


@dataclass(slots=True)
class Line:
    """One line of a page; coordinates in points, upwards; `size` is the font's, 0 where unknown."""

    text: str
    size: float = 0.0
    left: float = 0.0
    right: float = 0.0
    bottom: float = 0.0
    top: float = 0.0
    end_bottom: float = 0.0
    """Of the last character: pdfium puts the two lines around a hyphen into one."""


@dataclass(slots=True)
class Paragraph:
    text: str
    level: int = 0
    """1-3 for a heading, else 0."""


def plain_characters(text: str) -> str:
    """Text without ligatures and presentation forms."""
    return _PRESENTATION.sub(lambda found: unicodedata.normalize("NFKC", found.group()), text)


def without_running_lines(pages: Sequence[list[Line]]) -> list[list[Line]]:
    """Pages without the headers and footers that most of them share but for their numbers."""
    if len(pages) < _REPEATED_PAGES:
        return [list(page) for page in pages]
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({_NUMBERS.sub("#", line.text.strip()) for line in [*page[:2], *page[-2:]]})
    repeated = {text for text, count in seen.items() if count >= len(pages) * _REPEATED_SHARE}
    out = []
    for page in pages:
        edge = {0, 1, len(page) - 1, len(page) - 2}
        kept = [
            line
            for index, line in enumerate(page)
            if index not in edge or _NUMBERS.sub("#", line.text.strip()) not in repeated
        ]
        # A page of nothing else has these lines for its content.
        out.append(kept or list(page))
    return out


def body_size(pages: Sequence[Sequence[Line]]) -> float:
    """The font size that most characters have, in points."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page:
            sizes[round(line.size * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def paragraphs(lines: Sequence[Line], body: float) -> list[Paragraph]:
    """Lines flowed together: a paragraph ends at a gap, a change of size, an indent, a bullet or a short last line."""
    out: list[Paragraph] = []
    group: list[Line] = []
    for line in lines:
        if group and _breaks(group, line):
            out.append(_join(group, body))
            group = []
        group.append(line)
    if group:
        out.append(_join(group, body))
    return [paragraph for paragraph in out if paragraph.text]


def _breaks(group: Sequence[Line], line: Line) -> bool:
    previous = group[-1]
    if _BULLET.match(line.text):
        return True
    if not line.size or not previous.size:
        return previous.text.rstrip().endswith((".", "!", "?", ":", "。")) and len(previous.text) < 50
    if abs(line.size - previous.size) > 0.12 * max(line.size, previous.size):
        # A footnote mark or an inline formula is small and short; a new size with a whole line is a new part.
        return not (line.bottom < previous.top and line.top > previous.bottom)
    height = max(previous.size, line.size)
    step = previous.end_bottom - line.bottom
    if step < -height or step > 2.1 * height:
        return not (step < 0 and not previous.text.rstrip().endswith((".", "!", "?", ":")))
    if len(group) > 1 and step > 1.25 * (group[-2].end_bottom - previous.bottom) > 0 and step > 1.3 * height:
        return True
    if line.left > min(other.left for other in group) + 0.8 * height and step > 0.5 * height:
        return previous.text.rstrip().endswith((".", "!", "?", ":", "”", '"'))
    widest = max(other.right for other in group)
    short = previous.right < widest - 0.25 * (widest - previous.left)
    return len(group) > 1 and short and previous.text.rstrip().endswith((".", "!", "?", ":"))


def _join(group: Sequence[Line], body: float) -> Paragraph:
    text = ""
    for line in group:
        piece = " ".join(line.text.split())
        if not piece:
            continue
        if text and text[-1] in _HYPHENS and piece[0].islower() and len(text) > 1 and text[-2].isalpha():
            text = text[:-1] + piece
        else:
            text = f"{text} {piece}" if text else piece
    text = re.sub("[\ufffe\x02\u00ad]", "-", text) if text and text[-1] in "\ufffe\x02" else text
    size = max((line.size for line in group), default=0.0)
    level = 0
    if body and size and len(text) <= 200 and len(group) <= 4 and any(c.isalpha() for c in text):
        ratio = size / body
        level = 1 if ratio >= 1.6 else 2 if ratio >= 1.3 else 3 if ratio >= 1.13 else 0
    return Paragraph(text, level)
