"""What travels along the chat graph. It lives for one answer and is never checkpointed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypedDict

from cortex.domain.conversation import AnswerScope, Citation, Usage
from cortex.domain.search import Filters, Passage
from cortex.services.answers import Answerer


class RetrievePassages(Protocol):
    """How passages are found (`PassageRetriever.retrieve_passages`)."""

    async def __call__(self, query: str, scope: Filters, *, limit: int) -> Sequence[Passage]:
        """Best first."""
        ...


class ChatState(TypedDict, total=False):
    """What a question brings, then what condense, retrieve, judge and compose (or decline) find out."""

    question: str
    earlier: tuple[str, ...]
    scope: AnswerScope
    answerer: Answerer
    standalone: str
    passages: tuple[Passage, ...]
    found: bool
    content: str
    citations: tuple[Citation, ...]
    usage: Usage
