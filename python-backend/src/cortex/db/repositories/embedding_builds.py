"""Changes of the embedding model: how far they have come. For use inside a transaction."""

from __future__ import annotations

from cortex.db.driver import Connection, Row
from cortex.domain import clock
from cortex.domain.embedding import UNFINISHED, BuildState, EmbeddingBuild, EmbeddingChoice

_UNFINISHED = ", ".join(f"'{state}'" for state in UNFINISHED)


def start(
    connection: Connection,
    source: EmbeddingChoice | None,
    target: EmbeddingChoice,
    *,
    place: str | None = None,
) -> EmbeddingBuild:
    """Begin a change; there must be no other one unfinished. `place`: where texts may go, if they leave."""
    now = clock.now()
    cursor = connection.execute(
        "INSERT INTO embedding_builds (source_provider, source_model, provider, model, place, state, started_at, "
        "updated_at) VALUES (?, ?, ?, ?, ?, 'running', ?, ?)",
        (
            source.provider if source else None,
            source.model if source else None,
            target.provider,
            target.model,
            place,
            now,
            now,
        ),
    )
    return _build(connection.execute("SELECT * FROM embedding_builds WHERE id = ?", (cursor.lastrowid,)).fetchone())


def latest(connection: Connection) -> EmbeddingBuild | None:
    """The last one that was begun."""
    row = connection.execute("SELECT * FROM embedding_builds ORDER BY id DESC LIMIT 1").fetchone()
    return _build(row) if row is not None else None


def unfinished(connection: Connection) -> EmbeddingBuild | None:
    """The one that is under way, waits, is paused or has failed."""
    row = connection.execute(f"SELECT * FROM embedding_builds WHERE state IN ({_UNFINISHED})").fetchone()
    return _build(row) if row is not None else None


def set_state(connection: Connection, build: int, state: BuildState, error: str | None = None) -> bool:
    """Move an unfinished one on; False when it has ended meanwhile."""
    now = clock.now()
    cursor = connection.execute(
        "UPDATE embedding_builds SET state = ?, error = ?, updated_at = ?, finished_at = ? "
        f"WHERE id = ? AND state IN ({_UNFINISHED})",
        (state, error, now, None if state in UNFINISHED else now, build),
    )
    return cursor.rowcount > 0


def set_space(connection: Connection, build: int, space: int, *, done: int, total: int, left_out: int) -> None:
    """The model has told which space; counted passages."""
    connection.execute(
        "UPDATE embedding_builds SET space = ?, done = ?, total = ?, left_out = ?, updated_at = ? WHERE id = ?",
        (space, done, total, left_out, clock.now(), build),
    )


def add_progress(connection: Connection, build: int, *, done: int, seconds: float) -> None:
    """So many passages more, which took so long."""
    connection.execute(
        "UPDATE embedding_builds SET done = done + ?, total = max(total, done + ?), seconds = seconds + ?, "
        "updated_at = ? WHERE id = ?",
        (done, done, seconds, clock.now(), build),
    )


def set_freed(connection: Connection, build: int, freed_bytes: int) -> None:
    """By how much the file became smaller."""
    connection.execute("UPDATE embedding_builds SET freed_bytes = ? WHERE id = ?", (freed_bytes, build))


def _build(row: Row) -> EmbeddingBuild:
    source = (
        EmbeddingChoice(row["source_provider"], row["source_model"]) if row["source_provider"] is not None else None
    )
    return EmbeddingBuild(
        id=row["id"],
        source=source,
        target=EmbeddingChoice(row["provider"], row["model"]),
        place=row["place"],
        state=row["state"],
        space=row["space"],
        done=row["done"],
        total=row["total"],
        left_out=row["left_out"],
        seconds=row["seconds"],
        error=row["error"],
        started_at=row["started_at"],
        updated_at=row["updated_at"],
        finished_at=row["finished_at"],
        freed_bytes=row["freed_bytes"],
    )
