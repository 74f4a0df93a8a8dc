"""A damaged library is told of, however badly it is damaged."""

from __future__ import annotations

from pathlib import Path

from cortex.db import integrity
from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.migrate import migrate

PAGE = 8192


def fill(connection: Connection) -> None:
    connection.execute("CREATE TABLE filling (text TEXT)")
    connection.executemany("INSERT INTO filling VALUES (?)", [("words " * 1000,) for _ in range(200)])


async def test_damage_that_stops_the_check_is_a_finding_too(tmp_path: Path) -> None:
    file = tmp_path / "cortex.db"
    database = Database(file)
    await database.open()
    await migrate(database, backups=None)
    await database.write(fill)
    await database.close()
    content = bytearray(file.read_bytes())
    content[PAGE:] = b"\xff" * (len(content) - PAGE)
    file.write_bytes(content)
    damaged = Database(file)
    await damaged.open()
    assert await integrity.problems(damaged)
    await damaged.close()
