"""Waking the worker: no polling, so that an idle Cortex costs nothing."""

from __future__ import annotations

import asyncio
import contextlib


class Wakeup:
    """Set by whoever put something into the queue, waited for by one worker of the same event loop."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._others: list[Wakeup] = []

    def another(self) -> Wakeup:
        """One for another worker, woken with this one: on the same one, two would take wake-ups from each other."""
        other = Wakeup()
        self._others.append(other)
        return other

    def notify(self) -> None:
        """There may be something to do. Call after the transaction that enqueued has committed."""
        self._event.set()
        for other in self._others:
            other.notify()

    async def wait(self, timeout_seconds: float | None) -> None:
        """Until the next notification (one that came since the last wait counts), at most this long."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._event.wait(), timeout_seconds)
        self._event.clear()
