"""Conversations as people handle them: begin, read, rename, delete; and what a turn consists of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from cortex.db.repositories.conversations import ConversationRepository
from cortex.domain import clock
from cortex.domain.conversation import UNTITLED, AnswerScope, Conversation, Message, Usage
from cortex.domain.ids import new_id
from cortex.domain.paging import Page
from cortex.exceptions import ValidationError
from cortex.services.events import EventBus

LONGEST_TITLE = 80
LONGEST_QUESTION = 20_000


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and the answer that is being made to it."""

    question: Message
    answer: Message
    earlier: tuple[str, ...]
    """The questions before it, oldest first."""
    undo_id: str | None = None
    """Makes the conversation what it was before the question."""


class ConversationService:
    """Keeps conversations and tells watchers what changed."""

    def __init__(self, repository: ConversationRepository, events: EventBus):
        self._repository = repository
        self._events = events

    async def create(
        self, *, title: str | None = None, scope: AnswerScope | None = None
    ) -> tuple[Conversation, str | None]:
        """A new conversation and the undo id. Without a title the first question will give one."""
        moment = clock.now()
        conversation = Conversation(
            id=new_id("conv"),
            title=_title(title) if title is not None else UNTITLED,
            title_by_user=title is not None,
            scope=scope or AnswerScope(),
            created_at=moment,
            updated_at=moment,
        )
        undo_id = await self._repository.create(conversation)
        self._tell(conversation.id)
        return conversation, undo_id

    async def get(self, conversation_id: str) -> tuple[Conversation, list[Message]]:
        """A conversation with its messages. Raises ConversationNotFoundError."""
        conversation = await self._repository.get(conversation_id)
        return conversation, await self._repository.messages(conversation_id)

    async def page(self, limit: int, *, cursor: str | None = None, offset: int = 0) -> Page[Conversation]:
        """Conversations, last used first. Raises ValidationError for a foreign cursor."""
        return await self._repository.page(limit, cursor=cursor, offset=offset)

    async def rename(self, conversation_id: str, title: str) -> tuple[Conversation, str | None]:
        """The conversation and the undo id. Raises ConversationNotFoundError, ValidationError."""
        renamed = await self._repository.rename(conversation_id, _title(title))
        self._tell(conversation_id)
        return renamed

    async def delete(self, conversation_id: str) -> str | None:
        """Gives the undo id. Raises ConversationNotFoundError."""
        undo_id = await self._repository.delete(conversation_id)
        self._events.publish("conversation.deleted", {"id": conversation_id})
        return undo_id

    async def message(self, conversation_id: str, message_id: str) -> Message:
        """Raises MessageNotFoundError."""
        return await self._repository.message(conversation_id, message_id)

    async def delete_message(self, conversation_id: str, message_id: str) -> str | None:
        """Delete a message; a question takes its answer with it. Gives the undo id. Raises MessageNotFoundError."""
        message = await self._repository.message(conversation_id, message_id)
        doomed = [message.id]
        if message.role == "user":
            everything = await self._repository.messages(conversation_id)
            following = [each for each in everything if each.position > message.position]
            if following and following[0].role == "assistant":
                doomed.append(following[0].id)
        undo_id = await self._repository.delete_messages(conversation_id, doomed)
        self._tell(conversation_id)
        return undo_id

    async def begin(self, conversation_id: str, content: str, scope: AnswerScope | None) -> Turn:
        """Store a question and its unfinished answer. Raises ConversationNotFoundError, ValidationError."""
        content = _question(content)
        conversation = await self._repository.get(conversation_id)
        history = await self._repository.messages(conversation_id)
        moment = clock.now()
        question = Message(
            new_id("msg"), conversation_id, "user", content, "done", moment, moment, scope=scope or conversation.scope
        )
        earlier = _questions(history)
        title = title_of(content) if not earlier else None
        (question, answer), undo_id = await self._repository.begin_turn([question, _unanswered(question)], title=title)
        self._tell(conversation_id)
        return Turn(question, answer, earlier, undo_id)

    async def begin_again(self, conversation_id: str, message_id: str, content: str | None = None) -> Turn:
        """Answer a question again, or the question of an answer; `content` replaces its words.

        What came after the question goes. Raises ConversationNotFoundError, MessageNotFoundError, ValidationError.
        """
        await self._repository.get(conversation_id)
        target = await self._repository.message(conversation_id, message_id)
        history = [m for m in await self._repository.messages(conversation_id) if m.position <= target.position]
        if content is not None and target.role != "user":
            raise ValidationError("Only a question can be edited; an answer can be made again.")
        question = next((m for m in reversed(history) if m.role == "user"), None)
        if question is None:
            raise ValidationError("The question of this answer was deleted, so there is nothing to answer again.")
        if content is not None:
            question = replace(question, content=_question(content))
        earlier = _questions(m for m in history if m.position < question.position)
        title = title_of(question.content) if not earlier else None
        (answer,), undo_id = await self._repository.begin_turn(
            [_unanswered(question)], asked_again=question, title=title
        )
        self._tell(conversation_id)
        return Turn(question, answer, earlier, undo_id)

    async def finish(self, answer: Message) -> Message:
        """Store how an answer ended, and give it as it is stored."""
        answer = replace(answer, updated_at=clock.now())
        answer = await self._repository.save_answer(answer)
        self._tell(answer.conversation_id)
        return answer

    async def question_of(self, answer: Message) -> str:
        """The words that an answer is to; empty when they were deleted."""
        before = [m for m in await self._repository.messages(answer.conversation_id) if m.position < answer.position]
        return next((message.content for message in reversed(before) if message.role == "user"), "")

    async def keep_afterthoughts(self, answer: Message, suggestions: Sequence[str], usage: Usage | None) -> None:
        """Store how to go on from an answer, and what the answer has cost by now where that changed."""
        if suggestions or usage is not None:
            await self._repository.save_afterthoughts(answer.id, suggestions, usage)
            self._tell(answer.conversation_id)

    async def improve_title(self, conversation_id: str, question: str, title: str) -> bool:
        """Give a better title than the first question's; what a person chose stays. Whether it was taken."""
        better = title_of(title).strip(" \"“”„'.")
        if not better:
            return False
        taken = await self._repository.improve_title(conversation_id, instead_of=title_of(question), title=better)
        if taken:
            self._tell(conversation_id)
        return taken

    async def recover(self) -> int:
        """At start: answers that the last run left unfinished are marked interrupted; gives how many."""
        return await self._repository.mark_interrupted()

    def _tell(self, conversation_id: str) -> None:
        self._events.publish("conversation.updated", {"id": conversation_id})


def title_of(question: str) -> str:
    """A title from the first question: its first line, shortened at a word."""
    line = next((line for line in question.splitlines() if line.strip()), question)
    line = " ".join(line.split())
    if len(line) <= LONGEST_TITLE:
        return line
    cut = line[: LONGEST_TITLE - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[LONGEST_TITLE // 2 :] else cut).rstrip(" ,;:.-") + "…"


def _unanswered(question: Message) -> Message:
    moment = clock.now()
    return Message(
        new_id("msg"), question.conversation_id, "assistant", "", "streaming", moment, moment, scope=question.scope
    )


def _questions(messages: Iterable[Message]) -> tuple[str, ...]:
    return tuple(message.content for message in messages if message.role == "user")


def _title(text: str) -> str:
    title = " ".join(text.split())
    if not title:
        raise ValidationError("A title needs at least one character.")
    return title[:500]


def _question(content: str) -> str:
    if not content.strip():
        raise ValidationError("A message needs some words.")
    if len(content) > LONGEST_QUESTION:
        raise ValidationError(f"A message may have at most {LONGEST_QUESTION} characters; this one has {len(content)}.")
    return content
