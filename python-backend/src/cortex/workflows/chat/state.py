"""What travels along the chat graph. It lives for one answer and is never checkpointed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypedDict

from cortex.domain.conversation import AnswerScope, Citation, Usage
from cortex.domain.search import Passage

RetrievePassages = Callable[[str, AnswerScope, int], Awaitable[Sequence[Passage]]]
"""A question, the part of the library that may answer, and how many passages at most; best first."""


class ChatState(TypedDict, total=False):
    """The nodes in the order of their fields: condense, retrieve, judge, compose, verify."""

    question: str
    earlier: tuple[str, ...]
    scope: AnswerScope
    standalone: str
    passages: tuple[Passage, ...]
    found: bool
    content: str
    citations: tuple[Citation, ...]
    usage: Usage
