"""The library as a service sees it when its one write has to be noted in the very same transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from cortex.db.database import Database, Work
from cortex.db.driver import Connection
from cortex.db.repositories import undo
from cortex.domain.ids import new_id

T = TypeVar("T")
Witness = Callable[[Connection, str | None], None]
"""Given the connection inside the transaction, after the work, and the undo id of what was done (None: nothing
changed). What it raises undoes the work."""


class WitnessedDatabase(Database):
    """Passes everything on to the open library; `witness` has the last word in each write."""

    def __init__(self, library: Database, witness: Witness):
        super().__init__(library.path)
        self._library = library
        self._witness = witness

    async def read(self, work: Work[T]) -> T:
        """As the library does."""
        return await self._library.read(work)

    async def write(self, work: Work[T], *, durable: bool = False) -> T:
        """As the library does, with what the witness writes in the same transaction."""

        def witnessed(connection: Connection) -> T:
            mark = new_id("undo")
            result = work(connection)
            self._witness(connection, undo.first_after(connection, mark))
            return result

        return await self._library.write(witnessed, durable=durable)
