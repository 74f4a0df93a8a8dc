"""What is over its time goes, and nothing else."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from cortex.bootstrap import Application, assemble
from cortex.config import load_settings
from cortex.db.driver import Connection
from cortex.domain import clock
from cortex.exceptions import ItemNotFoundError
from cortex.queue import jobs
from cortex.services.capture import Around
from cortex.worker.schedules import Schedules

DAY = 24 * 3600.0


@pytest.fixture
async def application(tmp_path: Path) -> AsyncIterator[Application]:
    async with assemble(load_settings(data_dir=tmp_path / "data", port=0)) as it:
        yield it


async def save(application: Application, text: str, *, trashed_days_ago: float | None = None) -> str:
    saved = await application.capture.save(url=None, content=text, content_type="text/plain", around=Around())
    if trashed_days_ago is not None:
        await application.items.update(saved.item.id, deleted_at=clock.after(-trashed_days_ago * DAY))
    return saved.item.id


async def test_the_trash_is_emptied_after_thirty_days(application: Application) -> None:
    old = await save(application, "An old note.", trashed_days_ago=31)
    young = await save(application, "A younger note.", trashed_days_ago=29)
    live = await save(application, "A note.")
    content = await application.items.content(old)
    assert content is not None
    await Schedules(application).keep_house()
    with pytest.raises(ItemNotFoundError):
        await application.items.get(old)
    assert not application.blobs.path_of(content.original_sha256).exists()
    assert {(await application.items.get(item_id)).id for item_id in (young, live)} == {young, live}
    assert set(await application.database.read(lambda c: jobs.for_subjects(c, "process", [old, young, live]))) == {
        young,
        live,
    }


async def test_what_is_taken_out_of_the_trash_while_it_is_emptied_stays(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    meant, gone = [await save(application, text, trashed_days_ago=31) for text in ("Still wanted.", "Old.")]
    read = application.database.read

    async def restored_after(work: Callable[[Connection], object]) -> object:
        found = await read(work)
        if found == [meant, gone]:  # what is over its time was looked up
            await application.item_service.restore(meant)
        return found

    monkeypatch.setattr(application.database, "read", restored_after)
    await Schedules(application).keep_house()
    monkeypatch.undo()
    assert (await application.items.get(meant)).deleted_at is None
    with pytest.raises(ItemNotFoundError):
        await application.items.get(gone)


async def test_nobody_waits_with_saving_until_a_large_trash_is_empty(application: Application) -> None:
    full = [await save(application, f"Note {number}.", trashed_days_ago=1) for number in range(120)]

    def left(connection: Connection) -> int:
        return int(connection.execute("SELECT count(*) FROM items").fetchone()[0])

    with application.events.subscribe() as changes:
        deleted, left_when_written = await asyncio.gather(
            application.item_service.delete_trashed(full), application.database.write(left)
        )
        application.events.close()
        told = [event.data["item_id"] async for event in changes]
    assert (deleted, told) == (full, full)
    assert 0 < left_when_written < len(full)
    assert await application.database.read(left) == 0


async def test_the_trash_is_kept_as_long_as_the_owner_chose(application: Application) -> None:
    await application.preferences.change_preferences(trash_days=365)
    old = await save(application, "An old note.", trashed_days_ago=364)
    await Schedules(application).keep_house()
    assert (await application.items.get(old)).id == old


async def test_whoever_shows_connections_hears_when_some_were_made_again(application: Application) -> None:
    await application.items.update(await save(application, "A note."), status="ready", stage="done")
    with application.events.subscribe() as changes:
        for _ in range(2):
            await Schedules(application).keep_house()
        application.events.close()
        told = [event.type async for event in changes]
    assert told == ["connections.updated"], "and none when there was nothing to do"


async def test_originals_that_nothing_names_are_swept_once_they_are_old(application: Application) -> None:
    item_id = await save(application, "A note.")
    orphan = application.blobs.path_of(await application.blobs.put(b"left by a kill"))
    young = application.blobs.path_of(await application.blobs.put(b"on its way in"))
    content = await application.items.content(item_id)
    assert content is not None
    kept = application.blobs.path_of(content.original_sha256)
    for path in (orphan, kept):
        os.utime(path, (1, 1))
    await Schedules(application).keep_house()
    assert (orphan.exists(), young.exists(), kept.exists()) == (False, True, True)


async def test_old_answers_and_undo_records_are_forgotten(application: Application) -> None:
    def store(connection: Connection) -> None:
        for age in (1, 40):
            moment = clock.after(-age * DAY)
            connection.execute(
                "INSERT INTO undo_records (id, action, payload, created_at) VALUES (?, 'x', '{}', ?)",
                (f"undo_{age}", moment if age > 1 else clock.after(-60)),
            )
            connection.execute(
                "INSERT INTO idempotency_keys (key, request_hash, status, headers, body, created_at) "
                "VALUES (?, '', 200, '{}', '', ?)",
                (f"key_{age}", moment),
            )

    await application.database.write(store)
    await Schedules(application).keep_house()
    left = await application.database.read(
        lambda connection: [
            row[0] for row in connection.execute("SELECT id FROM undo_records UNION SELECT key FROM idempotency_keys")
        ]
    )
    assert sorted(left) == ["key_1", "undo_1"]


async def test_an_item_without_its_job_is_taken_up(application: Application) -> None:
    item_id = await save(application, "A note.")
    await application.database.write(lambda connection: jobs.cancel(connection, "process", item_id))
    await Schedules(application).take_up()
    assert (await application.database.read(jobs.counts)).pending == 1
    await Schedules(application).take_up()
    assert (await application.database.read(jobs.counts)).pending == 1
