"""Working on jobs: claim, heartbeat, and the ways in which a claim ends.

A claim is a lease of one run of Cortex (`owner`). Every function here that ends or renews a claim does nothing
when the lease is no longer the owner's, and says so: the job was taken off the queue meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from cortex.db.driver import Connection
from cortex.domain import clock
from cortex.domain.job import Job, JobKind
from cortex.queue import backoff
from cortex.queue.jobs import from_row

LEASE_SECONDS = 60.0

_OF_KINDS = "AND (? IS NULL OR kind IN (SELECT value FROM json_each(?)))"
_RELEASED = "lease_owner = NULL, lease_until = NULL, running_generation = NULL"


def claim(
    connection: Connection,
    owner: str,
    *,
    lease_seconds: float = LEASE_SECONDS,
    kinds: Sequence[JobKind] | None = None,
) -> Job | None:
    """Take the next job (of one of `kinds`, if given) that is due, or None. Lapsed leases of other owners count as
    due."""
    reclaim(connection, owner, lapsed_before=clock.now(), kinds=kinds)
    now = clock.now()  # read after what was taken over became due: else it may be a millisecond too early for it
    rows = connection.execute(
        "UPDATE jobs SET state = 'running', running_generation = generation, lease_owner = ?, lease_until = ?, "
        "updated_at = ? WHERE id = (SELECT id FROM jobs WHERE state IN ('queued', 'waiting') AND next_attempt_at <= ? "
        f"{_OF_KINDS} ORDER BY priority DESC, next_attempt_at, id LIMIT 1) RETURNING *",
        (owner, clock.after(lease_seconds), now, now, *_listed(kinds)),
    ).fetchall()
    return from_row(rows[0]) if rows else None


def reclaim(
    connection: Connection, owner: str, *, lapsed_before: str | None = None, kinds: Sequence[JobKind] | None = None
) -> int:
    """Put jobs whose worker is gone back into the queue; gives their number.

    Without `lapsed_before` every lease but the owner's is void: right at start, when the lock on the data
    directory proves that no other run is alive; each worker does so for the `kinds` that are its own. A job that
    keeps being interrupted comes back later each time and is given up in the end: it may be what brings the process
    down.
    """
    rows = connection.execute(
        "SELECT id, interruptions + 1 FROM jobs WHERE state = 'running' AND lease_owner <> ? "
        f"AND (? IS NULL OR lease_until < ?) {_OF_KINDS}",
        (owner, lapsed_before, lapsed_before, *_listed(kinds)),
    ).fetchall()
    for job_id, interruptions in rows:
        dead = interruptions >= backoff.MAX_INTERRUPTIONS
        connection.execute(
            f"UPDATE jobs SET state = ?, interruptions = ?, next_attempt_at = ?, error_code = ?, error_message = ?, "
            f"updated_at = ?, {_RELEASED} WHERE id = ?",
            (
                "dead" if dead else "queued",
                interruptions,
                clock.after(backoff.interruption_seconds(interruptions)),
                "interrupted" if dead else None,
                f"Cortex ended {interruptions} times while it worked on this, so it was set aside. "
                "What was captured is kept; retry it when you like."
                if dead
                else None,
                clock.now(),
                job_id,
            ),
        )
    return len(rows)


def heartbeat(connection: Connection, owner: str, job_id: str, *, lease_seconds: float = LEASE_SECONDS) -> bool:
    """Renew the lease of a job; False when it is no longer held."""
    cursor = connection.execute(
        "UPDATE jobs SET lease_until = ? WHERE id = ? AND lease_owner = ? AND state = 'running'",
        (clock.after(lease_seconds), job_id, owner),
    )
    return cursor.rowcount > 0


def made_progress(connection: Connection, job_id: str) -> None:
    """Forget earlier interruptions of a running job: it got further than before."""
    connection.execute("UPDATE jobs SET interruptions = 0 WHERE id = ? AND interruptions > 0", (job_id,))


def finish(connection: Connection, owner: str, job: Job) -> None:
    """End a job that was done. Ask `run_again` first."""
    connection.execute(
        "DELETE FROM jobs WHERE id = ? AND lease_owner = ? AND generation = ?", (job.id, owner, job.generation)
    )


def run_again(connection: Connection, owner: str, job: Job) -> bool:
    """If the job was asked for again while it ran, put it back as new; gives whether it was."""
    cursor = connection.execute(
        f"UPDATE jobs SET state = 'queued', attempts = 0, waits = 0, error_code = NULL, error_message = NULL, "
        f"updated_at = ?, {_RELEASED} WHERE id = ? AND lease_owner = ? AND generation <> ?",
        (clock.now(), job.id, owner, job.generation),
    )
    return cursor.rowcount > 0


def retry(connection: Connection, owner: str, job: Job, *, code: str, message: str) -> Job | None:
    """Count a failed try: the job comes back after a rest, or is given up after the last try.

    Gives the job as it stands now; None when the lease is lost. Ask `run_again` first.
    """
    attempts = job.attempts + 1
    if attempts >= backoff.MAX_ATTEMPTS:
        return give_up(connection, owner, job, code=code, message=message)
    return _end_claim(
        connection,
        owner,
        job,
        state="queued",
        attempts=attempts,
        waits=0,
        rest=backoff.retry_seconds(attempts),
        error=(code, message),
    )


def wait(
    connection: Connection, owner: str, job: Job, *, code: str, message: str, retry_after: float | None = None
) -> Job | None:
    """Let a job wait for the network, a model or room; not counted as a try. `retry_after` is in seconds."""
    waits = job.waits + 1
    rest = backoff.wait_seconds(waits) if retry_after is None else min(max(retry_after, 1.0), 86_400.0)
    return _end_claim(
        connection, owner, job, state="waiting", attempts=job.attempts, waits=waits, rest=rest, error=(code, message)
    )


def give_up(connection: Connection, owner: str, job: Job, *, code: str, message: str) -> Job | None:
    """Set a job aside with the reason in plain words, until somebody retries it."""
    return _end_claim(
        connection, owner, job, state="dead", attempts=job.attempts + 1, waits=0, rest=0.0, error=(code, message)
    )


def hand_back(connection: Connection, owner: str) -> int:
    """Put every job of this owner back, uncounted, to go on after its last finished step; gives their number."""
    cursor = connection.execute(
        f"UPDATE jobs SET state = 'queued', next_attempt_at = ?, updated_at = ?, {_RELEASED} "
        "WHERE lease_owner = ? AND state = 'running'",
        (clock.now(), clock.now(), owner),
    )
    return cursor.rowcount


def next_due(connection: Connection, *, kinds: Sequence[JobKind] | None = None) -> str | None:
    """When the next job (of one of `kinds`, if given) is due (a time in the past: now); None when there is none."""
    row = connection.execute(
        f"SELECT min(next_attempt_at) FROM jobs WHERE state IN ('queued', 'waiting') {_OF_KINDS}", _listed(kinds)
    ).fetchone()
    return row[0] if row else None


def _listed(kinds: Sequence[JobKind] | None) -> tuple[str | None, str | None]:
    """The two values of `_OF_KINDS`."""
    listed = json.dumps(list(kinds)) if kinds is not None else None
    return listed, listed


def _end_claim(
    connection: Connection,
    owner: str,
    job: Job,
    *,
    state: str,
    attempts: int,
    waits: int,
    rest: float,
    error: tuple[str, str],
) -> Job | None:
    rows = connection.execute(
        f"UPDATE jobs SET state = ?, attempts = ?, waits = ?, interruptions = 0, next_attempt_at = ?, error_code = ?, "
        f"error_message = ?, updated_at = ?, {_RELEASED} WHERE id = ? AND lease_owner = ? RETURNING *",
        (state, attempts, waits, clock.after(rest), *error, clock.now(), job.id, owner),
    ).fetchall()
    return from_row(rows[0]) if rows else None
