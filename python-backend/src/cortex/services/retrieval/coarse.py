"""The coarse scan of the vector leg in memory: 56 bytes a passage save half of the vector leg.

SQLite stays the truth. What this gives are candidates: their vectors are read from the database in the same snapshot
as everything else, so a passage that is gone drops out there. Passages that are new make the copy stale, and a stale
copy is not asked: the database scans its own bits until a fresh copy stands.
"""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cortex.db import vector_index
from cortex.db.database import Database
from cortex.exceptions import CortexError
from cortex.observability.logs import get_logger
from cortex.services.embeddings import EmbeddingService

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

MOST_PASSAGES = 500_000
"""More than these stay in the database alone (28 MB of bits and numbers)."""
_QUIET_SECONDS = 1.0
"""While passages keep arriving, a copy would be stale before it is used."""
_REST_SECONDS = 60.0
"""After a copy was given up, the next one is made no sooner: the trash may still be as full."""

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Copy:
    space: int
    version: int
    chunks: npt.NDArray[np.int64]
    """Ascending."""
    columns: npt.NDArray[np.uint64]
    """(words of a vector's bits, passages)."""


class CoarseScan:
    """The bits of one embedding space, copied in the background after a search that had to do without them."""

    def __init__(self, database: Database, embeddings: EmbeddingService, clock: Callable[[], float] = time.monotonic):
        self._database = database
        self._embeddings = embeddings
        self._clock = clock
        self._copy: _Copy | None = None
        self._copying: asyncio.Task[None] | None = None
        self._seen_version = -1
        self._seen_at = 0.0
        self._not_before = 0.0

    def candidates(self, space: int, bits: bytes, limit: int) -> list[int] | None:
        """The chunks whose bits differ least from these, unordered; None when there is no fresh copy."""
        copy = self._copy
        if copy is None or copy.space != space or copy.version != self._embeddings.vectors_version(space):
            return None
        import numpy as np

        if len(copy.chunks) <= limit:
            everything: list[int] = copy.chunks.tolist()
            return everything
        query = np.frombuffer(bits, dtype=np.uint64)
        distances = np.zeros(len(copy.chunks), dtype=np.int64)
        for column, word in zip(copy.columns, query, strict=True):
            distances += np.bitwise_count(column ^ word)
        # The position breaks ties, so that the same question finds the same passages.
        order = distances * len(copy.chunks) + np.arange(len(copy.chunks))
        found: list[int] = copy.chunks[np.argpartition(order, limit)[:limit]].tolist()
        return found

    def forget(self) -> None:
        """Ask the database for a while: too many of the candidates are gone or in the trash."""
        self._copy = None
        self._not_before = self._clock() + _REST_SECONDS

    def keep_fresh(self, space: int) -> None:
        """Copy the bits again in the background, when they have changed and have been at rest since. Never waits."""
        version, moment = self._embeddings.vectors_version(space), self._clock()
        if version != self._seen_version:
            self._seen_version, self._seen_at = version, moment
        copy = self._copy
        fresh = copy is not None and copy.space == space and copy.version == version
        copying = self._copying is not None and not self._copying.done()
        at_rest = version == 0 or moment - self._seen_at >= _QUIET_SECONDS
        if not fresh and not copying and at_rest and moment >= self._not_before:
            # in a context of its own: a finished task would keep the search that it was begun for
            self._copying = asyncio.create_task(self._refresh(space, version), context=contextvars.Context())

    async def aclose(self) -> None:
        """End a copy that is being made."""
        if self._copying is not None:
            self._copying.cancel()
            await asyncio.wait([self._copying])

    async def _refresh(self, space: int, version: int) -> None:
        try:
            rows = await self._database.read(lambda raw: vector_index.all_bits(raw, space, limit=MOST_PASSAGES))
        except CortexError as error:
            log.warning("bits not copied; the database scans its own", error=error.code)
            return
        self._copy = await asyncio.to_thread(_copied, rows, space, version) if rows else None


def _copied(rows: list[tuple[int, bytes]], space: int, version: int) -> _Copy:
    import numpy as np

    words = np.frombuffer(b"".join(bits for _, bits in rows), dtype=np.uint64).reshape(len(rows), -1)
    chunks = np.fromiter((chunk for chunk, _ in rows), dtype=np.int64, count=len(rows))
    return _Copy(space, version, chunks, np.ascontiguousarray(words.T))
