"""Snippets: the part of a passage that shows best why it was found, as escaped text with nothing but `<mark>` in it."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Sequence

from cortex.services.retrieval.words import STOP_WORDS, is_unspaced, stem, words_of

LENGTH = 260
"""Characters, about."""
_MOST_READ = 6000

Span = tuple[int, int]


def snippet(text: str, terms: Collection[str], *, length: int = LENGTH) -> str:
    """The stretch of `text` with the most of the terms (stems, or pairs of characters), these marked."""
    text = text[:_MOST_READ]
    found = matches(text, terms)
    start, end = _window(text, found, length)
    shown: list[str] = ["… "] if start > 0 else []
    position = start
    for begin, stop in found:
        if begin < position or stop > end:
            continue
        shown += [html.escape(text[position:begin]), "<mark>", html.escape(text[begin:stop]), "</mark>"]
        position = stop
    shown.append(html.escape(text[position:end]))
    if end < len(text):
        shown.append(" …")
    return " ".join("".join(shown).split())


def matches(text: str, terms: Collection[str]) -> list[Span]:
    """Where words of these stems stand in `text`, in order, adjoining ones of unspaced scripts joined."""
    stems = {stem(term) for term in terms}
    if text.isascii():
        return _ascii_matches(text, stems)
    spans: list[Span] = []
    for word, begin, stop in words_of(text):
        if is_unspaced(word):
            spans += _pair_matches(word, begin, terms)
        elif stem(word) in stems:
            spans.append((begin, stop))
    return spans


def _ascii_matches(text: str, stems: Collection[str]) -> list[Span]:
    """Only words that begin like one of the stems are stemmed: a stem keeps all but a word's last letters."""
    beginnings = "|".join(sorted({re.escape(wanted[: max(1, min(3, len(wanted) - 1))]) for wanted in stems}))
    if not beginnings:
        return []
    likely = re.compile(f"(?<![^\\W_])(?:{beginnings})[^\\W_]*", re.IGNORECASE)
    return [match.span() for match in likely.finditer(text) if stem(match.group().lower()) in stems]


def _pair_matches(run: str, offset: int, terms: Collection[str]) -> list[Span]:
    spans: list[Span] = []
    for place in range(len(run)):
        width = 2 if run[place : place + 2] in terms else 1 if run[place] in terms else 0
        if not width:
            continue
        begin, stop = offset + place, offset + place + width
        if spans and begin <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(stop, spans[-1][1]))
        else:
            spans.append((begin, stop))
    return spans


def _window(text: str, found: Sequence[Span], length: int) -> Span:
    """The stretch with the most different words, the earliest of equally good ones, widened to whole words."""
    if len(text) <= length:
        return 0, len(text)
    best, best_start = 0, 0
    for index, (begin, _) in enumerate(found):
        inside = {text[a:b].lower() for a, b in found[index : index + 40] if b <= begin + length}
        if len(inside) > best:
            best, best_start = len(inside), begin
    start = max(0, best_start - length // 5) if best_start > length // 2 else 0
    start = _word_start(text, start)
    end = min(len(text), start + length)
    if end < len(text):
        space = text.rfind(" ", start + length // 2, end)
        end = space if space != -1 else end
    return start, end


def _word_start(text: str, start: int) -> int:
    """Just behind the white space nearest before `start`."""
    place = start
    while place > 0 and start - place < 30 and not text[place - 1].isspace():
        place -= 1
    return place if place == 0 or text[place - 1].isspace() else start


def marking_terms(terms: Sequence[str]) -> list[str]:
    """The terms worth marking: stop words only when nothing else was asked."""
    return [term for term in terms if term not in STOP_WORDS] or list(terms)
