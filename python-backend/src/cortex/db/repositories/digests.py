"""Digests: rows, pages, drafts, and what they showed. Functions of a connection, inside a transaction or snapshot."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from cortex.db.driver import Connection, Row
from cortex.domain.digest import Digest, MadeFor, Section
from cortex.domain.paging import Page, Position, from_cursor, to_cursor
from cortex.exceptions import DigestNotFoundError, ValidationError

_COLUMNS = (
    "number", "id", "status", "made_for", "since", "until", "draft", "body", "is_empty", "written_by", "error",
    "created_at", "ready_at",
)  # fmt: skip
_SORT = "digests"
_SCHEDULE = "digest.schedule"


def insert(
    connection: Connection, digest_id: str, *, made_for: MadeFor, since: str, until: str, created_at: str
) -> None:
    """A new digest, to be made. Ask `pending` first: there is at most one."""
    connection.execute(
        "INSERT INTO digests (id, status, made_for, since, until, created_at) VALUES (?, 'pending', ?, ?, ?, ?)",
        (digest_id, made_for, since, until, created_at),
    )


def get(connection: Connection, digest_id: str) -> Digest:
    """One digest. Raises DigestNotFoundError."""
    row = connection.execute("SELECT * FROM digests WHERE id = ?", (digest_id,)).fetchone()
    if row is None:
        raise DigestNotFoundError(f"No digest {digest_id[:80]}.")
    return _digest(row)


def pending(connection: Connection) -> Digest | None:
    """The digest that is being made, if there is one."""
    row = connection.execute("SELECT * FROM digests WHERE status = 'pending'").fetchone()
    return _digest(row) if row is not None else None


def latest_until(connection: Connection) -> str | None:
    """Up to when the last digest reaches; None before the first one."""
    row = connection.execute("SELECT max(until) FROM digests WHERE status = 'ready'").fetchone()
    return str(row[0]) if row[0] is not None else None


def page(connection: Connection, *, limit: int, cursor: str | None, offset: int = 0) -> Page[Digest]:
    """A page, newest first; without bodies. `offset` skips where there is no cursor.

    Raises ValidationError for a foreign cursor.
    """
    after = None
    if cursor is not None:
        try:
            position = from_cursor(cursor)
        except ValueError:
            position = None
        if position is None or position.sort != _SORT:
            message = "This cursor does not belong to this list. Start again without one."
            raise ValidationError(message, details=[{"loc": ["query", "cursor"], "msg": message, "type": "cursor"}])
        after = position.number
    total = int(connection.execute("SELECT count(*) FROM digests").fetchone()[0])
    rows = connection.execute(
        "SELECT number, id, status, made_for, since, until, NULL AS body, is_empty, written_by, error, created_at, "
        "ready_at FROM digests WHERE ? IS NULL OR number < ? ORDER BY number DESC LIMIT ? OFFSET ?",
        (after, after, limit + 1, offset if after is None else 0),
    ).fetchall()
    shown = rows[:limit]
    following = to_cursor(Position(_SORT, None, shown[-1]["number"])) if len(rows) > limit else None
    return Page([_digest(row) for row in shown], following, total)


def draft(connection: Connection, digest_id: str) -> str | None:
    """What the finished steps of a pending digest made; None before the first one. Raises DigestNotFoundError."""
    row = connection.execute("SELECT draft FROM digests WHERE id = ?", (digest_id,)).fetchone()
    if row is None:
        raise DigestNotFoundError(f"No digest {digest_id[:80]}.")
    return None if row[0] is None else str(row[0])


def set_draft(connection: Connection, digest_id: str, text: str) -> None:
    """Keep what a step made."""
    connection.execute("UPDATE digests SET draft = ? WHERE id = ? AND status = 'pending'", (text, digest_id))


def make_ready(
    connection: Connection, digest_id: str, *, body: str, written_by: str, is_empty: bool, ready_at: str
) -> bool:
    """The digest is done; gives whether it was still to be made."""
    cursor = connection.execute(
        "UPDATE digests SET status = 'ready', body = ?, draft = NULL, written_by = ?, is_empty = ?, error = NULL, "
        "ready_at = ? WHERE id = ? AND status = 'pending'",
        (body, written_by, is_empty, ready_at, digest_id),
    )
    return cursor.rowcount > 0


def fail(connection: Connection, digest_id: str, error: str) -> None:
    """It cannot be made; what it would have covered is left to the next one."""
    connection.execute(
        "UPDATE digests SET status = 'failed', draft = NULL, error = ? WHERE id = ? AND status = 'pending'",
        (error, digest_id),
    )


def row_of(connection: Connection, digest_id: str) -> dict[str, Any] | None:
    """The plain row of a digest; None when there is none."""
    row = connection.execute("SELECT * FROM digests WHERE id = ?", (digest_id,)).fetchone()
    return {name: row[name] for name in _COLUMNS} if row is not None else None


def put(connection: Connection, digest_id: str, row: Mapping[str, object] | None) -> None:
    """Write a row as it is; None deletes it."""
    connection.execute("DELETE FROM digests WHERE id = ?", (digest_id,))
    if row is not None:
        connection.execute(
            f"INSERT INTO digests ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' for _ in _COLUMNS)})",
            tuple(row.get(name) for name in _COLUMNS),
        )


def mention(connection: Connection, numbers: Iterable[int], section: Section, shown_at: str) -> None:
    """Note that these items were shown."""
    connection.executemany(
        "INSERT INTO digest_mentions (item_number, section, shown_at) SELECT number, ?, ? FROM items WHERE number = ? "
        "ON CONFLICT (item_number, section) DO UPDATE SET shown_at = excluded.shown_at",
        [(section, shown_at, number) for number in numbers],
    )


def schedule(connection: Connection) -> dict[str, str]:
    """What the schedule remembers: `slot` (the last hour that was dealt with), `outcome`, `covered` (a moment up to
    which digests reach, those included that were deleted)."""
    row = connection.execute("SELECT value FROM settings WHERE key = ?", (_SCHEDULE,)).fetchone()
    return dict(json.loads(row[0])) if row is not None else {}


def remember(connection: Connection, now: str, **facts: str) -> None:
    """Change what the schedule remembers."""
    connection.execute(
        "INSERT INTO settings (key, value, updated_at) VALUES (?, ?, ?) "
        "ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
        (_SCHEDULE, json.dumps(schedule(connection) | facts), now),
    )


def less_like_row(connection: Connection, item_id: str) -> str | None:
    """Since when the owner wants less like this item; None when that was never said."""
    row = connection.execute("SELECT created_at FROM less_like WHERE item_id = ?", (item_id,)).fetchone()
    return str(row[0]) if row is not None else None


def put_less_like(connection: Connection, item_id: str, created_at: str | None) -> None:
    """Want less like this item since then; None takes it back."""
    if created_at is None:
        connection.execute("DELETE FROM less_like WHERE item_id = ?", (item_id,))
    else:
        connection.execute(
            "INSERT INTO less_like (item_id, created_at) VALUES (?, ?) "
            "ON CONFLICT (item_id) DO UPDATE SET created_at = excluded.created_at",
            (item_id, created_at),
        )


def _digest(row: Row) -> Digest:
    return Digest(
        id=row["id"],
        status=row["status"],
        made_for=row["made_for"],
        since=row["since"],
        until=row["until"],
        created_at=row["created_at"],
        ready_at=row["ready_at"],
        is_empty=bool(row["is_empty"]),
        written_by=row["written_by"],
        error=row["error"],
        body=row["body"],
    )
