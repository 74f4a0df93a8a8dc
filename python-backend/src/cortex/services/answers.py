"""Answers without a language model: quotations from the best passages, and plain words when there are none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from cortex.domain.conversation import AnswerScope, Citation, Usage
from cortex.domain.search import Passage
from cortex.services.quotations import Quotation, choose

MOST_QUOTATIONS = 4


@dataclass(frozen=True, slots=True)
class Sources:
    """What the answer's `[n]` stand for; comes before the text that uses them."""

    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """The next piece of the answer's text."""

    text: str


AnswerPart = Sources | Words | Usage


@dataclass(frozen=True, slots=True)
class Answerer:
    """Who answers a question from passages that are evidence for it, and under which name.

    `answer` gives the sources, then the text piece by piece; closing it stops the work.
    """

    provider: str
    model: str
    answer: Callable[[str, Sequence[Passage]], AsyncIterator[AnswerPart]]


async def quote(question: str, passages: Sequence[Passage]) -> AsyncIterator[AnswerPart]:
    """An answer made of nothing but quotations, each with its citation."""
    quotations = await asyncio.to_thread(choose, question, passages, most=MOST_QUOTATIONS)
    yield Sources(tuple(_citation(number, quotation) for number, quotation in enumerate(quotations, 1)))
    yield Words("Quoted from your library, as no language model is in use:")
    for number, quotation in enumerate(quotations, 1):
        yield Words(f"\n\n“{' '.join(quotation.text.split())}” [{number}]")
    yield Usage()


EXTRACTIVE = Answerer("embedded", "extractive", quote)


def not_in_library(scope: AnswerScope) -> str:
    """What to say when the evidence is thin."""
    if scope.is_everything:
        return "This is not in your library: nothing saved there answers it well enough to be quoted."
    return (
        "This is not in your library, as far as the chosen part of it goes: "
        "nothing there answers it well enough to be quoted. The rest was not searched."
    )


def _citation(number: int, quotation: Quotation) -> Citation:
    passage = quotation.passage
    return Citation(
        n=number,
        item_id=passage.item_id,
        chunk_id=passage.chunk_id,
        title=passage.title,
        url=passage.url,
        quote=quotation.text,
        start=quotation.start,
        end=quotation.end,
        page=passage.page,
        content_version=passage.content_version,
    )
