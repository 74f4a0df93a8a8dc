"""Conversations, their messages, and the citations that answers stand on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cortex.domain.tool_call import ToolCallRecord

Role = Literal["user", "assistant"]
MessageStatus = Literal["streaming", "waiting", "done", "cancelled", "interrupted", "failed"]
"""`waiting`: for the owner's word on what the answer wants to do."""
UNTITLED = "New conversation"


@dataclass(frozen=True, slots=True)
class AnswerScope:
    """The part of the library that may answer; all conditions must hold. Empty: all of it."""

    item_ids: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    collection_id: str | None = None

    @property
    def is_everything(self) -> bool:
        return self == AnswerScope()


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage that an answer quotes. Offsets are code points of the item's text at `content_version`."""

    n: int
    """The number in the answer's text: `[n]`."""
    item_id: str
    chunk_id: str
    title: str
    url: str | None
    quote: str
    start: int
    end: int
    page: int | None
    content_version: int
    verified: bool = False
    """Whether `quote` was found at `start`–`end` of that version, word for word, when the answer was made."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that an answer states, and whether the passages that it cites say so.

    Checked word by word, not understood: `reason` tells what does not agree, None when all does.
    """

    start: int
    """Code points of the answer's content."""
    end: int
    citations: tuple[int, ...]
    """The `n` of the citations that it rests on; empty when it names none."""
    supported: bool
    reason: str | None = None
    """`uncited`, `numbers`, `names`, `negation` or `wording`: what the cited passages do not bear out."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer cost, all calls made for it together."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0
    cost_usd: float = 0.0

    def plus(self, prompt_tokens: int, completion_tokens: int, cost_usd: float) -> Usage:
        """With one more call."""
        return Usage(
            self.prompt_tokens + prompt_tokens,
            self.completion_tokens + completion_tokens,
            self.total_tokens + prompt_tokens + completion_tokens,
            self.cost_usd + cost_usd,
        )


@dataclass(frozen=True, slots=True)
class AnswerError:
    """Why an answer failed, for a person to read."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Message:
    """A question or an answer. A question's `status` is always `done`."""

    id: str
    conversation_id: str
    role: Role
    content: str
    status: MessageStatus
    created_at: str
    updated_at: str
    position: int = 0
    found: bool | None = None
    """Of a finished answer: False when it says that the library does not hold the answer."""
    error: AnswerError | None = None
    citations: tuple[Citation, ...] = ()
    scope: AnswerScope = AnswerScope()
    provider: str | None = None
    model: str | None = None
    usage: Usage | None = None
    claims: tuple[Claim, ...] = ()
    suggestions: tuple[str, ...] = ()
    """Questions to go on with."""
    thoughts: str | None = None
    """What the model thought aloud, where the owner lets it."""
    grounds: tuple[str, ...] = ()
    """The ids of all items whose text was read for this answer, cited or not, here or earlier in the conversation."""
    tool_calls: tuple[ToolCallRecord, ...] = ()
    """What the model did or wants to do, in order; stored by themselves."""


@dataclass(frozen=True, slots=True)
class HistorySummary:
    """What was said at the beginning of a long conversation."""

    text: str
    until: int
    """Position of the last message that it covers."""
    grounds: tuple[str, ...] = ()
    """As a message's: all items whose text it may tell of."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation without its messages."""

    id: str
    title: str
    created_at: str
    updated_at: str
    scope: AnswerScope = AnswerScope()
    title_by_user: bool = False
    message_count: int = 0
    summary: HistorySummary | None = None
