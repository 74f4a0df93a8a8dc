"""Summaries without a language model: the document's own most telling sentences."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import items, processing, written
from cortex.domain.document import Block
from cortex.domain.item import Item
from cortex.services.extraction.characters import collapse, shorten
from cortex.services.retrieval.words import query_terms, stem, without_stop_words
from cortex.services.sentences import sentence_spans
from cortex.services.stored_blocks import blocks_from_json

EXTRACTIVE = "extractive"
"""`summary_by` of summaries made here."""
_SENTENCES = 3
_LENGTH = 500
"""Code points that a summary does not exceed but by its first sentence."""
_LONGEST_SENTENCE = 400
_CONSIDERED = 250
"""Sentences from the beginning that are looked at: what a document is about stands there, and time stays bounded."""
_PROSE = {"paragraph": 1.0, "quote": 0.8, "list_item": 0.6}
_ALIKE = 0.5
"""Cosine from which a sentence says again what another one said."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    place: int
    text: str
    terms: Counter[str]
    weight: float


class SummaryService:
    """Summarises items."""

    def __init__(self, database: Database):
        self._database = database

    async def summarise_item(self, item: Item) -> None:
        """Give the item the summary of its current version; none where there is no prose.

        It takes the place of what a language model wrote about other content.
        """
        content = await self._database.read(lambda connection: items.content(connection, item.id, item.content_version))
        if content is None or content.text is None:
            return
        text, blocks = content.text, blocks_from_json(content.blocks)
        summary = await asyncio.to_thread(summarise, text, blocks, title=item.title)

        def store(connection: Connection) -> None:
            if processing.current(connection, item.id, item.content_version) is not None:
                items.update(connection, item.id, summary=summary, summary_by=EXTRACTIVE if summary else None)
                written.forget(connection, items.number_of(connection, item.id), item.content_version)

        await self._database.write(store)


def summarise(text: str, blocks: Sequence[Block], *, title: str = "") -> str | None:
    """Up to three sentences of the text, in its order; None when it has no prose. The same text gives the same.

    Each sentence is scored by its likeness to the whole (cosine to the centroid of tf·idf vectors), to the title,
    and by its place; one that repeats a chosen one is left out.
    """
    sentences = _sentences(text, blocks)
    if not sentences:
        return None
    vectors = _vectors([sentence.terms for sentence in sentences])
    centroid: dict[str, float] = {}
    for vector in vectors:
        for term, value in vector.items():
            centroid[term] = centroid.get(term, 0.0) + value
    heading = dict.fromkeys(_terms(title), 1.0)
    scores = [
        sentence.weight * (_cosine(vector, centroid) + 0.25 * _cosine(vector, heading) + 0.35 / (1 + sentence.place))
        for sentence, vector in zip(sentences, vectors, strict=True)
    ]
    chosen: list[int] = []
    length = 0
    for index in sorted(range(len(sentences)), key=lambda index: (-scores[index], index)):
        room = _LENGTH - length
        if chosen and (
            len(sentences[index].text) > room
            or any(_cosine(vectors[index], vectors[other]) > _ALIKE for other in chosen)
        ):
            continue
        chosen.append(index)
        length += len(sentences[index].text) + 1
        if len(chosen) == _SENTENCES:
            break
    return " ".join(sentences[index].text for index in sorted(chosen))


def _sentences(text: str, blocks: Sequence[Block]) -> list[_Sentence]:
    found: list[_Sentence] = []
    short: list[_Sentence] = []
    for block in blocks or (Block("paragraph", 0, len(text)),):
        weight = _PROSE.get(block.kind)
        if weight is None:
            continue
        for start, end in sentence_spans(text, block.start, block.end):
            sentence = collapse(text[start : min(end, start + 2 * _LONGEST_SENTENCE)])
            terms = Counter(_terms(sentence))
            if not terms:
                continue
            place = len(found) + len(short)
            entry = _Sentence(place, shorten(sentence, _LONGEST_SENTENCE), terms, weight)
            (found if len(terms) >= 4 and not sentence.endswith(":") else short).append(entry)
            if place >= _CONSIDERED:
                return found
    return found or short


def _terms(text: str) -> list[str]:
    return [stem(term) for term in without_stop_words(query_terms(text))]


def _vectors(counts: Sequence[Counter[str]]) -> list[dict[str, float]]:
    frequency = Counter(term for count in counts for term in count)
    total = len(counts)
    return [
        {term: (1 + math.log(number)) * math.log(1 + total / frequency[term]) for term, number in count.items()}
        for count in counts
    ]


def _cosine(one: dict[str, float], other: dict[str, float]) -> float:
    small, large = (one, other) if len(one) <= len(other) else (other, one)
    product = sum(value * large[term] for term, value in small.items() if term in large)
    if product == 0.0:
        return 0.0
    return product / math.sqrt(sum(v * v for v in one.values()) * sum(v * v for v in other.values()))
