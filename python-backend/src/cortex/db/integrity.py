"""Is the file sound? Asked after an unclean stop, and by `cortex doctor`."""

from __future__ import annotations

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.exceptions import StorageError


async def problems(database: Database) -> list[str]:
    """What SQLite finds wrong in the library, as its own words; empty when it is sound.

    Damage that ends the check itself is a finding, not an error.
    """
    try:
        return await database.read(_check)
    except StorageError as error:
        return [error.message]


def _check(connection: Connection) -> list[str]:
    found = [row[0] for row in connection.execute("PRAGMA quick_check(20)") if row[0] != "ok"]
    found += [
        f"{row[0]}: a row refers to a missing row of {row[2]}"
        for row in connection.execute("PRAGMA foreign_key_check").fetchmany(20)
    ]
    return found
