"""Runs answers in the background, one at a time in a conversation, and keeps what became of each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from cortex.db.checkpoints import CheckpointStore
from cortex.domain.conversation import AnswerScope, Message
from cortex.exceptions import ConflictError, ConversationBusyError, CortexError, StorageError, ValidationError
from cortex.observability.logs import get_logger
from cortex.services.answer_streams import AnswerStream, AnswerStreams
from cortex.services.answers import EXTRACTIVE, Answerer
from cortex.services.conversations import ConversationService, Turn
from cortex.workflows.chat.afterwards import Afterwards, Answered
from cortex.workflows.chat.draft import Draft
from cortex.workflows.chat.nodes import ChatNodes, ChatServices
from cortex.workflows.chat.state import ChatContext, ChatState

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.graph.state import CompiledStateGraph
    from langgraph.types import Interrupt

log = get_logger(__name__)

CheckModel = Callable[[str], Awaitable[object]]
"""Raises ValidationError for a model's name that means none."""
_STEPS = 60


@dataclass(frozen=True, slots=True)
class Decided:
    """What the owner decided, by the ids of the interrupts that asked."""

    by_interrupt: Mapping[str, object]
    rebuilt: ChatState | None = None
    """The state behind the tools, in place of a checkpoint that is lost."""


class Answering:
    """Takes questions. An answer goes on whether anybody follows it or not; it ends done, cancelled, interrupted
    (`stopping` was set) or failed, and is stored as far as it came; or it waits for the owner, and is taken up again
    by `go_on`, also in another run of Cortex."""

    def __init__(
        self,
        conversations: ConversationService,
        services: ChatServices,
        checkpoints: CheckpointStore,
        stopping: asyncio.Event,
        *,
        answerer: Answerer = EXTRACTIVE,
        check_model: CheckModel | None = None,
        afterwards: Afterwards | None = None,
    ):
        self._conversations = conversations
        self._services = services
        self._checkpoints = checkpoints
        self._stopping = stopping
        self._answerer = answerer
        self._model_check = check_model
        self._afterwards = afterwards
        self._busy: set[str] = set()
        self._running: dict[str, tuple[AnswerStream, asyncio.Task[None]]] = {}
        self._compiled: CompiledStateGraph[ChatState, ChatContext, ChatState, ChatState] | None = None
        self._compiling = asyncio.Lock()
        self.streams = AnswerStreams()
        self.before_asking: Callable[[str], Awaitable[object]] | None = None
        """Called with a conversation's id before a question is stored in it: what waits there is given up."""
        self.before_ending: Callable[[Message], Awaitable[object]] | None = None
        """Called with an answer that ends, before it is stored: nothing of it is decided on any more."""

    def use(self, answerer: Answerer) -> None:
        """Let another one answer from the next question on."""
        self._answerer = answerer

    async def _graph(self) -> CompiledStateGraph[ChatState, ChatContext, ChatState, ChatState]:
        async with self._compiling:
            if self._compiled is None:
                from cortex.workflows.chat.graph import build_chat_graph

                saver = await self._checkpoints.saver() if self._services.tools is not None else None
                # In a thread, as the graph's library loads with it.
                self._compiled = await asyncio.to_thread(build_chat_graph, ChatNodes(self._services), saver)
            return self._compiled

    async def ask(
        self,
        conversation_id: str,
        content: str,
        *,
        scope: AnswerScope | None = None,
        model: str | None = None,
        may_write: bool = False,
    ) -> AnswerStream:
        """Store a question and start to answer it; `may_write`: whoever asks may change the library.

        Raises ConversationNotFoundError, ConversationBusyError, ValidationError.
        """
        await self._check_model(model)
        return await self._start(
            conversation_id,
            lambda: self._conversations.begin(conversation_id, content, scope),
            model,
            may_write=may_write,
        )

    async def ask_again(
        self,
        conversation_id: str,
        message_id: str,
        *,
        content: str | None = None,
        model: str | None = None,
        may_write: bool = False,
    ) -> AnswerStream:
        """Answer a stored question again, edited when `content` is given; the messages after it go.

        Raises what `ask` raises, and MessageNotFoundError.
        """
        await self._check_model(model)
        return await self._start(
            conversation_id,
            lambda: self._conversations.begin_again(conversation_id, message_id, content),
            model,
            may_write=may_write,
        )

    async def go_on(
        self,
        conversation_id: str,
        message_id: str,
        decisions: Mapping[str, object],
        *,
        rebuilt: ChatState | None = None,
    ) -> AnswerStream:
        """Take up an answer that waits: `decisions` are what its interrupts get, by their ids. With `rebuilt` it goes
        on from that state instead.

        Raises MessageNotFoundError, ConflictError when it does not wait, ConversationBusyError.
        """
        self.require_idle(conversation_id)
        self._busy.add(conversation_id)
        try:
            answer = await self._conversations.message(conversation_id, message_id)
            if answer.status != "waiting":
                raise ConflictError("This answer does not wait for a decision.")
            stream = self.streams.find(message_id)
            if stream is None or stream.has_ended:
                stream = self.streams.open(conversation_id, message_id)
            stream.go_on()
            question = await self._conversations.question_of(answer)
            return self._run(answer, stream, Decided(decisions, rebuilt), question=question)
        except BaseException:
            self._busy.discard(conversation_id)
            raise

    async def interrupts(self, message_id: str) -> Sequence[Interrupt]:
        """What an answer waits for; empty when it does not wait."""
        if self._services.tools is None:
            return ()
        from cortex.workflows.chat.graph import thread_of

        graph = await self._graph()
        found = await graph.aget_state({"configurable": {"thread_id": thread_of(message_id)}})
        return tuple(found.interrupts)

    async def _check_model(self, model: str | None) -> None:
        if model is None or model in (EXTRACTIVE.model, self._answerer.model):
            return
        if self._model_check is None:
            raise ValidationError(
                f"There is no model {model!r} here. Leave `model` out, and {self._answerer.model!r} answers."
            )
        await self._model_check(model)

    async def _start(
        self, conversation_id: str, begin: Callable[[], Awaitable[Turn]], model: str | None, *, may_write: bool
    ) -> AnswerStream:
        self.require_idle(conversation_id)
        self._busy.add(conversation_id)
        try:
            if self.before_asking is not None:
                await self.before_asking(conversation_id)
            turn = await begin()
            if self._afterwards is not None:
                self._afterwards.give_way(conversation_id)
            stream = self.streams.open(conversation_id, turn.answer.id)
            stream.undo_id = turn.undo_id
            return self._run(
                turn.answer, stream, _given(turn, model, may_write=may_write), question=turn.question.content
            )
        except BaseException:
            self._busy.discard(conversation_id)
            raise

    def _run(self, answer: Message, stream: AnswerStream, given: ChatState | Decided, *, question: str) -> AnswerStream:
        draft = Draft(answer, stream, self._answerer, question=question)
        task = asyncio.create_task(self._see_through(answer, draft, stream, given), name=f"answer {answer.id}")
        self._running[answer.conversation_id] = (stream, task)
        return stream

    def running(self, conversation_id: str) -> AnswerStream | None:
        """The answer that is being made in a conversation."""
        entry = self._running.get(conversation_id)
        return entry[0] if entry else None

    def require_idle(self, conversation_id: str) -> None:
        """Raises ConversationBusyError while an answer is being made."""
        if conversation_id in self._busy:
            raise ConversationBusyError

    @contextmanager
    def occupied(self, conversation_id: str) -> Iterator[None]:
        """While an answer is made elsewhere. Raises ConversationBusyError as `require_idle` does."""
        self.require_idle(conversation_id)
        self._busy.add(conversation_id)
        try:
            yield
        finally:
            self._busy.discard(conversation_id)

    def cancel(self, conversation_id: str) -> bool:
        """Stop the answer that is being made; False when there is none."""
        stream = self.running(conversation_id)
        if stream is None:
            return False
        stream.cancel()
        return True

    async def settled(self) -> None:
        """Wait until no answer is being made, and nothing is thought of after one."""
        while self._running:
            await asyncio.wait([task for _, task in self._running.values()])
        if self._afterwards is not None:
            await self._afterwards.settled()

    async def close(self) -> None:
        """Interrupt every answer and wait until each is stored."""
        self._stopping.set()
        tasks = [task for _, task in self._running.values()]
        if tasks:
            await asyncio.wait(tasks)
        if self._afterwards is not None:
            await self._afterwards.close()

    async def _see_through(
        self, answer: Message, draft: Draft, stream: AnswerStream, given: ChatState | Decided
    ) -> None:
        work = asyncio.create_task(self._answer(given, draft, answer.id))
        signals = [asyncio.create_task(event.wait()) for event in (stream.cancelled, self._stopping)]
        stored: Message | None = None
        try:
            await asyncio.wait({work, *signals}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                work.cancel()
                await asyncio.wait([work])
            ended = await self._checked(draft.ended(work, cancelled=stream.cancelled.is_set()), draft)
            if ended.status != "waiting" and self.before_ending is not None:
                await self.before_ending(ended)
            stored = await self._conversations.finish(ended)
        except CortexError as error:  # the answer could not be stored
            log.error("answer not stored", message_id=answer.id, exc_info=error)
            stream.publish("error", error=error.code, message=error.message)
        finally:
            for signal in signals:
                signal.cancel()
            self._running.pop(answer.conversation_id, None)
            self._busy.discard(answer.conversation_id)
            self._tell_end(stream, stored, draft)
        if stored is None or stored.status != "waiting":
            await self.forget(answer.id)

    async def _answer(self, given: ChatState | Decided, draft: Draft, message_id: str) -> None:
        from cortex.workflows.chat.graph import thread_of

        entry: Any = given
        graph = await self._graph()
        options: RunnableConfig = {"recursion_limit": _STEPS, "configurable": {"thread_id": thread_of(message_id)}}
        if isinstance(given, Decided):
            from langgraph.types import Command

            entry = Command(resume=dict(given.by_interrupt))
            if given.rebuilt is not None:
                await self._checkpoints.forget(thread_of(message_id))
                await graph.aupdate_state(options, given.rebuilt, as_node="act")
                entry = None
        # One write at the end or at an interrupt: an answer that does not wait needs none in between.
        durability: Literal["exit"] | None = "exit" if self._services.tools is not None else None
        try:
            async with aclosing(
                graph.astream(  # type: ignore[type-var] # an async generator
                    entry,
                    options,
                    context=ChatContext(draft.answerer),
                    stream_mode=["custom", "updates"],
                    version="v2",
                    durability=durability,
                )
            ) as parts:
                async for part in parts:
                    if part["type"] == "custom":
                        draft.take(part["data"])
                    elif part["type"] == "updates":
                        draft.note(part["data"])
        except StorageError as error:
            if not draft.is_complete:
                raise
            log.warning("an answer's checkpoint was not written", message_id=message_id, exc_info=error)

    async def _checked(self, answer: Message, draft: Draft) -> Message:
        """A partial answer's claims are checked, too: it is kept and read like any other."""
        if answer.status in ("done", "waiting") or draft.is_quoted or not answer.content:
            return answer
        checked = await self._services.checks.check(answer.content, answer.citations, question=draft.question)
        return replace(answer, claims=checked.claims, citations=checked.citations)

    async def prune(self, waiting: Iterable[str]) -> int:
        """Delete what was kept of all answers but these; gives how many there were."""
        from cortex.workflows.chat.graph import THREADS, thread_of

        return await self._checkpoints.prune(THREADS, [thread_of(message_id) for message_id in waiting])

    async def forget(self, message_id: str) -> None:
        """Delete what was kept to take the answer up again."""
        if self._services.tools is None:
            return
        from cortex.workflows.chat.graph import thread_of

        try:
            await self._checkpoints.forget(thread_of(message_id))
        except CortexError as error:  # housekeeping finds it again
            log.warning("an answer's checkpoint was not deleted", message_id=message_id, exc_info=error)

    def _tell_end(self, stream: AnswerStream, answer: Message | None, draft: Draft) -> None:
        if answer is None:
            stream.rest(None)
            stream.end()
            return
        if answer.status == "waiting":
            stream.rest(answer)
            return
        if answer.error is not None:
            stream.publish("error", error=answer.error.code, message=answer.error.message, answer=answer)
        else:
            stream.publish("done", message=answer, undo_id=stream.undo_id)
        stream.rest(answer)
        if self._afterwards is None or answer.status != "done" or self._stopping.is_set():
            stream.end()
        else:
            answered = Answered(draft.question, draft.standalone or draft.question, answer)
            self._afterwards.think(answered, stream, may_ask=not self._busy)


def _given(turn: Turn, model: str | None, *, may_write: bool) -> ChatState:
    return {
        "conversation_id": turn.answer.conversation_id,
        "message_id": turn.answer.id,
        "position": turn.question.position,
        "question": turn.question.content,
        "earlier": list(turn.earlier),
        "scope": asdict(turn.question.scope),
        "model": model,
        "may_write": may_write,
    }
