"""A damaged library is told of, also where the damage ends the check."""

from __future__ import annotations

from pathlib import Path

from cortex.db import integrity
from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.migrate import migrate


def place(connection: Connection) -> tuple[int, int]:
    """Where the contents of items begin in the file, and the size of a page; in bytes."""
    size = connection.execute("PRAGMA page_size").fetchone()[0]
    root = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'item_contents'").fetchone()[0]
    return (root - 1) * size, size


async def test_damage_that_ends_the_check_is_a_finding(tmp_path: Path) -> None:
    file = tmp_path / "cortex.db"
    database = Database(file)
    await database.open()
    await migrate(database, backups=None)
    start, size = await database.read(place)
    await database.close()
    content = bytearray(file.read_bytes())
    content[start : start + size] = b"\xff" * size
    file.write_bytes(content)
    damaged = Database(file)
    await damaged.open()
    found = await integrity.problems(damaged)
    await damaged.close()
    assert "malformed" in found[0]
