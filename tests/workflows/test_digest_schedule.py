"""When digests come: at the owner's hour, once a day, once for all the days that were missed, once after a kill."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.workflows.digest_library import Life, living

from cortex.domain.digest import Digest
from cortex.exceptions import ConflictError, DigestNotFoundError, ValidationError
from cortex.providers.fake_chat import FakeChatModel
from cortex.queue import leases
from cortex.queue.wakeup import Wakeup
from cortex.services.digests.days import Days
from cortex.services.digests.making import DigestMaking
from cortex.services.digests.records import body_from_json
from cortex.services.undo import UndoService


@pytest.fixture
async def life(tmp_path: Path) -> AsyncIterator[Life]:
    async with living(tmp_path / "cortex.db") as it:
        assert await it.schedule.tick() is None
        yield it


async def ticked(life: Life) -> Digest:
    digest = await life.schedule.tick()
    assert digest is not None
    return (await life.made(digest))[0]


async def test_it_comes_at_the_hour_and_once(life: Life) -> None:
    await life.save("Leeks", "Leeks tolerate heavy clay.")
    life.moment = "2026-03-02T06:59:59.999Z"
    assert await life.schedule.tick() is None
    assert await life.schedule.next_at() == "2026-03-02T07:00:00.000Z"
    life.moment = "2026-03-02T07:00:00.000Z"
    digest = await ticked(life)
    assert (digest.made_for, digest.until, digest.is_empty) == ("schedule", life.moment, False)
    life.later(hours=1)
    assert await life.schedule.tick() is None
    assert await life.schedule.next_at() == "2026-03-03T07:00:00.000Z"


async def test_one_for_all_the_days_that_were_slept_through(life: Life) -> None:
    for day in range(3):
        await life.save(f"Day {day}", f"Something that was saved on day {day} of three.")
        life.later(days=1)
    life.later(hours=5)
    digest = await ticked(life)
    assert [line.title for line in body_from_json(digest.body or "").themes[0].lines] == ["Day 2", "Day 1", "Day 0"]
    for _ in range(3):
        assert await life.schedule.tick() is None
        life.later(minutes=5)
    await life.save("Day 3", "Something that was saved on the day after.")
    life.moment = life.days.next_hour(life.moment, 8)
    following = await ticked(life)
    assert following.since == digest.until
    assert await life.count("SELECT count(*) FROM digests") == 2


async def test_nothing_new_makes_none_and_says_so_until_there_is_something(life: Life) -> None:
    for _ in range(3):
        life.later(days=1)
        assert await life.schedule.tick() is None
        assert (await life.service.schedule())["outcome"] == "empty"
    await life.task("Call", "2026-03-05")
    life.later(days=1)
    digest = await ticked(life)
    assert (digest.is_empty, digest.since) == (False, "2026-02-26T07:00:00.000Z")
    assert (await life.service.schedule())["outcome"] == "made"


async def test_switched_off_it_does_not_come_nor_afterwards_for_then(life: Life) -> None:
    await life.preferences.change_preferences(digest_enabled=False)
    await life.save("Leeks", "Leeks tolerate heavy clay.")
    life.later(days=2)
    assert await life.schedule.tick() is None
    assert await life.schedule.next_at() is None
    await life.preferences.change_preferences(digest_enabled=True, digest_hour=20)
    assert await life.schedule.tick() is None
    life.moment = "2026-03-03T19:00:00.000Z"
    await ticked(life)


async def test_days_of_23_and_25_hours_have_one_digest_each(life: Life) -> None:
    """Clocks go on at two in the morning of 29 March, and back at three of 25 October."""
    for start, hours in (("2026-03-28T07:00:00.000Z", 23), ("2026-10-24T06:00:00.000Z", 25)):
        life.moment = start
        await life.save(f"Before {start}", "Something to tell of before the clocks change.")
        life.later(minutes=1)
        first = await life.schedule.tick()
        assert first is not None
        await life.made(first)
        life.later(hours=1)
        await life.save(f"At {start}", "Something to tell of while the clocks change.")
        life.moment = life.days.before(start, hours=1 - hours)
        assert await life.schedule.tick() is None, "an hour too early by the clock on the wall"
        life.moment = life.days.before(start, hours=-hours)
        await ticked(life)
        life.later(minutes=30)
        assert await life.schedule.tick() is None


@pytest.mark.parametrize("hour", range(24))
def test_each_day_has_each_hour_once_whatever_the_clocks_do(hour: int) -> None:
    """Also the hour that is skipped, and the one that comes twice; and where midnight itself is skipped."""
    for zone, year in (("Europe/Berlin", 2026), ("Africa/Cairo", 2026), ("Australia/Lord_Howe", 2026)):
        days = Days(ZoneInfo(zone))
        moment = f"{year}-01-01T12:00:00.000Z"
        for _ in range(366):
            following = days.next_hour(moment, hour)
            assert days.last_hour(following, hour) == following
            length = (days.local(following) - days.local(moment)).total_seconds() / 3600
            assert 0 < length <= 49
            moment = following
        assert days.day(moment) >= f"{year + 1}-01-01"


async def test_a_clock_set_back_starts_anew_and_a_request_covers_what_the_schedule_then_leaves_out(life: Life) -> None:
    await life.save("Leeks", "Leeks tolerate heavy clay.")
    life.later(hours=3)
    asked, undo_id = await life.service.request()
    assert undo_id is not None
    again, nothing = await life.service.request()
    assert (again.id, nothing) == (asked.id, None), "one at a time"
    await life.made(asked)
    life.later(days=1)
    assert await life.schedule.tick() is None, "it was told already"
    life.moment = "2026-02-01T07:00:00.000Z"
    assert await life.schedule.tick() is None
    await life.save("Carrots", "Carrots want sand.")
    life.later(days=1)
    digest = await life.schedule.tick()
    assert digest is None or digest.since <= digest.until


async def test_undoing_a_request_stops_what_is_being_made_and_undoing_that_makes_it(life: Life) -> None:
    async def terms(_: Sequence[str]) -> None:
        """No words of items are touched."""

    undoing = UndoService(life.database, life.events, Wakeup(), terms)
    await life.save("Leeks", "Leeks tolerate heavy clay.")
    life.later(hours=1)
    digest, undo_id = await life.service.request()
    assert undo_id is not None
    undone = await undoing.undo(undo_id)
    with pytest.raises(DigestNotFoundError):
        await life.service.get(digest.id)
    assert await life.claim() is None
    other, other_undo_id = await life.service.request()
    assert undone.undo_id is not None
    with pytest.raises(ConflictError):
        await undoing.undo(undone.undo_id)
    assert await life.service.get(other.id) == other
    assert other_undo_id is not None
    await undoing.undo(other_undo_id)
    await undoing.undo(undone.undo_id)
    made, _ = await life.made(digest)
    assert not made.is_empty


async def test_a_deleted_digest_is_not_told_again_and_since_must_be_past(life: Life) -> None:
    await life.save("Leeks", "Leeks tolerate heavy clay.")
    life.later(hours=1)
    digest, _ = await life.made(await life.requested())
    assert await life.service.delete(digest.id)
    with pytest.raises(DigestNotFoundError):
        await life.service.get(digest.id)
    life.later(hours=1)
    assert not (await life.asked()).themes
    assert [line.title for line in (await life.asked("2026-02-28T00:00:00.000Z")).lines] == ["Leeks"]
    for since in (life.moment, "2027-01-01T00:00:00.000Z", "2020-01-01T00:00:00.000Z"):
        with pytest.raises(ValidationError):
            await life.service.request(since)


class _Stuck(FakeChatModel):
    """Begins to answer, and never ends."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()

    async def stream(self, request):  # type: ignore[no-untyped-def] # as the base has it
        self.asked.set()
        await asyncio.Event().wait()
        yield


