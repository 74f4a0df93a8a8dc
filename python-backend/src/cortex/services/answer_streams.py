"""Answers in the making: events that any number of readers follow, also after a lost connection."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Collection, Mapping
from typing import Literal

from cortex.domain.conversation import Message
from cortex.domain.tool_call import ToolCallRecord

StreamEvent = Mapping[str, object]
"""As clients read it: `type`, `seq`, `message_id` and what belongs to the type."""
EventType = Literal["status", "sources", "thought", "chunk", "tool_call", "tool_result", "done", "error", "suggestions"]
KEPT_STREAMS = 256


class AnswerStream:
    """The events of one answer, kept from the first on, so that a reader may come late or come back."""

    def __init__(self, conversation_id: str, message_id: str, numbers: SequenceNumbers):
        self.conversation_id = conversation_id
        self.message_id = message_id
        self.answer: Message | None = None
        """The stored answer, once it has come to rest: it is complete, or waits for the owner."""
        self.undo_id: str | None = None
        """Brings back the messages that had to go for this answer."""
        self.cancelled = asyncio.Event()
        self._numbers = numbers
        self._events: list[StreamEvent] = []
        self._changed = asyncio.Event()
        self._rested = False
        self._ended = False

    def publish(self, type_: EventType, **fields: object) -> None:
        """Add an event for everybody who follows."""
        number = self._numbers.next(self.conversation_id)
        self._events.append({"type": type_, "seq": number, "message_id": self.message_id, **fields})
        self._wake()

    def cancel(self) -> None:
        """Ask for the end; what was written so far is kept."""
        self.cancelled.set()

    def rest(self, answer: Message | None) -> None:
        """The answer is stored as it is to be; only what was thought of afterwards, or what follows when the owner
        decides, comes behind it. None: it could not be stored."""
        self.answer = answer
        self._rested = True
        self._wake()

    def go_on(self) -> None:
        """The answer is being made again after it waited."""
        self._rested = False

    def end(self) -> None:
        """Nothing comes after this."""
        self._rested = True
        self._ended = True
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    @property
    def has_ended(self) -> bool:
        return self._ended

    async def rested(self) -> None:
        """Wait for the answer."""
        while not self._rested:
            await self._changed.wait()

    async def ended(self) -> None:
        """Wait for the end."""
        while not self._ended:
            await self._changed.wait()

    def place_before(self, call_ids: Collection[str]) -> int:
        """The `seq` behind which the first event about one of these tool calls comes."""
        for event in self._events:
            call, number = event.get("call"), event["seq"]
            if isinstance(call, ToolCallRecord) and call.id in call_ids and isinstance(number, int):
                return number - 1
        return 0

    async def follow(self, *, after: int = 0) -> AsyncIterator[StreamEvent]:
        """Every event with a `seq` above `after`, past ones at once, the others as they come."""
        place = 0
        while True:
            changed = self._changed
            while place < len(self._events):
                event = self._events[place]
                place += 1
                if isinstance(number := event["seq"], int) and number > after:
                    yield event
            if self._ended:
                return
            await changed.wait()


class SequenceNumbers:
    """Numbers what a conversation's clients are told; they only grow, also across answers and connections."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def next(self, conversation_id: str, *, above: int = 0) -> int:
        """The next number of a conversation; `above` is one that a client has seen from an earlier run."""
        number = max(self._last.get(conversation_id, 0), above) + 1
        self._last[conversation_id] = number
        return number


class AnswerStreams:
    """The answers in the making, and the last ones that ended."""

    def __init__(self) -> None:
        self.numbers = SequenceNumbers()
        self._streams: OrderedDict[str, AnswerStream] = OrderedDict()

    def open(self, conversation_id: str, message_id: str) -> AnswerStream:
        """A new stream; old ones that ended are forgotten."""
        stream = AnswerStream(conversation_id, message_id, self.numbers)
        self._streams[message_id] = stream
        for old in list(self._streams):
            if len(self._streams) <= KEPT_STREAMS:
                break
            if self._streams[old].has_ended:
                del self._streams[old]
        return stream

    def find(self, message_id: str) -> AnswerStream | None:
        """The stream of an answer, unless it ended long ago or in another run."""
        return self._streams.get(message_id)

    def forget(self, message_id: str) -> None:
        """Drop the events of an answer; what was stored of it stays."""
        self._streams.pop(message_id, None)
