"""What time takes away, and what it must leave alone."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cortex.bootstrap import Application, assemble
from cortex.config import load_settings
from cortex.db.driver import Connection
from cortex.domain import clock
from cortex.exceptions import ItemNotFoundError, UndoNotFoundError
from cortex.services.capture import Around, Captured

DAY = 24 * 3600


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Application]:
    """An application without a server or a worker."""
    async with assemble(load_settings(data_dir=tmp_path, port=0)) as application:
        yield application


async def note(library: Application, text: str) -> Captured:
    return await library.capture.save(url=None, content=text, around=Around())


async def age(library: Application, table: str, column: str, seconds: float) -> None:
    def write(connection: Connection) -> None:
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE {column} IS NOT NULL", (clock.after(-seconds),))

    await library.database.write(write)


def originals(library: Application) -> set[bytes]:
    return {path.read_bytes() for path in (library.data_dir / "originals").rglob("*") if path.is_file()}


async def test_the_trash_is_emptied_after_its_days_and_not_before(library: Application) -> None:
    old, kept = (await note(library, "old")).item.id, (await note(library, "kept")).item.id
    await library.item_service.delete(old)
    await age(library, "items", "deleted_at", 29 * DAY)
    await library.housekeeping.run()
    await library.items.get(old)
    await age(library, "items", "deleted_at", 31 * DAY)
    await library.housekeeping.run()
    with pytest.raises(ItemNotFoundError):
        await library.items.get(old)
    assert (await library.items.get(kept)).deleted_at is None
    assert originals(library) == {b"kept"}


async def test_the_owner_chooses_how_long_the_trash_keeps(library: Application) -> None:
    item_id = (await note(library, "old")).item.id
    await library.item_service.delete(item_id)
    await age(library, "items", "deleted_at", 3 * DAY)
    await library.preferences.change_preferences(trash_days=2)
    await library.housekeeping.run()
    with pytest.raises(ItemNotFoundError):
        await library.items.get(item_id)


async def test_undoing_ends_after_a_day(library: Application) -> None:
    captured = await note(library, "text")
    assert captured.undo_id is not None
    await age(library, "undo_records", "created_at", DAY + 60)
    with pytest.raises(UndoNotFoundError):
        await library.undo.undo(captured.undo_id)
    await library.housekeeping.run()
    left = await library.database.read(lambda raw: raw.execute("SELECT count(*) FROM undo_records").fetchone()[0])
    assert left == 0


async def test_originals_that_nothing_names_are_swept_once_they_are_old(library: Application) -> None:
    await note(library, "kept")
    orphan = library.blobs.path_of(await library.blobs.put(b"orphan"))
    cut = library.data_dir / "originals" / ".incoming-cut"
    cut.write_bytes(b"half a file")
    await library.housekeeping.run()
    assert originals(library) == {b"kept", b"orphan", b"half a file"}
    for path in (orphan, cut):
        os.utime(path, (1, 1))
    await library.housekeeping.run()
    assert originals(library) == {b"kept"}


async def test_what_is_saved_again_while_its_original_goes_is_not_lost(library: Application) -> None:
    first = await note(library, "same")
    await library.item_service.delete_permanently([first.item.id])
    again = await note(library, "same")
    assert not again.duplicate
    assert originals(library) == {b"same"}
