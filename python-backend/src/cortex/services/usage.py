"""What models cost the owner: time, tokens, money. Noted some seconds after each call, in one go.

As with the history of searches: a commit behind each call would slow down whoever reads next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from cortex.db.repositories.model_calls import ModelCallRepository
from cortex.domain.model_call import ModelCall, Usage, UsageGrouping
from cortex.exceptions import CortexError
from cortex.observability.logs import get_logger
from cortex.observability.metrics import Metrics

_LATER_SECONDS = 5.0
_AT_MOST = 10_000
"""Calls that wait to be written; more only gather where nothing can be written, and the newest are let go."""

log = get_logger(__name__)


class UsageService:
    """Keeps the books. A crash loses the last seconds of them, and nothing else."""

    def __init__(self, calls: ModelCallRepository, metrics: Metrics, *, later_seconds: float = _LATER_SECONDS):
        self._calls = calls
        self._metrics = metrics
        self._later_seconds = later_seconds
        self._pending: list[ModelCall] = []
        self._writing: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()

    def book(self, call: ModelCall) -> None:
        """Note a call that has ended. Never waits and never fails."""
        self._metrics.model_call(call)
        if len(self._pending) < _AT_MOST:
            self._pending.append(call)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_later())

    async def usage(
        self, *, since: str | None, until: str | None, group_by: Sequence[UsageGrouping]
    ) -> tuple[Usage, list[Usage]]:
        """The sum of all calls from `since` up to (not with) `until`, and one sum for each group."""
        await self.flush()
        return await self._calls.usage(since=since, until=until, group_by=group_by)

    async def flush(self) -> bool:
        """Write what is pending. What cannot be written now is kept for the next time, and the answer is False."""
        async with self._turn:  # who reads next finds what is being written, too
            calls, self._pending = self._pending, []
            if not calls:
                return True
            try:
                await self._calls.add(calls)
            except CortexError as error:
                self._pending = [*calls, *self._pending][:_AT_MOST]
                log.warning("calls of models not noted", count=len(calls), error=error.code)
                return False
            return True

    async def aclose(self) -> None:
        """Write what is pending, and nothing more later. What is being written is waited for."""
        if self._writing is not None:
            async with self._turn:  # nothing is being written now: only waiting is cut short
                self._writing.cancel()
            await asyncio.wait([self._writing])
        await self.flush()

    async def _write_later(self) -> None:
        is_written = True
        while is_written and self._pending:  # again for what is booked while others are written
            await asyncio.sleep(self._later_seconds)
            is_written = await self.flush()
