"""Citation markers in a text that is still being written: all the ways models write them, made one."""

from __future__ import annotations

import re
from collections.abc import Iterator

MARKER = re.compile(r"\[(\d{1,2})\]")
"""As they stand in a stored answer."""
_OPEN = "[【"
_NUMBER = r"\d{1,2}"
_WORD = r"(?:passages?|sources?|nos?\.?|n=?|#)?"
_GAP = r"[ \t]{0,2}"  # bounded: a model may be made to write any number of spaces
_RANGE = rf"\^?{_WORD}{_GAP}\"?{_NUMBER}\"?(?:{_GAP}[-–—]{_GAP}{_NUMBER})?(?:†[^\]】\n]{{0,40}})?"
_WRITTEN = re.compile(
    rf"[\[【]{_GAP}{_RANGE}(?:{_GAP}(?:[,;&]|and){_GAP}{_RANGE}){{0,12}}{_GAP}[\]】]",
    re.IGNORECASE,
)
_SPANS = re.compile(rf"({_NUMBER})(?:\s*[-–—]\s*({_NUMBER}))?")
_TO_BE_GONE = re.compile(r"†[^\],;&】\n]*")
_COULD_BE = re.compile(r"[\[【][\w\s\-–—,;&^.#=\"†]{0,60}\Z")
"""The end of a piece, where a marker may have begun that the next piece completes."""
_SPACES = re.compile(r"[ \t]+\Z")
_WIDEST = 9
"""A range of more passages than this is no citation."""


class CitationMarkers:
    """Makes every marker `[n]`, of `known` numbers alone; others go, with the space before them.

    Text in code, between backticks, stays as it is. Feed it piece by piece; what may be half a marker is held back.
    """

    def __init__(self, known: frozenset[int]):
        self._known = known
        self._held = ""
        self._in_code: str | None = None
        """The backticks that opened the code that the text stands in."""
        self._last = ""
        """The last character of that code."""

    def feed(self, piece: str) -> str:
        """What can be shown now."""
        return self._taken(self._held + piece, is_last=False)

    def flush(self) -> str:
        """The rest: nothing follows."""
        return self._taken(self._held, is_last=True)

    def _taken(self, text: str, *, is_last: bool) -> str:
        shown: list[str] = []
        place = 0
        while place < len(text):
            tick = text.find("`", place)
            if tick < 0:
                break
            run = _run(text, tick)
            if tick + run == len(text) and not is_last:
                break  # more backticks may follow
            shown.append(self._plain(text[place:tick]))
            shown.append(text[tick : tick + run])
            self._toggle(run)
            place = tick + run
        rest = text[place:]
        kept = 0 if is_last else self._kept(rest)
        self._held = rest[len(rest) - kept :]
        shown.append(self._plain(rest[: len(rest) - kept]))
        return "".join(shown)

    def _toggle(self, run: int) -> None:
        ticks = "`" * run
        if self._in_code is None:
            self._in_code, self._last = ticks, ""
        elif self._in_code == ticks:
            self._in_code = None

    def _kept(self, text: str) -> int:
        """How many characters of the end may not be shown yet."""
        tick = len(text) - len(text.rstrip("`"))
        if tick:
            return tick
        if self._in_code is not None:
            return 0
        begun = _COULD_BE.search(text)
        start = begun.start() if begun else len(text)
        spaces = _SPACES.search(text[:start])
        return len(text) - (spaces.start() if spaces else start)

    def _plain(self, text: str) -> str:
        if self._in_code is not None:
            place = (self._last + text).find("\n\n")
            end = place + 2 - len(self._last)
            self._last = text[-1:] or self._last
            if len(self._in_code) > 2 or place < 0:
                return text
            self._in_code = None  # a paragraph ended: it was a lone backtick
            return text[:end] + self._plain(text[end:])
        if not any(sign in text for sign in _OPEN):
            return text
        pieces: list[str] = []
        place = 0
        for match in _WRITTEN.finditer(text):
            numbers = [n for n in _numbers(match.group()) if n in self._known]
            before = text[place : match.start()]
            pieces.append(before if numbers else before.rstrip(" \t"))
            pieces.append("".join(f"[{n}]" for n in dict.fromkeys(numbers)))
            place = match.end()
        return "".join(pieces) + text[place:]


def _run(text: str, start: int) -> int:
    end = start
    while end < len(text) and text[end] == "`":
        end += 1
    return end - start


def _numbers(marker: str) -> Iterator[int]:
    for match in _SPANS.finditer(_TO_BE_GONE.sub("", marker)):
        first = int(match[1])
        last = int(match[2]) if match[2] else first
        if first <= last <= first + _WIDEST:
            yield from range(first, last + 1)
        else:
            yield from (first, last)
