"""Undo records: what a write changed, kept for a day."""

from __future__ import annotations

import json
from dataclasses import asdict

from cortex.db.driver import Connection
from cortex.db.repositories.changes import Before
from cortex.domain import clock
from cortex.domain.ids import new_id
from cortex.exceptions import UndoNotFoundError

KEPT_SECONDS = 24 * 3600


def record(connection: Connection, action: str, before: Before) -> str | None:
    """Keep what was there before `action`; gives the undo id, None when nothing changed."""
    if before.is_empty:
        return None
    undo_id = new_id("undo")
    connection.execute(
        "INSERT INTO undo_records (id, action, payload, created_at) VALUES (?, ?, ?, ?)",
        (undo_id, action, json.dumps(asdict(before), separators=(",", ":")), clock.now()),
    )
    return undo_id


def take(connection: Connection, undo_id: str) -> tuple[str, Before]:
    """The action and what was there before it; marks the record as used. Raises UndoNotFoundError."""
    row = connection.execute(
        "SELECT action, payload FROM undo_records WHERE id = ? AND undone_at IS NULL AND created_at > ?",
        (undo_id, clock.after(-KEPT_SECONDS)),
    ).fetchone()
    if row is None:
        raise UndoNotFoundError
    connection.execute("UPDATE undo_records SET undone_at = ? WHERE id = ?", (clock.now(), undo_id))
    return row["action"], Before(**json.loads(row["payload"]))


def prune(connection: Connection) -> int:
    """Forget records that can no longer be used; gives their number."""
    return connection.execute("DELETE FROM undo_records WHERE created_at <= ?", (clock.after(-KEPT_SECONDS),)).rowcount


def first_after(connection: Connection, mark: str) -> str | None:
    """The id of the record made first after `mark`, an id of this process; None when there is none yet."""
    row = connection.execute("SELECT min(id) FROM undo_records WHERE id > ?", (mark,)).fetchone()
    return row[0] if row else None
