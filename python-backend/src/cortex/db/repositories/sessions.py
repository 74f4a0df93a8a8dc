"""Signed-in browsers, found by the hash of either half of their secret."""

from __future__ import annotations

from typing import Literal

from cortex.db.database import Database
from cortex.db.driver import Connection, Row
from cortex.domain.access import Session

_COLUMNS = "id, client, cookie_hash, secret_hash, created_at, last_used_at"


class SessionRepository:
    """Stores sessions; only the hashes of their two halves reach the database."""

    def __init__(self, database: Database):
        self._database = database

    async def add(self, session: Session) -> None:
        """Store a new session."""

        def insert(connection: Connection) -> None:
            connection.execute(
                f"INSERT INTO sessions ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",
                (
                    session.id,
                    session.client,
                    session.cookie_hash,
                    session.secret_hash,
                    session.created_at,
                    session.last_used_at,
                ),
            )

        await self._database.write(insert, durable=True)

    async def list(self) -> tuple[Session, ...]:
        """All sessions, the one used last first."""

        def select(connection: Connection) -> tuple[Session, ...]:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM sessions ORDER BY last_used_at DESC, id DESC").fetchall()
            return tuple(_session(row) for row in rows)

        return await self._database.read(select)

    async def by_hash(self, half: Literal["cookie_hash", "secret_hash"], digest: str) -> Session | None:
        """The session of which this half has this hash."""

        def select(connection: Connection) -> Session | None:
            row = connection.execute(f"SELECT {_COLUMNS} FROM sessions WHERE {half} = ?", (digest,)).fetchone()
            return _session(row) if row else None

        return await self._database.read(select)

    async def touch(self, session_id: str, moment: str) -> None:
        """Note that a session was used."""

        def update(connection: Connection) -> None:
            connection.execute("UPDATE sessions SET last_used_at = ? WHERE id = ?", (moment, session_id))

        await self._database.write(update)

    async def delete(self, session_id: str) -> bool:
        """Revoke a session; False when there was none."""

        def remove(connection: Connection) -> bool:
            return connection.execute("DELETE FROM sessions WHERE id = ?", (session_id,)).rowcount > 0

        return await self._database.write(remove, durable=True)

    async def delete_unused_since(self, moment: str) -> int:
        """Remove sessions that were last used before `moment`; gives their number."""

        def remove(connection: Connection) -> int:
            return connection.execute("DELETE FROM sessions WHERE last_used_at < ?", (moment,)).rowcount

        return await self._database.write(remove)


def _session(row: Row) -> Session:
    return Session(
        id=row["id"],
        client=row["client"],
        cookie_hash=row["cookie_hash"],
        secret_hash=row["secret_hash"],
        created_at=row["created_at"],
        last_used_at=row["last_used_at"],
    )
