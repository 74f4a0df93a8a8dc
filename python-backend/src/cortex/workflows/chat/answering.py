"""Runs answers in the background, one at a time in a conversation, and keeps what became of each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from functools import cached_property
from typing import Any

from cortex.db.repositories.texts import TextRepository
from cortex.domain.conversation import AnswerError, AnswerScope, Citation, Message
from cortex.exceptions import ConversationBusyError, CortexError, ValidationError
from cortex.observability.logs import get_logger
from cortex.services.answer_streams import AnswerStream, AnswerStreams
from cortex.services.answers import EXTRACTIVE, Answerer
from cortex.services.conversations import ConversationService, Turn
from cortex.workflows.chat.state import RetrievePassages

log = get_logger(__name__)

_INTERRUPTED = AnswerError("interrupted", "Cortex stopped while answering. What was written is kept; ask again.")
_UNEXPECTED = AnswerError("internal_error", "Something went wrong while answering. Your question is kept; ask again.")


class Answering:
    """Takes questions. An answer goes on whether anybody follows it or not; it ends done, cancelled, interrupted
    (`stopping` was set) or failed, and is stored as far as it came."""

    def __init__(
        self,
        conversations: ConversationService,
        retrieve: RetrievePassages,
        texts: TextRepository,
        stopping: asyncio.Event,
        *,
        answerer: Answerer = EXTRACTIVE,
    ):
        self._conversations = conversations
        self._retrieve = retrieve
        self._texts = texts
        self._stopping = stopping
        self._answerer = answerer
        self._busy: set[str] = set()
        self._running: dict[str, tuple[AnswerStream, asyncio.Task[None]]] = {}
        self.streams = AnswerStreams()

    def use(self, answerer: Answerer) -> None:
        """Let another one answer from the next question on."""
        self._answerer = answerer

    @cached_property
    def _graph(self) -> Any:
        from cortex.workflows.chat.graph import build_chat_graph
        from cortex.workflows.chat.nodes import ChatNodes

        return build_chat_graph(ChatNodes(self._retrieve, self._texts))

    async def ask(
        self, conversation_id: str, content: str, *, scope: AnswerScope | None = None, model: str | None = None
    ) -> AnswerStream:
        """Store a question and start to answer it.

        Raises ConversationNotFoundError, ConversationBusyError, ValidationError.
        """
        self._check_model(model)
        return await self._start(conversation_id, lambda: self._conversations.begin(conversation_id, content, scope))

    async def ask_again(
        self, conversation_id: str, message_id: str, *, content: str | None = None, model: str | None = None
    ) -> AnswerStream:
        """Answer a stored question again, edited when `content` is given; the messages after it go.

        Raises what `ask` raises, and MessageNotFoundError.
        """
        self._check_model(model)
        return await self._start(
            conversation_id, lambda: self._conversations.begin_again(conversation_id, message_id, content)
        )

    def _check_model(self, model: str | None) -> None:
        if model is not None and model != self._answerer.model:
            raise ValidationError(
                f"There is no model {model!r} here. Leave `model` out, and {self._answerer.model!r} answers."
            )

    async def _start(self, conversation_id: str, begin: Callable[[], Awaitable[Turn]]) -> AnswerStream:
        self.require_idle(conversation_id)
        self._busy.add(conversation_id)
        try:
            turn = await begin()
            stream = self.streams.open(conversation_id, turn.answer.id)
            stream.undo_id = turn.undo_id
            task = asyncio.create_task(self._run(turn, stream), name=f"answer {turn.answer.id}")
        except BaseException:
            self._busy.discard(conversation_id)
            raise
        self._running[conversation_id] = (stream, task)
        return stream

    def running(self, conversation_id: str) -> AnswerStream | None:
        """The answer that is being made in a conversation."""
        entry = self._running.get(conversation_id)
        return entry[0] if entry else None

    def require_idle(self, conversation_id: str) -> None:
        """Raises ConversationBusyError while an answer is being made."""
        if conversation_id in self._busy:
            raise ConversationBusyError

    def cancel(self, conversation_id: str) -> bool:
        """Stop the answer that is being made; False when there is none."""
        stream = self.running(conversation_id)
        if stream is None:
            return False
        stream.cancel()
        return True

    async def close(self) -> None:
        """Interrupt every answer and wait until each is stored."""
        self._stopping.set()
        tasks = [task for _, task in self._running.values()]
        if tasks:
            await asyncio.wait(tasks)

    async def _run(self, turn: Turn, stream: AnswerStream) -> None:
        draft = _Draft(turn.answer, stream, self._answerer)
        work = asyncio.create_task(self._answer(turn, draft))
        signals = [asyncio.create_task(event.wait()) for event in (stream.cancelled, self._stopping)]
        try:
            await asyncio.wait({work, *signals}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                work.cancel()
                await asyncio.wait([work])
            answer = draft.ended(work, cancelled=stream.cancelled.is_set())
            self._tell_end(stream, await self._conversations.finish(answer))
        except CortexError as error:  # the answer could not be stored
            log.error("answer not stored", message_id=turn.answer.id, exc_info=error)
            stream.publish("error", error=error.code, message=error.message)
            stream.end(None)
        finally:
            for signal in signals:
                signal.cancel()
            if not stream.has_ended:
                stream.end(None)
            self._running.pop(turn.answer.conversation_id, None)
            self._busy.discard(turn.answer.conversation_id)

    async def _answer(self, turn: Turn, draft: _Draft) -> None:
        given = {
            "question": turn.question.content,
            "earlier": turn.earlier,
            "scope": turn.question.scope,
            "answerer": draft.answerer,
        }
        async with aclosing(
            self._graph.astream(given, {"recursion_limit": 20}, stream_mode=["custom", "updates"], version="v2")
        ) as parts:
            async for part in parts:
                if part["type"] == "custom":
                    draft.take(part["data"])
                else:
                    draft.note(part["data"])

    @staticmethod
    def _tell_end(stream: AnswerStream, answer: Message) -> None:
        if answer.error is not None:
            stream.publish("error", error=answer.error.code, message=answer.error.message, answer=answer)
        else:
            stream.publish("done", message=answer, undo_id=stream.undo_id)
        stream.end(answer)


class _Draft:
    """The answer as far as it has come."""

    def __init__(self, answer: Message, stream: AnswerStream, answerer: Answerer):
        self.answerer = answerer
        self._answer = replace(answer, provider=answerer.provider, model=answerer.model)
        self._stream = stream

    def take(self, event: dict[str, Any]) -> None:
        """Pass an event of the graph on, and remember what it adds to the answer."""
        match event:
            case {"type": "sources", "citations": citations}:
                self._answer = replace(self._answer, citations=tuple[Citation, ...](citations))
            case {"type": "chunk", "content": str(text)}:
                self._answer = replace(self._answer, content=self._answer.content + text)
        self._stream.publish(**{("type_" if key == "type" else key): value for key, value in event.items()})

    def note(self, updates: dict[str, dict[str, Any] | None]) -> None:
        """Take what a finished step found out about the answer as a whole."""
        for update in updates.values():
            known = {key: value for key, value in (update or {}).items() if key in {"found", "usage"}}
            self._answer = replace(self._answer, **known)

    def ended(self, work: asyncio.Task[None], *, cancelled: bool) -> Message:
        """The answer as it is to be stored, after `work` has ended one way or the other."""
        if work.cancelled():
            if cancelled:
                return replace(self._answer, status="cancelled", found=None)
            return replace(self._answer, status="interrupted", found=None, error=_INTERRUPTED)
        error = work.exception()
        if error is None:
            return replace(self._answer, status="done")
        log.error("answer failed", message_id=self._answer.id, exc_info=error)
        reason = AnswerError(error.code, error.message) if isinstance(error, CortexError) else _UNEXPECTED
        return replace(self._answer, status="failed", found=None, error=reason)
