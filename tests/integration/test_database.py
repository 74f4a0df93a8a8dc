"""The writer and the readers, on real files."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cortex.db import driver, integrity
from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.migrate import migrate, migrations
from cortex.exceptions import SchemaTooNewError, StorageError, StorageFullError


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(tmp_path / "cortex.db")
    await opened.open()
    await migrate(opened, backups=tmp_path / "backups")
    yield opened
    await opened.close()


def _set(connection: Connection, key: str, value: str = "1") -> None:
    connection.execute("INSERT INTO settings VALUES (?, ?, '2026-01-01T00:00:00.000Z')", (key, value))


async def _keys(database: Database) -> list[str]:
    return await database.read(lambda c: [row[0] for row in c.execute("SELECT key FROM settings ORDER BY key")])


async def test_an_exception_rolls_the_whole_transaction_back(database: Database) -> None:
    def work(connection: Connection) -> None:
        _set(connection, "half")
        raise LookupError("stop")

    with pytest.raises(LookupError):
        await database.write(work)
    assert await _keys(database) == []
    await database.write(lambda c: _set(c, "after"))
    assert await _keys(database) == ["after"]


async def test_a_cancelled_write_is_whole_or_absent_and_the_next_one_works(database: Database) -> None:
    started = asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(connection: Connection) -> None:
        loop.call_soon_threadsafe(started.set)
        connection.execute(
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM n WHERE x < 300000) SELECT count(*) FROM n"
        ).fetchone()
        _set(connection, "cancelled")

    task = asyncio.create_task(database.write(slow))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await database.write(lambda c: _set(c, "next"))
    assert await _keys(database) == ["cancelled", "next"]


async def test_a_cancelled_read_stops_its_query_and_frees_its_reader(database: Database) -> None:
    started = asyncio.Event()
    loop = asyncio.get_running_loop()

    def endless(connection: Connection) -> object:
        loop.call_soon_threadsafe(started.set)
        return connection.execute(
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM n) SELECT count(*) FROM n"
        ).fetchone()

    for _ in range(4):  # more often than there are readers
        started.clear()
        task = asyncio.create_task(database.read(endless))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await _keys(database) == []


async def test_what_was_interrupted_by_a_cancel_is_no_unseen_error(database: Database) -> None:
    unseen: list[object] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: unseen.append(context))
    started = asyncio.Event()

    def failing(connection: Connection) -> object:
        loop.call_soon_threadsafe(started.set)
        connection.execute(
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM n WHERE x < 300000) SELECT count(*) FROM n"
        ).fetchone()
        raise LookupError("too late for anybody")

    for work in (database.read, database.write):
        started.clear()
        task = asyncio.create_task(work(failing))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    del task
    gc.collect()
    assert unseen == []


async def test_a_read_sees_one_snapshot_while_writes_go_on(database: Database) -> None:
    await database.write(lambda c: _set(c, "a"))

    def twice(connection: Connection) -> tuple[int, int]:
        first = connection.execute("SELECT count(*) FROM settings").fetchone()[0]
        asyncio.run_coroutine_threadsafe(database.write(lambda c: _set(c, "b")), loop).result(10)
        return first, connection.execute("SELECT count(*) FROM settings").fetchone()[0]

    loop = asyncio.get_running_loop()
    assert await database.read(twice) == (1, 1)
    assert await _keys(database) == ["a", "b"]


async def test_fifty_writers_and_fifty_readers_never_meet_a_locked_database(database: Database) -> None:
    writes = [database.write(lambda c, n=n: _set(c, f"{n:02}")) for n in range(50)]  # type: ignore[misc] # bound per task
    reads = [_keys(database) for _ in range(50)]
    await asyncio.gather(*writes, *reads)
    assert len(await _keys(database)) == 50


async def test_readers_cannot_write(database: Database) -> None:
    with pytest.raises(StorageError, match="readonly"):
        await database.read(lambda c: _set(c, "no"))


async def test_a_full_disk_is_said_and_harms_nothing(database: Database) -> None:
    pages = await database.maintain(lambda c: c.execute("PRAGMA page_count").fetchone()[0])
    await database.maintain(lambda c: c.execute(f"PRAGMA max_page_count={pages + 2}").fetchone())
    with pytest.raises(StorageFullError):
        await database.write(lambda c: _set(c, "big", "x" * 200_000), durable=True)
    assert await _keys(database) == []
    await database.maintain(lambda c: c.execute("PRAGMA max_page_count=1000000").fetchone())
    await database.write(lambda c: _set(c, "big", "x" * 200_000), durable=True)
    assert await _keys(database) == ["big"]
    assert await integrity.problems(database) == []


async def test_a_newer_schema_is_refused_and_left_alone(tmp_path: Path) -> None:
    newest = migrations()[-1][0]
    database = Database(tmp_path / "cortex.db")
    await database.open()
    await database.maintain(lambda c: c.execute(f"PRAGMA user_version={newest + 1}"))
    with pytest.raises(SchemaTooNewError, match="newer Cortex"):
        await migrate(database, backups=tmp_path / "backups")
    assert await database.read(lambda c: c.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]) == 0
    await database.close()


async def test_an_old_library_is_copied_before_it_is_migrated(tmp_path: Path) -> None:
    database = Database(tmp_path / "cortex.db")
    await database.open()
    number, sql = migrations()[0]
    await database.maintain(lambda c: c.executescript(f"{sql}; PRAGMA user_version={number};"))
    await database.write(lambda c: _set(c, "kept"))
    await migrate(database, backups=tmp_path / "backups")
    assert await _keys(database) == ["kept"]
    await database.close()
    (copy,) = (tmp_path / "backups").iterdir()
    connection = driver.connect(str(copy))
    try:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == number
        assert connection.execute("SELECT key FROM settings").fetchone()[0] == "kept"
    finally:
        connection.close()


async def test_a_failing_migration_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = [*migrations(), (9999, "CREATE TABLE half (x); SELECT no_such_function();")]
    monkeypatch.setattr("cortex.db.migrate.migrations", lambda: broken)
    database = Database(tmp_path / "cortex.db")
    await database.open()
    with pytest.raises(StorageError):
        await migrate(database, backups=None)
    version = await database.read(lambda c: c.execute("PRAGMA user_version").fetchone()[0])
    tables = await database.read(lambda c: [r[0] for r in c.execute("SELECT name FROM sqlite_master")])
    await database.close()
    assert version == broken[-2][0]
    assert "half" not in tables


async def test_a_library_in_memory_needs_no_file() -> None:
    database = Database(None)
    await database.open()
    await migrate(database, backups=None)
    await database.write(lambda c: _set(c, "here"))
    assert await _keys(database) == ["here"]
    await database.close()


async def test_a_file_that_is_no_database_is_refused_in_plain_words(tmp_path: Path) -> None:
    path = tmp_path / "cortex.db"
    path.write_bytes(b"this is not a database, and it is long enough to be looked at" * 20)
    database = Database(path)
    with pytest.raises(StorageError, match="not a database"):
        await database.open()


def test_the_driver_is_new_enough_and_has_the_vector_functions() -> None:
    assert tuple(map(int, driver.sqlite_version.split("."))) >= driver.MINIMUM
    connection = driver.connect(":memory:")
    try:
        assert connection.execute("SELECT vec_version()").fetchone()[0].startswith("v")
    finally:
        connection.close()
    assert sqlite3.sqlite_version  # the standard module stays importable beside the chosen driver
