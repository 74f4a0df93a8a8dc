"""Putting jobs into the queue and reading it. Functions take a connection, for use inside the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from cortex.db.driver import Connection, Row
from cortex.domain import clock, ids
from cortex.domain.job import Job, JobKind, QueueCounts

_PAUSED = "queue.paused"


def enqueue(
    connection: Connection,
    kind: JobKind,
    subject_id: str | None = None,
    payload: Mapping[str, object] | None = None,
    *,
    priority: int = 0,
    delay_seconds: float = 0.0,
) -> str:
    """Ask for a job; gives its id. Call `Wakeup.notify()` after the commit.

    One job stands for a subject: asking again while it is queued, waits or was given up starts it afresh, and
    asking while it runs makes it run once more after it ends. Nothing is lost and nothing runs twice at once.
    """
    now = clock.now()
    row = connection.execute(
        "INSERT INTO jobs (id, kind, subject_id, payload, state, priority, next_attempt_at, created_at, updated_at) "
        "VALUES (?, ?, ?, ?, 'queued', ?, ?, ?, ?) "
        "ON CONFLICT (kind, subject_id) WHERE subject_id IS NOT NULL DO UPDATE SET "
        "generation = generation + 1, payload = excluded.payload, priority = max(priority, excluded.priority), "
        "state = CASE state WHEN 'running' THEN 'running' ELSE 'queued' END, "
        "next_attempt_at = excluded.next_attempt_at, attempts = 0, waits = 0, interruptions = 0, "
        "error_code = NULL, error_message = NULL, updated_at = excluded.updated_at "
        "RETURNING id",
        (
            ids.new_id("job"),
            kind,
            subject_id,
            json.dumps(dict(payload or {})),
            priority,
            clock.after(delay_seconds),
            now,
            now,
        ),
    ).fetchall()
    return str(row[0][0])


def cancel(connection: Connection, kind: JobKind, subject_id: str) -> bool:
    """Forget a subject's job, also a running one (it notices at its next step); gives whether there was one."""
    cursor = connection.execute("DELETE FROM jobs WHERE kind = ? AND subject_id = ?", (kind, subject_id))
    return cursor.rowcount > 0


def release_waiting(
    connection: Connection, *, error_code: str | None = None, kinds: Sequence[JobKind] | None = None
) -> int:
    """Let waiting jobs (only those that wait for `error_code`, only of `kinds`, if given) try again now; gives their
    number."""
    cursor = connection.execute(
        "UPDATE jobs SET next_attempt_at = ?, waits = 0 WHERE state = 'waiting' AND (? IS NULL OR error_code = ?) "
        "AND (? IS NULL OR kind IN (SELECT value FROM json_each(?)))",
        (clock.now(), error_code, error_code, *[json.dumps(list(kinds)) if kinds is not None else None] * 2),
    )
    return cursor.rowcount


def get(connection: Connection, job_id: str) -> Job | None:
    """The job, if there still is one."""
    row = connection.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone()
    return from_row(row) if row else None


def for_subjects(connection: Connection, kind: JobKind, subject_ids: Sequence[str]) -> dict[str, Job]:
    """The jobs of these subjects, by subject."""
    rows = connection.execute(
        "SELECT * FROM jobs WHERE kind = ? AND subject_id IN (SELECT value FROM json_each(?))",
        (kind, json.dumps(list(subject_ids))),
    ).fetchall()
    return {row["subject_id"]: from_row(row) for row in rows}


def unfinished(connection: Connection, kind: JobKind, limit: int) -> list[Job]:
    """Jobs that are not done, in the order in which they matter to a person: running, given up, waiting, queued."""
    rows = connection.execute(
        "SELECT * FROM jobs WHERE kind = ? ORDER BY CASE state WHEN 'running' THEN 0 WHEN 'dead' THEN 1 "
        "WHEN 'waiting' THEN 2 ELSE 3 END, priority DESC, next_attempt_at, id LIMIT ?",
        (kind, limit),
    ).fetchall()
    return [from_row(row) for row in rows]


def counts(connection: Connection, kind: JobKind = "process") -> QueueCounts:
    """How many jobs of a kind there are, by what is to become of them."""
    by_state = dict(
        connection.execute("SELECT state, count(*) FROM jobs WHERE kind = ? GROUP BY state", (kind,)).fetchall()
    )
    return QueueCounts(
        pending=by_state.get("queued", 0) + by_state.get("waiting", 0),
        processing=by_state.get("running", 0),
        failed=by_state.get("dead", 0),
    )


def are_at_hand(connection: Connection, kind: JobKind, *, besides: str | None = None) -> bool:
    """Whether jobs of a kind run or are due, one `besides` not counted; those that rest or wait are not at hand."""
    row = connection.execute(
        "SELECT 1 FROM jobs WHERE kind = ? AND (? IS NULL OR id <> ?) "
        "AND (state = 'running' OR (state IN ('queued', 'waiting') AND next_attempt_at <= ?)) LIMIT 1",
        (kind, besides, besides, clock.now()),
    ).fetchone()
    return row is not None


def hold(connection: Connection, like: Job, *, only_where: str | None = None) -> int:
    """Let the jobs of a kind (with `only_where` those whose payload says true there) wait as this one does.

    What it waits for is away for all of them; else each of a thousand jobs would find that out by itself. Gives their
    number.
    """
    cursor = connection.execute(
        "UPDATE jobs SET state = 'waiting', next_attempt_at = max(next_attempt_at, ?), waits = max(waits, ?), "
        "error_code = ?, error_message = ? WHERE kind = ? AND state IN ('queued', 'waiting') AND id <> ? "
        "AND (? IS NULL OR json_extract(payload, '$.' || ?) = 1)",
        (
            like.next_attempt_at,
            like.waits,
            like.error_code,
            like.error_message,
            like.kind,
            like.id,
            only_where,
            only_where,
        ),
    )
    return cursor.rowcount


def live_generations(connection: Connection) -> set[tuple[str, int]]:
    """(job id, generation) of every job that may still be resumed."""
    rows = connection.execute("SELECT id, coalesce(running_generation, generation) FROM jobs WHERE state <> 'dead'")
    return {(row[0], int(row[1])) for row in rows}


def is_paused(connection: Connection) -> bool:
    """Whether nothing new may be started."""
    row = connection.execute("SELECT value FROM settings WHERE key = ?", (_PAUSED,)).fetchone()
    return row is not None and json.loads(row[0]) is True


def set_paused(connection: Connection, paused: bool) -> None:
    """Start nothing new from now on, or go on; kept over restarts."""
    connection.execute(
        "INSERT INTO settings (key, value, updated_at) VALUES (?, ?, ?) "
        "ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
        (_PAUSED, json.dumps(paused), clock.now()),
    )


def from_row(row: Row) -> Job:
    """A job of a row that holds all columns of `jobs`."""
    running = row["running_generation"]
    return Job(
        id=row["id"],
        kind=row["kind"],
        state=row["state"],
        next_attempt_at=row["next_attempt_at"],
        subject_id=row["subject_id"],
        payload=json.loads(row["payload"]),
        generation=row["generation"] if running is None else running,
        attempts=row["attempts"],
        waits=row["waits"],
        error_code=row["error_code"],
        error_message=row["error_message"],
    )
