"""Room in the library's file: what deleted rows left behind, and giving it back to the disk."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from cortex.db.database import Database
from cortex.db.driver import Connection

_WORTH_BYTES = 256 * 1024
_WORTH_SHARE = 0.05
"""Less than this is soon used again, and rewriting the file costs more than it gives."""
_COPIES = 2.2
"""The file is written once beside itself and once through the log."""


async def give_back(database: Database) -> int:
    """Rewrite the file without its free pages, if that is worth it and the disk has room; gives the bytes freed.

    Reading goes on meanwhile, writing waits. What is not given back is used for what comes next. Raises StorageError,
    StorageFullError.
    """
    path = database.path
    if path is None:
        return 0
    size, free = await database.read(_measure)
    if free < max(_WORTH_BYTES, _WORTH_SHARE * size) or await asyncio.to_thread(_room_beside, path) < _COPIES * size:
        return 0
    await database.maintain(_rewrite)
    return size - (await database.read(_measure))[0]


def _measure(connection: Connection) -> tuple[int, int]:
    """Bytes of the library and, of those, bytes free for reuse."""
    page, pages, free = (
        int(connection.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_size", "page_count", "freelist_count")
    )
    return page * pages, page * free


def _room_beside(path: Path) -> int:
    return shutil.disk_usage(path.parent).free


def _rewrite(connection: Connection) -> None:
    connection.execute("VACUUM")
    # without this the file itself becomes smaller only with the next writes
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
