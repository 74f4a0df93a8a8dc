"""What changed, told to everybody who shows it. In memory: a client that missed too much reads again."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

EventType = Literal[
    "item.created",
    "item.updated",
    "item.deleted",
    "queue.updated",
    "conversation.updated",
    "conversation.deleted",
    "tags.updated",
    "collections.updated",
    "searches.updated",
    "settings.updated",
    "task.created",
    "task.updated",
    "task.deleted",
    "task.reminder",
    "providers.updated",
    "connections.updated",
    "digest.created",
    "digest.deleted",
    "embeddings.updated",
    "reset",
]


@dataclass(frozen=True, slots=True)
class Event:
    """One change. `id` names the process's run and a number, so that a resumed stream knows what it missed."""

    id: str
    type: EventType
    data: Mapping[str, object]


class Subscription:
    """A reader's place in the stream; events wait here until they are taken."""

    def __init__(self, limit: int):
        self._waiting: deque[Event] = deque()
        self._limit = limit
        self._arrived = asyncio.Event()
        self._closed = False

    def offer(self, event: Event) -> None:
        """Add an event. A reader that falls too far behind is told to read everything again."""
        if len(self._waiting) >= self._limit:
            self._waiting.clear()
            event = Event(event.id, "reset", {})
        self._waiting.append(event)
        self._arrived.set()

    def close(self) -> None:
        self._closed = True
        self._arrived.set()

    async def take(self) -> Event | None:
        """The next event; None once the bus is closed and nothing is left. Cancelling it loses nothing."""
        while not self._waiting:
            if self._closed:
                return None
            self._arrived.clear()
            await self._arrived.wait()
        return self._waiting.popleft()

    async def __aiter__(self) -> AsyncIterator[Event]:
        while (event := await self.take()) is not None:
            yield event


class EventBus:
    """Publishes events to subscriptions of the same event loop, and keeps the last ones for reconnecting readers."""

    def __init__(self, *, kept: int = 2000):
        self._run = secrets.token_hex(4)
        self._number = 0
        self._recent: deque[Event] = deque(maxlen=kept)
        self._subscriptions: set[Subscription] = set()
        self._closed = False

    def publish(self, type_: EventType, data: Mapping[str, object]) -> None:
        """Tell everybody; never blocks and never fails."""
        self._number += 1
        event = Event(f"{self._run}-{self._number}", type_, data)
        self._recent.append(event)
        for subscription in self._subscriptions:
            subscription.offer(event)

    @contextmanager
    def subscribe(self, *, last_id: str | None = None) -> Iterator[Subscription]:
        """A subscription from now on, or from after `last_id`; a `reset` event comes first when that is too old."""
        subscription = Subscription(limit=self._recent.maxlen or 2000)
        if last_id is not None:
            for event in self._since(last_id):
                subscription.offer(event)
        if self._closed:
            subscription.close()
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)

    def _since(self, last_id: str) -> list[Event]:
        run, _, number = last_id.rpartition("-")
        oldest = self._number - len(self._recent)
        if run != self._run or not number.isdecimal() or not oldest <= int(number) <= self._number:
            return [Event(f"{self._run}-{self._number}", "reset", {})]
        return list(self._recent)[int(number) - oldest :]

    def close(self) -> None:
        """End every subscription after what it still holds, also those that come later."""
        self._closed = True
        for subscription in self._subscriptions:
            subscription.close()
