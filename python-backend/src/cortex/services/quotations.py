"""Choosing what to quote: the few stretches of a sentence or three that cover a question best."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cortex.domain.search import Passage
from cortex.services.retrieval.words import query_terms, stem, without_stop_words
from cortex.services.sentences import sentence_spans

MOST_SENTENCES = 3
MOST_CHARACTERS = 400
"""Of a quotation of several sentences; a single sentence is never cut below `LONGEST`."""
LONGEST = 1200
FEWEST_WORDS = 3
QUOTED_FROM = 6
"""Only the best passages are quoted from."""
_SENTENCE_COST = 0.04
_FRAGMENT_COST = 0.1
"""Of a heading, a list's lead, a cut-off line: it names the subject and says nothing of it."""
_WHOLE_WORDS = 6
_ENDS = re.compile(r"[.!?…。！？।:;][\s\"'”’»)\]]*\Z")
_COVERED_AGAIN = 0.5
_RELEVANCE = 0.2


@dataclass(frozen=True, slots=True)
class Quotation:
    """A stretch worth quoting; offsets are code points of the passage's item text."""

    passage: Passage
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Candidate:
    quotation: Quotation
    base: float
    covers: frozenset[str]


def choose(question: str, passages: Sequence[Passage], *, most: int) -> list[Quotation]:
    """At most `most` quotations that together cover the question's words, best first; they never overlap.

    A word counts by its rarity among the passages found, half as much once an earlier quotation holds it, so that
    the parts of a question ("when … and why …") are all answered. A further sentence must earn its place.
    """
    terms = frozenset(stem(term) for term in without_stop_words(query_terms(question)))
    weights = _rarity(terms, passages)
    open_candidates = [c for passage in passages[:QUOTED_FROM] for c in _candidates(passage, terms)]
    covered: Counter[str] = Counter()
    chosen: list[Quotation] = []
    while open_candidates and len(chosen) < most:
        best = max(open_candidates, key=lambda c: c.base + _gain(c.covers, covered, weights))
        chosen.append(best.quotation)
        covered.update(best.covers)
        open_candidates = [c for c in open_candidates if not _overlap(c.quotation, best.quotation)]
    return chosen or [_beginning(passage) for passage in passages[:1] if passage.text.strip()]


def narrow(words: str, passages: Sequence[Passage]) -> list[Quotation | None]:
    """Of each passage the stretch that holds most of the words; None of one without text."""
    terms = frozenset(stem(term) for term in without_stop_words(query_terms(words)))
    return [_narrowest(passage, terms) for passage in passages]


def _narrowest(passage: Passage, terms: frozenset[str]) -> Quotation | None:
    if not passage.text.strip():
        return None
    share = 1 / max(len(terms), 1)
    best = max(_candidates(passage, terms), key=lambda each: each.base + share * len(each.covers), default=None)
    return best.quotation if best is not None else _beginning(passage)


def _beginning(passage: Passage) -> Quotation:
    """Of a passage without a sentence to speak of (a name, a number, a line of code)."""
    start, end = _trimmed(passage.text, 0, len(passage.text))
    end = min(end, start + MOST_CHARACTERS)
    return Quotation(passage, passage.start + start, passage.start + end, passage.text[start:end])


def _rarity(terms: frozenset[str], passages: Sequence[Passage]) -> Mapping[str, float]:
    """Each word's share of the question's weight; they add up to 1."""
    holding = Counter(term for passage in passages for term in terms & _stems(passage.text))
    raw = {term: math.log(1 + len(passages) / (holding[term] + 0.5)) for term in terms}
    total = sum(raw.values())
    return {term: weight / total for term, weight in raw.items()} if total else {}


def _candidates(passage: Passage, terms: frozenset[str]) -> Iterator[_Candidate]:
    sentences = [_trimmed(passage.text, *span) for span in sentence_spans(passage.text, 0, len(passage.text))]
    sentences = [(start, min(end, start + LONGEST)) for start, end in sentences if end > start]
    stems = [_stems(passage.text[start:end]) for start, end in sentences]
    for first, (start, _) in enumerate(sentences):
        for count in range(1, MOST_SENTENCES + 1):
            if first + count > len(sentences):
                break
            end = sentences[first + count - 1][1]
            if count > 1 and end - start > MOST_CHARACTERS:
                break
            found = frozenset().union(*stems[first : first + count])
            if len(found) < FEWEST_WORDS:
                continue
            text = passage.text[start:end]
            base = _RELEVANCE * (passage.cosine or 0.0) - _SENTENCE_COST * (count - 1)
            base -= _FRAGMENT_COST * ((len(found) < _WHOLE_WORDS) + (_ENDS.search(text) is None))
            quotation = Quotation(passage, passage.start + start, passage.start + end, text)
            yield _Candidate(quotation, base, terms & found)


def _gain(covers: Iterable[str], covered: Counter[str], weights: Mapping[str, float]) -> float:
    return sum(weights[term] * (_COVERED_AGAIN if covered[term] else 1.0) for term in covers)


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(term) for term in query_terms(text))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _overlap(one: Quotation, other: Quotation) -> bool:
    return (
        one.passage.item_id == other.passage.item_id
        and one.passage.content_version == other.passage.content_version
        and one.start < other.end
        and other.start < one.end
    )
