"""What is thought of once an answer is complete, in the background: how to go on, a better title, a summary."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import TypeVar

from cortex.domain.conversation import Message
from cortex.domain.search import Passage
from cortex.exceptions import CortexError
from cortex.observability.logs import get_logger
from cortex.services.answer_streams import AnswerStream
from cortex.services.answer_suggestions import AnswerSuggestions, Suggested
from cortex.services.answers import EXTRACTIVE
from cortex.services.chat_tools.reach import filters_of
from cortex.services.conversations import ConversationService
from cortex.services.history_summaries import HistorySummaries
from cortex.workflows.chat.state import RetrievePassages

T = TypeVar("T")
log = get_logger(__name__)

SECONDS = 60.0
"""For a model to think of suggestions; nobody waits for them, but nobody needs them later either."""
_LOOKED_AT = 12


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer with the question that it is to."""

    question: str
    standalone: str
    answer: Message


@dataclass
class _Thinking:
    task: asyncio.Task[None]
    hurry: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a model is needed for something that somebody waits for."""


class Afterwards:
    """Thinks while nobody waits. A new question in the same conversation ends it; one elsewhere makes it do without
    a model."""

    def __init__(
        self,
        conversations: ConversationService,
        suggestions: AnswerSuggestions,
        summaries: HistorySummaries,
        retrieve: RetrievePassages,
        *,
        seconds: float = SECONDS,
    ):
        self._conversations = conversations
        self._suggestions = suggestions
        self._summaries = summaries
        self._retrieve = retrieve
        self._seconds = seconds
        self._thinking: dict[str, _Thinking] = {}

    def think(self, answered: Answered, stream: AnswerStream, *, may_ask: bool) -> None:
        """Start. `suggestions` goes to the stream, which ends then; with `may_ask` a model may be asked."""
        conversation_id = answered.answer.conversation_id
        self._stop(conversation_id)
        hurry = asyncio.Event()
        if not may_ask or _is_quoted(answered.answer):
            hurry.set()
        task = asyncio.create_task(self._all(answered, stream, hurry), name=f"after {answered.answer.id}")
        self._thinking[conversation_id] = thinking = _Thinking(task, hurry)
        task.add_done_callback(lambda _: self._forget(conversation_id, thinking))

    def give_way(self, conversation_id: str) -> None:
        """A question was asked here: leave the models to it."""
        self._stop(conversation_id)
        for other in self._thinking.values():
            other.hurry.set()

    async def settled(self) -> None:
        """Wait until nothing is thought of any more."""
        while self._thinking:
            await asyncio.wait([thinking.task for thinking in self._thinking.values()])
            await asyncio.sleep(0)

    async def close(self) -> None:
        """Stop, and wait for the end."""
        tasks = [thinking.task for thinking in self._thinking.values()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _stop(self, conversation_id: str) -> None:
        thinking = self._thinking.pop(conversation_id, None)
        if thinking is not None:
            thinking.task.cancel()

    def _forget(self, conversation_id: str, thinking: _Thinking) -> None:
        if self._thinking.get(conversation_id) is thinking:
            del self._thinking[conversation_id]

    async def _all(self, answered: Answered, stream: AnswerStream, hurry: asyncio.Event) -> None:
        try:
            if answered.answer.found:
                await self._suggest(answered, stream, hurry)
        except CortexError as error:
            log.warning("nothing was suggested", message_id=answered.answer.id, exc_info=error)
        finally:
            stream.end()
        if hurry.is_set():
            return
        answer = answered.answer
        try:
            await _unless(hurry, self._summaries.renew(answer.conversation_id, answer.position), self._seconds)
        except CortexError as error:
            log.warning("history not summed up", conversation_id=answer.conversation_id, exc_info=error)

    async def _suggest(self, answered: Answered, stream: AnswerStream, hurry: asyncio.Event) -> None:
        answer = answered.answer
        within = filters_of(answer.scope)
        stays_here = await self._suggestions.stays_here(answer)

        async def find(question: str) -> list[Passage]:
            return list(await self._retrieve(question, within, limit=_LOOKED_AT, stays_here=stays_here))

        written: Suggested | None = None
        if not hurry.is_set():
            written = await _unless(hurry, self._suggestions.written(answered.standalone, answer, find), self._seconds)
        suggested = written
        if suggested is None or not suggested.questions:
            suggested = await self._suggestions.found(answered.standalone, answer, find)
        usage = written.usage if written is not None else None
        await self._conversations.keep_afterthoughts(answer, suggested.questions, usage)
        if suggested.questions:
            stream.publish("suggestions", items=suggested.questions)
        if written is not None and written.title:
            await self._conversations.improve_title(answer.conversation_id, answered.question, written.title)


def _is_quoted(answer: Message) -> bool:
    return (answer.provider, answer.model) == (EXTRACTIVE.provider, EXTRACTIVE.model)


async def _unless(hurry: asyncio.Event, work: Coroutine[object, object, T], seconds: float) -> T | None:
    """What `work` gives; None when it has to be hurried, or takes too long."""
    task = asyncio.ensure_future(work)
    waiting = asyncio.ensure_future(hurry.wait())
    try:
        await asyncio.wait({task, waiting}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        waiting.cancel()
        if not task.done():
            task.cancel()
            await asyncio.wait([task])