async def test_ended_in_the_middle_it_goes_on_and_there_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run ends while a model writes; the next one goes on after the last finished step."""
    stuck = _Stuck()
    notes = tmp_path / "checkpoints.db"
    async with living(tmp_path / "cortex.db", models=[stuck], notes=notes) as life:
        await life.save("Leeks", "Leeks tolerate heavy clay.")
        life.later(hours=1)
        digest = await life.requested()
        job = await life.claim()
        assert job is not None
        run = asyncio.create_task(life.handler.run(job))
        await asyncio.wait_for(stuck.asked.wait(), 20)
        run.cancel()
        await asyncio.wait([run])
    async with living(tmp_path / "cortex.db", moment="2026-03-05T07:00:00.000Z", notes=notes) as life:
        await life.save("Carrots", "Carrots want sand.")
        assert (await life.requested()).id == digest.id
        assert await life.database.write(lambda raw: leases.reclaim(raw, "another run")) == 1
        await life.database.write(
            lambda raw: raw.execute("UPDATE jobs SET next_attempt_at = '2026-01-01T00:00:00.000Z'")
        )
        gathered: list[str] = []
        real = DigestMaking.gather

        async def gather(making: DigestMaking, digest_id: str) -> bool:
            gathered.append(digest_id)
            return await real(making, digest_id)

        monkeypatch.setattr(DigestMaking, "gather", gather)
        job = await life.claim()
        assert job is not None
        await life.handler.run(job)
        await life.handler.after(job, None)
        made = await life.service.get(digest.id)
        assert made.status == "ready"
        assert [line.title for line in body_from_json(made.body or "").lines] == ["Leeks"], "as it was gathered then"
        assert gathered == []
        await life.handler.run(job)
        assert await life.count("SELECT count(*) FROM digests") == 1
