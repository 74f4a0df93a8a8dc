"""What a written answer claims: its sentences, or the parts of them that cite different passages. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cortex.services.citation_markers import MARKER
from cortex.services.retrieval.words import words_of
from cortex.services.sentences import sentence_spans

FEWEST_WORDS = 4
"""Of a part of a sentence that counts as a claim of its own."""
_FILLER = "”"  # closes a sentence together with its stop, in any script
_AFTER_STOP = re.compile(r"(?<=[.!?…。！？｡:\"”’)])[ \t]+(?=\[\d)")
_BULLET = re.compile(r"\s*(?:[-*+•>]|\d{1,3}[.)])\s+|\s*#+\s*")
_CODE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_DECORATION = re.compile(r"[*`~|]|(?<!\w)_|_(?!\w)")


@dataclass(frozen=True, slots=True)
class Statement:
    """A stretch of an answer that states something; offsets are code points of the answer."""

    start: int
    end: int
    text: str
    """Without markers and Markdown."""
    citations: tuple[int, ...]
    paragraph: int


def statements(content: str) -> list[Statement]:
    """The statements of an answer in order: no headings, questions, leads that end in a colon, code."""
    prose = _CODE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), content)
    masked = _masked(prose)
    found: list[Statement] = []
    for begin, stop in sentence_spans(masked, 0, len(masked)):
        for start, end in _parts(prose, begin, stop):
            statement = _statement(prose, start, end)
            if statement is not None:
                found.append(statement)
    return found


def _masked(prose: str) -> str:
    """The answer, of the same length, with markers made part of the sentence that they end."""
    joined = _AFTER_STOP.sub(lambda match: _FILLER * len(match.group()), prose)
    return MARKER.sub(lambda match: _FILLER * len(match.group()), joined)


def _parts(content: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence, cut behind each group of markers that has enough words before it."""
    begin = start
    groups = _groups(content, start, end)
    for number, stop in enumerate(groups):
        words_here = _word_count(content[begin:stop])
        rest = _word_count(content[stop:end])
        if number < len(groups) - 1 and words_here >= FEWEST_WORDS and rest >= FEWEST_WORDS:
            yield begin, stop
            begin = stop
    yield begin, end


def _groups(content: str, start: int, end: int) -> list[int]:
    """Where each run of adjacent markers ends."""
    ends: list[int] = []
    for match in MARKER.finditer(content, start, end):
        if ends and not content[ends[-1] : match.start()].strip(" ,;"):
            ends[-1] = match.end()
        else:
            ends.append(match.end())
    return ends


def _word_count(text: str) -> int:
    return sum(1 for _ in words_of(MARKER.sub(" ", text)))


def _statement(content: str, start: int, end: int) -> Statement | None:
    raw = content[start:end]
    bullet = _BULLET.match(raw)
    if raw.lstrip().startswith("#"):
        return None
    start += bullet.end() if bullet else len(raw) - len(raw.lstrip())
    raw = content[start:end].rstrip()
    citations = tuple(dict.fromkeys(int(number) for number in MARKER.findall(raw)))
    text = " ".join(_DECORATION.sub("", MARKER.sub("", raw)).split())
    words = [word for word, _, _ in words_of(text)]
    unspaced = sum(len(word) for word in words if word[0] >= "\u0e00")
    if not any(any(sign.isalpha() for sign in word) for word in words):
        return None
    if not citations and ((len(words) < FEWEST_WORDS and unspaced < 6) or text.endswith(("?", "？", ":", "："))):
        return None
    return Statement(start, start + len(raw), text, citations, content.count("\n", 0, start))
