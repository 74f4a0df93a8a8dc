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
    """The nodes in the order of their fields: condense, retrieve, judge, compose, verify."""

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
