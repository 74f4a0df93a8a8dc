"""What an answer is made from and of; and answers without a language model: quotations from the best passages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cortex.domain.conversation import AnswerScope, Citation, Usage
from cortex.domain.search import Passage
from cortex.providers.chat_model import Tool, ToolCall
from cortex.providers.gateway.notices import Tell
from cortex.services.chat_history import History
from cortex.services.quotations import Quotation, choose, narrow

MOST_QUOTATIONS = 4


@dataclass(frozen=True, slots=True)
class NumberedPassage:
    """A passage under the number by which an answer cites it: `[n]`, the same in all rounds of an answer."""

    n: int
    passage: Passage
    local_only: bool = False
    """Whether it must not leave the machine."""
    in_exchange: bool = False
    """Whether a tool showed it, so that the model has its text already."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """All that an answer is made from."""

    question: str
    """As it was asked."""
    standalone: str
    """The same without what came before it."""
    passages: tuple[NumberedPassage, ...]
    """Best first."""
    scope: AnswerScope = field(default_factory=AnswerScope)
    history: History = field(default_factory=History)
    exchange: tuple[Mapping[str, Any], ...] = ()
    """What the model and its tools have said in this answer so far (`ChatState.exchange`)."""
    tools: tuple[Tool, ...] = ()
    """What the model may use now."""
    model: str | None = None
    """Asked for by name; None for the owner's choice."""
    tell: Tell = lambda _: None
    """Hears why there is nothing yet."""


@dataclass(frozen=True, slots=True)
class AnsweredBy:
    """Who answers; comes first, and again when somebody else takes over."""

    provider: str
    model: str
    local: bool
    withheld: int = 0
    """Passages that this model must not see, because they may not leave the machine."""
    message: str | None = None
    """Why it is this one, for a person to read, where that is not as usual."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What the answer's `[n]` stand for; comes before the text that uses them."""

    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """The next piece of the answer's text."""

    text: str


@dataclass(frozen=True, slots=True)
class Thought:
    """The next piece of what the model thinks aloud."""

    text: str


@dataclass(frozen=True, slots=True)
class NotFound:
    """The model says that the passages do not hold the answer."""


@dataclass(frozen=True, slots=True)
class ToolRequests:
    """Tools that the model wants to use before it goes on; the last part but the usage."""

    calls: tuple[ToolCall, ...]


AnswerPart = AnsweredBy | Sources | Words | Thought | NotFound | ToolRequests | Usage


@dataclass(frozen=True, slots=True)
class Answerer:
    """Who answers a question from passages that are evidence for it, and under which name until `AnsweredBy` says more.

    `answer` gives its parts as they come, what they cost last; closing it stops the work. It raises
    AIProviderUnavailableError or AIProviderError when it breaks off after something was shown.
    """

    provider: str
    model: str
    answer: Callable[[Inquiry], AsyncGenerator[AnswerPart, None]]


async def quote(inquiry: Inquiry) -> AsyncGenerator[AnswerPart, None]:
    """An answer made of nothing but quotations, each with its citation."""
    passages = [each.passage for each in inquiry.passages]
    quotations = await asyncio.to_thread(choose, inquiry.standalone, passages, most=MOST_QUOTATIONS)
    yield Sources(tuple(citation_of(number, quotation) for number, quotation in enumerate(quotations, 1)))
    yield Words("Quoted from your library, as no language model answered:")
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


def citation_of(number: int, quotation: Quotation) -> Citation:
    """A quotation under its number."""
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


def narrowed(words: str, offered: Sequence[NumberedPassage]) -> tuple[Citation, ...]:
    """Each passage cut down to the sentence or few that say most of what `words` say."""
    found = narrow(words, [each.passage for each in offered])
    return tuple(
        citation_of(each.n, quotation) for each, quotation in zip(offered, found, strict=True) if quotation is not None
    )
