"""Embedding spaces: which model's vectors are stored, and which ones search reads. For use inside a transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
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


@dataclass(frozen=True, slots=True, weakref_slot=True)
class EmbeddingSpace:
    """A stored space; int8 values are `round(value * scale)`, clipped to ±127."""

    id: int
    identity: SpaceIdentity
    scale: float
    state: SpaceState
    is_base: bool = True
    """Whether it is the embedded model's: kept complete whichever is active, and what scores are calibrated on."""
    probe: bytes | None = None
    """float32 vectors of fixed sentences, one after another."""
    place: str | None = None
    """Where its texts may go, when they leave this machine."""
    chosen: str | None = None
    """The model as the owner named it; None for the embedded one."""


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


def base(connection: Connection) -> EmbeddingSpace | None:
    """The embedded model's space, whether it is active or the fallback."""
    row = connection.execute(
        "SELECT * FROM embedding_spaces WHERE is_base AND state IN ('active', 'fallback') ORDER BY id DESC LIMIT 1"
    ).fetchone()
    return _space(row) if row is not None else None


def by_id(connection: Connection, space: int) -> EmbeddingSpace | None:
    """A space, if it is still there."""
    row = connection.execute("SELECT * FROM embedding_spaces WHERE id = ?", (space,)).fetchone()
    return _space(row) if row is not None else None


def create(
    connection: Connection,
    identity: SpaceIdentity,
    *,
    scale: float,
    is_base: bool = True,
    probe: bytes | None = None,
    place: str | None = None,
    chosen: str | None = None,
) -> EmbeddingSpace:
    """A new space with its tables: being built, but for the embedded model's first, which is active at once."""
    state: SpaceState = "building" if not is_base or active(connection) is not None else "active"
    cursor = connection.execute(
        "INSERT INTO embedding_spaces (provider, model, fingerprint, dimension, scale, state, created_at, is_base, "
        "probe, place, chosen) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            identity.provider,
            identity.model,
            identity.fingerprint,
            identity.dimension,
            scale,
            state,
            clock.now(),
            is_base,
            probe,
            place,
            chosen,
        ),
    )
    space = int(cursor.lastrowid or 0)
    vector_index.create_tables(connection, space)
    return EmbeddingSpace(space, identity, scale, state, is_base, probe, place, chosen)


def activate(connection: Connection, space: EmbeddingSpace) -> None:
    """Let search read this space from now on. The embedded model's stays as the fallback.

    Another model's is as if it were being built: searches that began with it end with it, then `left_over` names it.
    """
    for one in _others(connection, space):
        if one.is_base and space.is_base:
            drop(connection, one.id)
        else:
            _set_state(connection, one.id, "fallback" if one.is_base else "building")
    _set_state(connection, space.id, "active")


def keep_as_base(connection: Connection, space: EmbeddingSpace) -> None:
    """The embedded model's space is complete: it takes the place of the one that an earlier model left."""
    current = active(connection)
    if current is None or current.is_base:
        activate(connection, space)
        return
    for one in _others(connection, space):
        if one.is_base:
            drop(connection, one.id)
    _set_state(connection, space.id, "fallback")


def drop(connection: Connection, space: int) -> None:
    """Delete a space and its vectors."""
    vector_index.drop_tables(connection, space)
    connection.execute("DELETE FROM embedding_spaces WHERE id = ?", (space,))


def adopt(connection: Connection, space: int, fingerprint: str) -> None:
    """The server changed, its vectors did not: they go on under its new fingerprint."""
    connection.execute("UPDATE embedding_spaces SET fingerprint = ? WHERE id = ?", (fingerprint, space))


def left_over(connection: Connection, *, in_use: int | None) -> list[int]:
    """Spaces that neither search nor the build that fills `in_use` needs any more."""
    rows = connection.execute(
        "SELECT id FROM embedding_spaces WHERE state = 'building' AND NOT is_base AND id IS NOT ?", (in_use,)
    )
    return [row[0] for row in rows.fetchall()]


def with_fingerprint(identity: SpaceIdentity, fingerprint: str) -> SpaceIdentity:
    """The same model after a change."""
    return replace(identity, fingerprint=fingerprint)


def _others(connection: Connection, space: EmbeddingSpace) -> list[EmbeddingSpace]:
    rows = connection.execute(
        "SELECT * FROM embedding_spaces WHERE state IN ('active', 'fallback') AND id <> ?", (space.id,)
    )
    return [_space(row) for row in rows.fetchall()]


def _set_state(connection: Connection, space: int, state: SpaceState) -> None:
    connection.execute("UPDATE embedding_spaces SET state = ? WHERE id = ?", (state, space))


def missing_items(connection: Connection, space: int | None, *, limit: int) -> list[str]:
    """Ids of live items with passages that have no vector in this space (None: in any), oldest first."""
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
    return EmbeddingSpace(
        id=row["id"],
        identity=identity,
        scale=row["scale"],
        state=row["state"],
        is_base=bool(row["is_base"]),
        probe=row["probe"],
        place=row["place"],
        chosen=row["chosen"],
    )
