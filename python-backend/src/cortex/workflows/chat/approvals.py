"""Answers that wait for the owner: decided on, given up, taken up again, also in another run of Cortex.

What waits is in the library (`tool_calls`, and the message's status); the checkpoint only makes going on exact.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from typing import Any

from cortex.domain.conversation import Message
from cortex.domain.tool_call import Decision, ToolCallRecord, ToolCallState
from cortex.exceptions import (
    CheckpointRefusedError,
    ConflictError,
    ConversationBusyError,
    CortexError,
    MessageNotFoundError,
)
from cortex.observability.logs import get_logger
from cortex.services.answer_streams import AnswerStream
from cortex.services.chat_tools.calls import ToolCallService
from cortex.services.conversations import ConversationService
from cortex.workflows.chat.answering import Answering
from cortex.workflows.chat.resuming import rebuilt_state
from cortex.workflows.chat.state import ChatState

log = get_logger(__name__)

_ASKED_ON = "The owner asked something else instead of deciding. It was not done."
_CANCELLED = "The answer was cancelled before the owner decided. It was not done."
_INTERRUPTED = "The answer ended before the owner decided. It was not done."


@dataclass(frozen=True, slots=True)
class Waiting:
    """An answer that waits: its events, and the `seq` behind which those come that say what for."""

    stream: AnswerStream
    place: int


class Approvals:
    """One for the library. `recover` makes answers of a former run wait again, or go on."""

    def __init__(
        self,
        answering: Answering,
        conversations: ConversationService,
        calls: ToolCallService,
        stopping: asyncio.Event,
    ):
        self._answering = answering
        self._conversations = conversations
        self._calls = calls
        self._stopping = stopping
        self._tasks: set[asyncio.Task[None]] = set()
        answering.before_asking = self.asked_on
        answering.before_ending = self._ended

    async def decide(
        self, conversation_id: str, call_id: str, decision: Decision, *, always: bool = False
    ) -> ToolCallRecord:
        """The owner's word: what is approved is done at once, and once; the answer goes on when nothing else waits.

        Raises ToolCallNotFoundError, ConflictError (decided otherwise before; the answer is over), ValidationError.
        """
        call = await self._calls.get(conversation_id, call_id)
        try:
            answer = await self._conversations.message(conversation_id, call.message_id)
        except MessageNotFoundError:
            raise ConflictError("The answer that asked for this was deleted. Nothing was done.") from None
        before = call.state
        call = await self._calls.decide(conversation_id, call_id, decision, scope=answer.scope, always=always)
        if before == "pending":
            self._tell([call], self._answering.streams.find(answer.id))
        self._soon(conversation_id, answer.id)
        return call

    async def cancel(self, conversation_id: str) -> bool:
        """End the answer that waits; what was written is kept. False when there is none."""
        return await self._give_up(conversation_id, "expired", _CANCELLED)

    async def waiting(self, conversation_id: str) -> Waiting | None:
        """What waits in a conversation, or is about to; None when nothing does."""
        stream = self._answering.running(conversation_id)
        if stream is None:
            found = await self._calls.waiting(conversation_id)
            stream = await self._wait_again(*found[-1]) if found else None
        if stream is None:
            return None
        pending = [call.id for call in await self._calls.of_message(stream.message_id) if call.is_pending]
        return Waiting(stream, stream.place_before(pending)) if pending else None

    async def recover(self) -> None:
        """At start: what waited waits again, to be seen by whoever connects; what was decided goes on."""
        await self._calls.expire_orphans(_INTERRUPTED)
        waiting = await self._calls.waiting()
        await self._prune([message_id for _, message_id in waiting])
        for conversation_id, message_id in waiting:
            await self._wait_again(conversation_id, message_id)
        self._spawn(self._end_with_cortex())

    async def _wait_again(self, conversation_id: str, message_id: str) -> AnswerStream:
        """The stream of an answer that waits; opened when it is of a former run, or was brought back by an undo."""
        stream = self._answering.streams.find(message_id)
        if stream is not None and not stream.has_ended:
            return stream
        # Clients may have seen numbers of an earlier run: begin above any that those can have reached.
        self._answering.streams.numbers.next(conversation_id, above=time.time_ns() // 1_000_000)
        stream = self._answering.streams.open(conversation_id, message_id)
        answer = await self._conversations.message(conversation_id, message_id)
        pending = [call for call in answer.tool_calls if call.is_pending]
        for call in pending:
            stream.publish("tool_call", call=call)
        stream.rest(answer)
        if not pending:
            self._soon(conversation_id, message_id)
        return stream

    async def close(self) -> None:
        """Stop what goes on here; answers that wait stay so."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _prune(self, waiting: list[str]) -> None:
        try:
            await self._answering.prune(waiting)
        except CortexError as error:  # they take room, and do no harm
            log.warning("old checkpoints of answers were not deleted", exc_info=error)

    async def _ended(self, answer: Message) -> None:
        stream = self._answering.streams.find(answer.id)
        reason = _CANCELLED if answer.status == "cancelled" else _INTERRUPTED
        self._tell(await self._calls.end_pending(answer.id, "expired", reason), stream)

    async def asked_on(self, conversation_id: str) -> None:
        """Something else is asked: what waits is refused, and its answer ends as it is."""
        await self._give_up(conversation_id, "refused", _ASKED_ON)

    async def _give_up(self, conversation_id: str, state: ToolCallState, reason: str) -> bool:
        given_up = False
        for _, message_id in await self._calls.waiting(conversation_id):
            stream = self._answering.streams.find(message_id)
            self._tell(await self._calls.end_pending(message_id, state, reason), stream)
            answer = await self._conversations.message(conversation_id, message_id)
            answer = await self._conversations.finish(replace(answer, status="cancelled", found=None))
            await self._answering.forget(message_id)
            if stream is not None:
                stream.publish("done", message=answer, undo_id=stream.undo_id)
                stream.rest(answer)
                stream.end()
            given_up = True
        return given_up

    def _soon(self, conversation_id: str, message_id: str) -> None:
        self._spawn(self._go_on(conversation_id, message_id))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _go_on(self, conversation_id: str, message_id: str) -> None:
        """Take the answer up again, once it has come to wait, unless something else is to be decided."""
        stream = self._answering.streams.find(message_id)
        try:
            if stream is not None and self._answering.running(conversation_id) is stream:
                await stream.rested()
            answer = await self._conversations.message(conversation_id, message_id)
            calls = list(answer.tool_calls)
            if answer.status != "waiting" or any(call.is_pending for call in calls) or self._stopping.is_set():
                return
            for call in calls:
                if call.state == "approved" and call.needs_approval:  # a kill came between the word and the deed
                    await self._calls.carry_out(call, answer.scope)
                    self._tell([await self._calls.get(conversation_id, call.id)], stream)
            decisions = await self._decisions(message_id)
            rebuilt = None if decisions else await self._rebuilt(answer)
            await self._answering.go_on(conversation_id, message_id, decisions, rebuilt=rebuilt)
        except (ConversationBusyError, MessageNotFoundError):
            return  # somebody else took it up, or it was given up
        except CortexError as error:
            log.error("an answer was not taken up again", message_id=message_id, exc_info=error)
            if stream is not None:
                stream.publish("error", error=error.code, message=error.message)

    async def _decisions(self, message_id: str) -> dict[str, object]:
        """What the answer's interrupts get: only that all is decided, the rest is in the library. Empty when its
        checkpoint is lost."""
        try:
            return {each.id: True for each in await self._answering.interrupts(message_id)}
        except CheckpointRefusedError:
            log.warning("checkpoint refused, the answer goes on from what is stored", message_id=message_id)
            return {}

    async def _rebuilt(self, answer: Message) -> ChatState:
        _, messages = await self._conversations.get(answer.conversation_id)
        before = [message for message in messages if message.position < answer.position]
        return rebuilt_state(answer, before, await self._calls.of_message(answer.id))

    async def _end_with_cortex(self) -> None:
        """When Cortex stops, nobody waits at streams that will not go on in this run."""
        await self._stopping.wait()
        for _, message_id in await self._calls.waiting():
            stream = self._answering.streams.find(message_id)
            if stream is not None:
                stream.end()

    @staticmethod
    def _tell(calls: list[ToolCallRecord], stream: AnswerStream | None) -> None:
        if stream is not None:
            for call in calls:
                stream.publish("tool_result", call=call)
