"""The durable queue on a real file: claims, leases, rests, and what happens to them when a process dies."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.migrate import migrate
from cortex.domain import clock
from cortex.domain.job import Job
from cortex.queue import backoff, jobs, leases


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(tmp_path / "cortex.db")
    await opened.open()
    await migrate(opened, backups=None)
    yield opened
    await opened.close()


async def ask(database: Database, subject: str | None = "item_1", priority: int = 0) -> str:
    return await database.write(lambda connection: jobs.enqueue(connection, "process", subject, priority=priority))


async def claim(database: Database, owner: str = "run-1", *, lease_seconds: float = 60.0) -> Job | None:
    return await database.write(lambda connection: leases.claim(connection, owner, lease_seconds=lease_seconds))


async def claimed(database: Database, owner: str = "run-1", *, lease_seconds: float = 60.0) -> Job:
    job = await claim(database, owner, lease_seconds=lease_seconds)
    assert job is not None
    return job


async def make_due(database: Database) -> None:
    await database.write(
        lambda connection: connection.execute("UPDATE jobs SET next_attempt_at = ?", (clock.after(-1),))
    )


async def found(database: Database, job_id: str) -> Job | None:
    return await database.read(lambda connection: jobs.get(connection, job_id))


async def test_a_job_is_claimed_once_and_gone_when_it_is_done(database: Database) -> None:
    job_id = await ask(database)
    job = await claimed(database)
    assert (job.id, job.subject_id, job.attempts) == (job_id, "item_1", 0)
    assert await claim(database) is None
    await database.write(lambda connection: leases.finish(connection, "run-1", job))
    assert await found(database, job_id) is None


async def test_nothing_is_enqueued_when_the_transaction_around_it_fails(database: Database) -> None:
    def fail(connection: Connection) -> None:
        jobs.enqueue(connection, "process", "item_1")
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(fail)
    assert await claim(database) is None


async def test_higher_priority_first_then_the_oldest(database: Database) -> None:
    await ask(database, "item_old")
    await ask(database, "item_new")
    await ask(database, "item_urgent", priority=5)
    order = [(await claimed(database)).subject_id for _ in range(3)]
    assert order == ["item_urgent", "item_old", "item_new"]


async def test_asking_twice_before_it_runs_is_one_job(database: Database) -> None:
    assert await ask(database) == await ask(database)
    job = await claimed(database)
    assert job.generation == 2
    assert await claim(database) is None


async def test_asking_while_it_runs_runs_it_once_more(database: Database) -> None:
    await ask(database)
    job = await claimed(database)
    await ask(database)
    await ask(database)
    assert await claim(database) is None, "never twice at once"
    assert await database.write(lambda connection: leases.run_again(connection, "run-1", job))
    again = await claimed(database)
    assert (again.id, again.generation) == (job.id, 3)
    assert not await database.write(lambda connection: leases.run_again(connection, "run-1", again))
    await database.write(lambda connection: leases.finish(connection, "run-1", again))
    assert await claim(database) is None


async def test_a_run_that_was_overtaken_cannot_delete_what_was_asked_for_meanwhile(database: Database) -> None:
    job_id = await ask(database)
    job = await claimed(database)
    await ask(database)
    await database.write(lambda connection: leases.finish(connection, "run-1", job))
    assert await found(database, job_id) is not None


async def test_failures_rest_longer_each_time_and_end_dead_with_the_reason(database: Database) -> None:
    job_id = await ask(database)
    rests = []
    for _ in range(backoff.MAX_ATTEMPTS):
        await make_due(database)
        job = await claimed(database)
        now = await database.write(
            lambda connection, held=job: leases.retry(connection, "run-1", held, code="odd", message="It broke.")  # type: ignore[misc] # bound per turn
        )
        assert now is not None
        rests.append((clock.from_text(now.next_attempt_at) - clock.from_text(clock.now())).total_seconds())
    assert rests[0] < rests[1] < rests[2] < rests[3]
    dead = await found(database, job_id)
    assert dead is not None
    assert (dead.state, dead.attempts, dead.error_code, dead.error_message) == ("dead", 5, "odd", "It broke.")
    assert await claim(database) is None
    await ask(database)
    assert (await claimed(database)).attempts == 0, "asked for again, it starts afresh"


async def test_waiting_is_no_failed_try_and_ends_by_itself_or_when_told(database: Database) -> None:
    await ask(database)
    job = await claimed(database)
    now = await database.write(
        lambda connection: leases.wait(connection, "run-1", job, code="offline", message="No network.", retry_after=50)
    )
    assert now is not None
    assert (now.state, now.attempts, now.waits) == ("waiting", 0, 1)
    assert await claim(database) is None
    assert await database.write(lambda connection: jobs.release_waiting(connection, error_code="other")) == 0
    assert await database.write(lambda connection: jobs.release_waiting(connection, error_code="offline")) == 1
    assert (await claimed(database)).id == job.id


async def test_a_lapsed_lease_of_another_run_is_taken_over(database: Database) -> None:
    await ask(database)
    job = await claimed(database, "run-dead", lease_seconds=-1)
    assert (await claimed(database, "run-new")).id == job.id
    assert not await database.write(lambda connection: leases.heartbeat(connection, "run-dead", job.id))
    assert (
        await database.write(
            lambda connection: leases.give_up(connection, "run-dead", job, code="late", message="Too late.")
        )
        is None
    )
    await database.write(lambda connection: leases.finish(connection, "run-dead", job))
    assert await found(database, job.id) is not None


async def test_a_job_taken_from_a_lapsed_lease_is_due_at_once_though_the_clock_goes_on(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask(database)
    job = await claimed(database, "run-dead", lease_seconds=-1)
    started, readings = datetime.now(UTC), itertools.count(1)
    monkeypatch.setattr(
        clock, "after", lambda seconds: clock.to_text(started + timedelta(milliseconds=next(readings), seconds=seconds))
    )
    monkeypatch.setattr(clock, "now", lambda: clock.after(0))
    assert (await claimed(database, "run-new")).id == job.id


async def test_a_lease_that_is_renewed_does_not_lapse(database: Database) -> None:
    await ask(database)
    job = await claimed(database, "run-1", lease_seconds=-1)
    assert await database.write(lambda connection: leases.heartbeat(connection, "run-1", job.id))
    assert await claim(database, "run-2") is None


async def test_at_start_every_lease_of_an_earlier_run_is_void(database: Database) -> None:
    await ask(database)
    job = await claimed(database, "run-dead")
    assert await claim(database, "run-new") is None
    assert await database.write(lambda connection: leases.reclaim(connection, "run-new")) == 1
    again = await claimed(database, "run-new")
    assert (again.id, again.attempts, again.generation) == (job.id, 0, job.generation)


async def test_a_job_that_brings_the_process_down_is_given_up_in_the_end(database: Database) -> None:
    job_id = await ask(database)
    for run in range(backoff.MAX_INTERRUPTIONS):
        await make_due(database)
        await claimed(database, f"run-{run}")
        await database.write(lambda connection, run=run: leases.reclaim(connection, f"run-{run + 1}"))  # type: ignore[misc] # bound per turn
    dead = await found(database, job_id)
    assert dead is not None
    assert (dead.state, dead.error_code) == ("dead", "interrupted")


async def test_progress_forgives_interruptions(database: Database) -> None:
    job_id = await ask(database)
    for run in range(3 * backoff.MAX_INTERRUPTIONS):
        await make_due(database)
        await claimed(database, f"run-{run}")
        await database.write(lambda connection: leases.made_progress(connection, job_id))
        await database.write(lambda connection, run=run: leases.reclaim(connection, f"run-{run + 1}"))  # type: ignore[misc] # bound per turn
    assert (await claimed(database, "run-x")).id == job_id


async def test_handing_back_counts_nothing(database: Database) -> None:
    await ask(database, "item_1")
    await ask(database, "item_2")
    first = await claimed(database)
    await claimed(database, "run-2")
    assert await database.write(lambda connection: leases.hand_back(connection, "run-1")) == 1
    again = await claimed(database)
    assert (again.id, again.attempts) == (first.id, 0)


async def test_cancelling_takes_a_running_job_from_its_worker(database: Database) -> None:
    await ask(database)
    job = await claimed(database)
    assert await database.write(lambda connection: jobs.cancel(connection, "process", "item_1"))
    assert not await database.write(lambda connection: leases.heartbeat(connection, "run-1", job.id))


async def test_a_pause_is_kept(database: Database, tmp_path: Path) -> None:
    await database.write(lambda connection: jobs.set_paused(connection, True))
    other = Database(tmp_path / "cortex.db")
    await other.open()
    try:
        assert await other.read(jobs.is_paused)
    finally:
        await other.close()
    await database.write(lambda connection: jobs.set_paused(connection, False))
    assert not await database.read(jobs.is_paused)


async def test_counts_and_the_order_shown_to_a_person(database: Database) -> None:
    for subject in ("item_dead", "item_waiting", "item_running", "item_queued"):
        await ask(database, subject)
    dead, waiting, _ = [await claimed(database) for _ in range(3)]
    await database.write(lambda connection: leases.give_up(connection, "run-1", dead, code="x", message="y"))
    await database.write(lambda connection: leases.wait(connection, "run-1", waiting, code="x", message="y"))
    counts = await database.read(jobs.counts)
    assert (counts.pending, counts.processing, counts.failed) == (2, 1, 1)
    shown = await database.read(lambda connection: jobs.unfinished(connection, "process", 10))
    assert [job.subject_id for job in shown] == ["item_running", "item_dead", "item_waiting", "item_queued"]


@pytest.mark.parametrize("attempts", range(1, 6))
def test_rests_are_spread(attempts: int) -> None:
    rests = {backoff.retry_seconds(attempts) for _ in range(20)}
    assert len(rests) > 1
    assert 0.75 <= min(rests) / (2 * 4 ** (attempts - 1)) <= max(rests) / (2 * 4 ** (attempts - 1)) <= 1.25


def test_waits_stay_within_a_quarter_of_an_hour() -> None:
    assert backoff.wait_seconds(1) < 20
    assert backoff.wait_seconds(1000) <= 990
