"""The ledger of connections that left the machine."""

from __future__ import annotations

from dataclasses import astuple, fields

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.domain.access import OutboundConnection

_COLUMNS = ", ".join(field.name for field in fields(OutboundConnection))
_PLACES = ", ".join("?" for _ in fields(OutboundConnection))
_KEPT = 100_000


class LedgerRepository:
    """Appends and lists; the newest 100,000 connections are kept."""

    def __init__(self, database: Database):
        self._database = database

    async def add(self, connection: OutboundConnection) -> None:
        """Note one connection."""

        def insert(raw: Connection) -> None:
            raw.execute(f"INSERT INTO outbound_log ({_COLUMNS}) VALUES ({_PLACES})", astuple(connection))
            raw.execute("DELETE FROM outbound_log WHERE number <= (SELECT max(number) FROM outbound_log) - ?", (_KEPT,))

        await self._database.write(insert)

    async def page(
        self,
        *,
        limit: int,
        before: int | None = None,
        offset: int = 0,
        host: str | None = None,
        purpose: str | None = None,
    ) -> tuple[tuple[tuple[int, OutboundConnection], ...], int]:
        """Up to `limit` connections with their numbers, newest first, and the number of all.

        `before` continues below that number; `offset` skips instead. `host` is any part of the host's name.
        """
        wanted = "(? IS NULL OR instr(lower(host), lower(?))) AND (? IS NULL OR purpose = ?)"
        values = (host, host, purpose, purpose)

        def select(raw: Connection) -> tuple[tuple[tuple[int, OutboundConnection], ...], int]:
            rows = raw.execute(
                f"SELECT number, {_COLUMNS} FROM outbound_log WHERE (? IS NULL OR number < ?) AND {wanted} "
                "ORDER BY number DESC LIMIT ? OFFSET ?",
                (before, before, *values, limit, offset),
            ).fetchall()
            total = raw.execute(f"SELECT count(*) FROM outbound_log WHERE {wanted}", values).fetchone()[0]
            return tuple((row[0], OutboundConnection(*tuple(row)[1:])) for row in rows), total

        return await self._database.read(select)
