"""Conversations and messages as they are asked for and answered."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from cortex.api.schemas.base import Schema
from cortex.api.schemas.tool_calls import ToolCallShown
from cortex.api.schemas.words import Line, TagName
from cortex.domain.conversation import AnswerScope, Conversation, Message, MessageStatus, Role
from cortex.services.conversations import LONGEST_QUESTION

Id = Annotated[str, Field(min_length=1, max_length=100)]
Title = Annotated[Line, Field(min_length=1, max_length=500)]
Content = Annotated[str, Field(min_length=1, max_length=LONGEST_QUESTION)]


class Shown(Schema):
    """Answers are read from the domain's records."""

    model_config = ConfigDict(from_attributes=True)


class ScopeGiven(Shown):
    """The part of the library that may answer; all conditions must hold."""

    item_ids: Annotated[list[Id], Field(max_length=1000)] = []
    tags: Annotated[list[TagName], Field(max_length=100)] = []
    collection_id: Id | None = None

    def record(self) -> AnswerScope:
        """As the services take it."""
        return AnswerScope(tuple(self.item_ids), tuple(self.tags), self.collection_id)


class NewConversation(Schema):
    """Without a title the first question gives one; `scope` holds for questions that bring none of their own."""

    title: Title | None = None
    scope: ScopeGiven | None = None


class ConversationChange(Schema):
    """A new title."""

    title: Title


class NewMessage(Schema):
    """A question."""

    content: Content
    model: Annotated[str, Field(max_length=200)] | None = None
    scope: ScopeGiven | None = None


class EditedMessage(Schema):
    """A question's new words."""

    content: Content
    model: Annotated[str, Field(max_length=200)] | None = None


class AnswerAgain(Schema):
    """How to answer again."""

    model: Annotated[str, Field(max_length=200)] | None = None


class CitationShown(Shown):
    """What `[n]` in an answer stands for; offsets are code points of the item's text at `content_version`."""

    n: int
    item_id: str
    chunk_id: str
    title: str
    url: str | None
    quote: str
    start: int
    end: int
    page: int | None
    content_version: int
    verified: bool


class ClaimShown(Shown):
    """Something that a written answer states (code points of its content), and whether what it cites bears it out.

    `reason`: `uncited`, or what does not agree with the passages: `numbers`, `names`, `negation`, `wording`.
    """

    start: int
    end: int
    citations: list[int]
    supported: bool
    reason: str | None


class UsageShown(Shown):
    """What an answer cost, all calls made for it together."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    cost_usd: float


class AnswerErrorShown(Shown):
    """Why an answer failed."""

    code: str
    message: str


class MessageShown(Shown):
    """A question or an answer. `found` is false when the answer says that the library does not hold it; `suggestions`
    are questions to go on with; `thoughts` are there where the owner lets models think aloud."""

    id: str
    conversation_id: str
    role: Role
    content: str
    status: MessageStatus
    found: bool | None
    error: AnswerErrorShown | None
    citations: list[CitationShown]
    claims: list[ClaimShown]
    suggestions: list[str]
    thoughts: str | None
    tool_calls: list[ToolCallShown] = []
    scope: ScopeGiven
    provider: str | None
    model: str | None
    usage: UsageShown | None
    created_at: str
    updated_at: str


class ConversationShown(Shown):
    """A conversation without its messages."""

    id: str
    title: str
    scope: ScopeGiven
    message_count: int
    created_at: str
    updated_at: str


class ConversationChanged(ConversationShown):
    """A conversation after a change."""

    undo_id: str | None = None


class ConversationWithMessages(ConversationShown):
    """A conversation with all its messages, in order."""

    messages: list[MessageShown]


class ConversationPage(Schema):
    """Some conversations, last used first."""

    items: list[ConversationShown]
    next_cursor: str | None
    total: int


def shown_with_messages(conversation: Conversation, messages: list[Message]) -> ConversationWithMessages:
    """A conversation and its messages in one."""
    head = ConversationShown.model_validate(conversation)
    return ConversationWithMessages(
        **dict(head), messages=[MessageShown.model_validate(message) for message in messages]
    )
