"""The same write twice is done once: browsers and phones resend after a dropped connection."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from cortex.db.database import Database
from cortex.db.repositories import idempotency
from cortex.db.repositories.idempotency import StoredAnswer
from cortex.exceptions import ConflictError

_MOST_SECRET = 100


@dataclass(slots=True)
class _Turn:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0


class IdempotencyService:
    """Remembers first answers by key; requests with one key run one after the other."""

    def __init__(self, database: Database):
        self._database = database
        self._turns: dict[str, _Turn] = {}
        self._secret: OrderedDict[str, StoredAnswer] = OrderedDict()

    @asynccontextmanager
    async def turn(self, key: str) -> AsyncIterator[None]:
        """Hold the key: nobody else with it gets past this until the block ends."""
        turn = self._turns.setdefault(key, _Turn())
        turn.users += 1
        try:
            async with turn.lock:
                yield
        finally:
            turn.users -= 1
            if turn.users == 0:
                del self._turns[key]

    async def answer(self, key: str, request_hash: str) -> StoredAnswer | None:
        """The first answer to this request. Raises ConflictError when the key answered another one."""
        stored = self._secret.get(key) or await self._database.read(
            lambda connection: idempotency.find(connection, key)
        )
        if stored is not None and stored.request_hash != request_hash:
            raise ConflictError(
                "This Idempotency-Key was used for another request. Nothing was done; take a new key for a new request."
            )
        return stored

    async def remember(self, key: str, answer: StoredAnswer) -> None:
        """Keep the first answer."""
        await self._database.write(lambda connection: idempotency.store(connection, key, answer))

    def remember_unwritten(self, key: str, answer: StoredAnswer) -> None:
        """Keep a first answer that holds a secret: in memory, the last hundred, until the process ends."""
        self._secret[key] = answer
        while len(self._secret) > _MOST_SECRET:
            self._secret.popitem(last=False)
