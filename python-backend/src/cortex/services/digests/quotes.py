"""The sentence of an item that a digest quotes: prose that says most of what the item is about. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cortex.domain.index_text import folded
from cortex.services.retrieval.words import STOP_WORDS, is_unspaced, stem, words_of
from cortex.services.sentences import sentence_spans

LONGEST = 320
"""Code points of a quote: a longer sentence is quoted to the end of a word before that."""
_FEW_WORDS = 5
_MANY_WORDS = 40
_LETTERS = 0.85
_LATER = 0.985
"""What a sentence's score is multiplied by for each one before it: what a text is about stands at its beginning."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A stored passage: `text` stands at `start` of the item's text at `content_version`."""

    chunk_id: str
    content_version: int
    start: int
    page: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """A stretch of a passage; `start` and `end` are code points of the item's text."""

    passage: Passage
    start: int
    end: int

    @property
    def text(self) -> str:
        """Its words, as they stand there."""
        return self.passage.text[self.start - self.passage.start : self.end - self.passage.start]


def telling_quote(passages: Sequence[Passage], about: str, heading: str = "") -> Quoted | None:
    """The best sentence for an item that is `about` this (title, summary), within a theme; None without any text.

    Each is scored by how like what the item is about its words are (a cosine), by the theme's name, by looking like
    prose, and by its place. The same text gives the same.
    """
    wanted, named = _words(about), _words(heading)
    best: Quoted | None = None
    most = -1.0
    place = 0
    seen: set[int] = set()
    for passage in passages:
        for begin, stop in sentence_spans(passage.text, 0, len(passage.text)):
            found = _trimmed(passage, begin, stop)
            if found is None or found.start in seen:  # neighbouring passages overlap
                continue
            seen.add(found.start)
            score = _score(found.text, wanted, named) * _LATER**place
            place += 1
            if score > most:
                best, most = found, score
    return best


def _trimmed(passage: Passage, begin: int, stop: int) -> Quoted | None:
    text = passage.text
    while begin < stop and (text[begin].isspace() or text[begin] in "#>*-•"):
        begin += 1
    while stop > begin and text[stop - 1].isspace():
        stop -= 1
    if stop - begin > LONGEST:
        space = text.rfind(" ", begin + LONGEST // 2, begin + LONGEST)
        stop = space if space > 0 else begin + LONGEST
    if begin >= stop:
        return None
    return Quoted(passage, passage.start + begin, passage.start + stop)


def _score(sentence: str, wanted: frozenset[str], named: frozenset[str]) -> float:
    words = [word for word, _, _ in words_of(folded(sentence))]
    telling = {stem(word) for word in words if word not in STOP_WORDS}
    if not telling:
        return 0.0
    share = len(telling & wanted) / ((len(telling) + 3) * max(len(wanted), 1)) ** 0.5 + 0.15 * bool(telling & named)
    return float(0.1 + share) * (1.0 if _is_prose(sentence, words) else 0.15)


def _is_prose(sentence: str, words: Sequence[str]) -> bool:
    if any(is_unspaced(word) for word in words):
        return True
    plain = sum(sign.isalpha() or sign in " ,.'’-" for sign in sentence)
    whole = len(sentence) < LONGEST or sentence.rstrip()[-1:] in ".!?…"
    ends = sentence.rstrip()[-1:] not in ":{};,"
    return _FEW_WORDS <= len(words) <= _MANY_WORDS * 2 and plain >= _LETTERS * len(sentence) and whole and ends


def _words(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word, _, _ in words_of(folded(text)) if word not in STOP_WORDS)
