"""Embedding spaces: which model's vectors are stored, and which ones search reads. For use inside a transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cortex.db import vector_index
from cortex.db.driver import Connection, Row
from cortex.domain import clock

SpaceState = Literal["active", "building", "fallback"]


@dataclass(frozen=True, slots=True)
class SpaceIdentity:
    """Vectors are comparable only when all of this is equal."""

    provider: str
    model: str
    fingerprint: str
    dimension: int


@dataclass(frozen=True, slots=True)
class EmbeddingSpace:
    """A stored space; int8 values are `round(value * scale)`, clipped to ±127."""

    id: int
    identity: SpaceIdentity
    scale: float
    state: SpaceState


def find(connection: Connection, identity: SpaceIdentity) -> EmbeddingSpace | None:
    """The space of this very model, whatever its state."""
    row = connection.execute(
        "SELECT * FROM embedding_spaces WHERE provider = ? AND model = ? AND fingerprint = ? AND dimension = ?",
        (identity.provider, identity.model, identity.fingerprint, identity.dimension),
    ).fetchone()
    return _space(row) if row is not None else None


def active(connection: Connection) -> EmbeddingSpace | None:
    """The space that search reads."""
    row = connection.execute("SELECT * FROM embedding_spaces WHERE state = 'active'").fetchone()
    return _space(row) if row is not None else None


def create(connection: Connection, identity: SpaceIdentity, *, scale: float) -> EmbeddingSpace:
    """A new space with its tables: active when it is the first, else being built beside the active one."""
    state: SpaceState = "building" if active(connection) is not None else "active"
    cursor = connection.execute(
        "INSERT INTO embedding_spaces (provider, model, fingerprint, dimension, scale, state, created_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (identity.provider, identity.model, identity.fingerprint, identity.dimension, scale, state, clock.now()),
    )
    space = int(cursor.lastrowid or 0)
    vector_index.create_tables(connection, space)
    return EmbeddingSpace(space, identity, scale, state)


def activate(connection: Connection, space: EmbeddingSpace) -> None:
    """Let search read this space from now on; the one before is dropped."""
    for row in connection.execute(
        "SELECT id FROM embedding_spaces WHERE state = 'active' AND id <> ?", (space.id,)
    ).fetchall():
        vector_index.drop_tables(connection, row[0])
        connection.execute("DELETE FROM embedding_spaces WHERE id = ?", (row[0],))
    connection.execute("UPDATE embedding_spaces SET state = 'active' WHERE id = ?", (space.id,))


def missing_items(connection: Connection, space: int | None, *, limit: int) -> list[str]:
    """Ids of items with passages that have no vector in this space (None: in any), oldest first."""
    condition = f"AND c.id NOT IN (SELECT chunk_id FROM vector_int8_{space})" if space is not None else ""
    return [
        row[0]
        for row in connection.execute(
            "SELECT i.id FROM items i WHERE i.deleted_at IS NULL AND EXISTS ("
            f"SELECT 1 FROM chunks c WHERE c.item_number = i.number {condition}) ORDER BY i.number LIMIT ?",
            (limit,),
        )
    ]


def _space(row: Row) -> EmbeddingSpace:
    identity = SpaceIdentity(row["provider"], row["model"], row["fingerprint"], row["dimension"])
    return EmbeddingSpace(row["id"], identity, row["scale"], row["state"])
