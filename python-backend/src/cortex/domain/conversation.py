"""Conversations, their messages, and the citations that answers stand on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["user", "assistant"]
MessageStatus = Literal["streaming", "done", "cancelled", "interrupted", "failed"]
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
class Usage:
    """What an answer cost."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0
    cost_usd: float = 0.0


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
