"""What was searched for, noted some seconds later in one go.

Every commit makes SQLite's readers forget their cached pages: a write behind each search made the next one a third
slower.
"""

from __future__ import annotations

import asyncio

from cortex.db.repositories.searches import SearchRepository
from cortex.exceptions import CortexError
from cortex.observability.logs import get_logger

_LATER_SECONDS = 5.0
_LONGEST = 200

log = get_logger(__name__)


class SearchHistory:
    """Notes what people search for. A crash loses the last seconds of it, and nothing else."""

    def __init__(self, searches: SearchRepository, *, later_seconds: float = _LATER_SECONDS):
        self._searches = searches
        self._later_seconds = later_seconds
        self._pending: list[str] = []
        self._writing: asyncio.Task[None] | None = None

    def note(self, query: str) -> None:
        """Remember a query that found something; very long ones are no queries. Never waits and never fails."""
        query = " ".join(query.split())
        if not 0 < len(query) <= _LONGEST:
            return
        self._pending.append(query)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_later())

    async def flush(self) -> None:
        """Write what is pending, so that whoever reads the history next finds it. What cannot be written is let go."""
        queries, self._pending = self._pending, []
        if not queries:
            return
        try:
            await self._searches.remember(queries)
        except CortexError as error:
            log.warning("searches not remembered", count=len(queries), error=error.code)

    async def aclose(self) -> None:
        """Write what is pending, and nothing more later."""
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.wait([self._writing])
        await self.flush()

    async def _write_later(self) -> None:
        await asyncio.sleep(self._later_seconds)
        await self.flush()
