"""API keys, found by the hash of their secret."""

from __future__ import annotations

from cortex.db.database import Database
from cortex.db.driver import Connection, Row
from cortex.domain.access import ApiKey, Scope

_COLUMNS = "id, name, scope, created_at, last_used_at"


class ApiKeyRepository:
    """Stores keys; their secrets never reach the database."""

    def __init__(self, database: Database):
        self._database = database

    async def add(self, key: ApiKey, secret_hash: str) -> None:
        """Store a new key under the SHA-256 of its secret."""

        def insert(connection: Connection) -> None:
            connection.execute(
                "INSERT INTO api_keys (id, name, scope, secret_hash, created_at) VALUES (?, ?, ?, ?, ?)",
                (key.id, key.name, key.scope.value, secret_hash, key.created_at),
            )

        await self._database.write(insert, durable=True)

    async def list(self) -> tuple[ApiKey, ...]:
        """All keys, oldest first."""

        def select(connection: Connection) -> tuple[ApiKey, ...]:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM api_keys ORDER BY id").fetchall()
            return tuple(_key(row) for row in rows)

        return await self._database.read(select)

    async def by_secret_hash(self, secret_hash: str) -> ApiKey | None:
        """The key whose secret has this hash."""

        def select(connection: Connection) -> ApiKey | None:
            row = connection.execute(
                f"SELECT {_COLUMNS} FROM api_keys WHERE secret_hash = ?", (secret_hash,)
            ).fetchone()
            return _key(row) if row else None

        return await self._database.read(select)

    async def touch(self, key_id: str, moment: str) -> None:
        """Note that a key was used."""

        def update(connection: Connection) -> None:
            connection.execute("UPDATE api_keys SET last_used_at = ? WHERE id = ?", (moment, key_id))

        await self._database.write(update)

    async def delete(self, key_id: str) -> bool:
        """Revoke a key; False when there was none."""

        def remove(connection: Connection) -> bool:
            return connection.execute("DELETE FROM api_keys WHERE id = ?", (key_id,)).rowcount > 0

        return await self._database.write(remove, durable=True)


def _key(row: Row) -> ApiKey:
    return ApiKey(
        id=row["id"],
        name=row["name"],
        scope=Scope(row["scope"]),
        created_at=row["created_at"],
        last_used_at=row["last_used_at"],
    )
