"""Keeps the counts of words true: items that are deleted for good take their passages along, but not the counts."""

from __future__ import annotations

import asyncio

from cortex.db import search_index
from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import chunks
from cortex.services.index_entries import TermCounts, count_terms

_BATCH = 500


class WordCounts:
    """Counts words again when they no longer fit the passages. Suggestions and rarity read them; nothing else does."""

    def __init__(self, database: Database):
        self._database = database

    async def mend(self) -> bool:
        """Count again if passages went away uncounted; says whether it did.

        Reads in small steps beside other work. When passages change meanwhile, the next call tries again.
        """
        before = await self._database.read(_drift)
        if before[0] == before[1]:
            return False
        counts: TermCounts = TermCounts()
        last = 0
        while True:
            batch = await self._database.read(lambda raw, after=last: chunks.after(raw, after, limit=_BATCH))  # type: ignore[misc] # bound per turn
            if not batch:
                break
            counts.update(await asyncio.to_thread(count_terms, batch))
            last = batch[-1][0]

        def replace(raw: Connection) -> bool:
            if _drift(raw) != before:
                return False
            search_index.replace_terms(raw, counts)
            return True

        return await self._database.write(replace)


def _drift(connection: Connection) -> tuple[int, int]:
    """Passages counted by word, and passages that there are."""
    return search_index.passages(connection), chunks.total(connection)
