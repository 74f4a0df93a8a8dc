"""Whether what a model wrote about a text can be true of it: its numbers, its names, its language. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cortex.domain.index_text import folded
from cortex.services.retrieval.words import STOP_WORDS, stem, words_of
from cortex.services.sentences import sentence_spans

_NUMBER = re.compile(r"\d(?:[\d.,:/\u2019'\u00a0\u202f-]*\d)?")
_THOUSANDS = re.compile(r"(?<=\d)[,.'\u2019\u00a0\u202f](?=\d{3}(?!\d))")
_DIGITS = re.compile(r"\d+")
_SPELLED = {
    word: str(number)
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905 - as one reads it
    )
}
_WORD = re.compile(r"[^\W\d_][\w’']*(?:-[^\W\d_][\w’']*)*")
_OPENS = frozenset(":;“„\"'(«[–—•-")
"""After these a word may be written large because it begins something."""
_LARGE_NOUNS = 0.12
"""Share of words within sentences that begin large, from which a language writes all its nouns so."""
_READ = 20_000
"""Code points from which it is judged how a text is written."""
_ENGLISH_WORDS = frozenset(
    "the and of to is that it for with are this by from which have has not you your their its they".split()  # noqa: SIM905 - reads as the words it is
)
"""Frequent in English, and hardly words of other languages."""
_ENGLISH, _NOT_ENGLISH = 0.15, 0.03
"""Their share of English prose at least, of other prose at most. Notes that are mostly code lie between."""
_TELLING_WORDS = 12
_MOST = 6


class Facts:
    """What a document holds, to check many sentences against. Linear in the text."""

    def __init__(self, text: str, around: Iterable[str | None] = ()):
        """`around` is what a model is told beside the text: title, author, site."""
        whole = "\n".join([text, *(part for part in around if part)])
        self._whole = whole
        self._words = {word for word, _, _ in words_of(folded(whole))}
        self._stems = {stem(word) for word in self._words}
        self._numbers = {_plain(match.group()) for match in _NUMBER.finditer(whole)}
        self._numbers |= {digits.lstrip("0") or "0" for digits in _DIGITS.findall(whole)}
        self._numbers |= {number for word, number in _SPELLED.items() if word in self._words}
        head = text[:_READ]
        self._english = _english_share(head)
        self._large_nouns = _large_share(head) >= _LARGE_NOUNS and (self._english or 0.0) < _ENGLISH

    def complaints(self, said: str) -> list[str]:
        """What is wrong with a sentence or paragraph, for the model to read; empty when nothing is."""
        found = [f"The number {number} does not stand in the document." for number in self.strange_numbers(said)]
        found += [f"The name {name} does not stand in the document." for name in self.strange_names(said)]
        if "://" in said or "](" in said:
            found.append("No links and no markup: plain sentences.")
        return found[:_MOST]

    def language_complaints(self, said: str) -> list[str]:
        """Whether it is written in another language than the document, as far as that can be told."""
        share = _english_share(said)
        if share is None or self._english is None:
            return []
        if self._english >= _ENGLISH and share < _NOT_ENGLISH:
            return ["The document is in English: write in English."]
        if self._english < _NOT_ENGLISH and share >= _ENGLISH:
            return ["The document is not in English: write in the language of the document."]
        return []

    def strange_numbers(self, said: str) -> list[str]:
        """Numbers that the document does not hold, however it writes them."""
        return [number for number in _unique(_NUMBER.findall(said)) if not self._knows_number(number)]

    def strange_names(self, said: str) -> list[str]:
        """Names that the document does not hold: words that are written large though no sentence begins there."""
        strange: list[str] = []
        for start, end in sentence_spans(said, 0, len(said)):
            strange += self._strange_in(said[start:end])
        return _unique(strange)

    def _strange_in(self, sentence: str) -> list[str]:
        words = list(_WORD.finditer(sentence))
        within = [_is_within(sentence, match.start()) for match in words]
        strange = []
        for place, match in enumerate(words):
            word = match.group()
            if not _is_large(word) or self._knows_word(word):
                continue
            beside = [
                words[other].group()
                for other in (place - 1, place + 1)
                # where nouns are written large, the first word says nothing: it may be any
                if 0 <= other < len(words) and not (self._large_nouns and not (within[other] and within[place]))
            ]
            if (
                any(letter.isupper() for letter in word[1:])
                or (within[place] and not self._large_nouns)
                or any(_is_large(other) and other.lower() not in STOP_WORDS for other in beside)
            ):
                strange.append(word)
        return strange

    def _knows_number(self, number: str) -> bool:
        if _plain(number) in self._numbers:
            return True
        parts = re.split(r"[-/:.]", number)
        # a date or a time may be written in another order
        return len(parts) > 1 and all((part.lstrip("0") or "0") in self._numbers for part in parts if part)

    def _knows_word(self, word: str) -> bool:
        parts = [part for part, _, _ in words_of(folded(word))]
        if all(part in STOP_WORDS or part in self._words or stem(part) in self._stems for part in parts):
            return True
        return word in self._whole  # `GB` of `10GB`


def _plain(number: str) -> str:
    """`1200` of `1,200`, `7` of `07`."""
    return _THOUSANDS.sub("", number).replace(",", ".").lstrip("0") or "0"


def _is_within(sentence: str, place: int) -> bool:
    """Whether the word at this place begins nothing, so that only a name is written large there."""
    before = sentence[:place].rstrip()
    return bool(before) and before[-1] not in _OPENS


def _is_large(word: str) -> bool:
    return word[0].isupper()


def _large_share(text: str) -> float:
    within = large = 0
    for start, end in sentence_spans(text, 0, len(text)):
        for match in list(_WORD.finditer(text, start, end))[1:]:
            within += 1
            large += _is_large(match.group())
    return large / within if within >= 20 else 0.0


def _english_share(text: str) -> float | None:
    """Share of words that are English; None for too few words to tell. Digits and single letters are no words."""
    words = [word for word, _, _ in words_of(folded(text)) if len(word) > 1 and word.isalpha()]
    if len(words) < _TELLING_WORDS:
        return None
    return sum(word in _ENGLISH_WORDS for word in words) / len(words)


def _unique(found: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(found))
