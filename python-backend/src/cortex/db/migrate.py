"""Numbered SQL files, run forward at start; the file's `user_version` says which were."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from importlib import resources
from pathlib import Path

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import highlights
from cortex.domain import clock
from cortex.exceptions import SchemaTooNewError, StorageError

_FILLED_BY: Mapping[int, Callable[[Connection], None]] = {16: highlights.index_all}
"""What code adds to a step, in its transaction: text that SQL cannot make."""


def migrations() -> list[tuple[int, str]]:
    """All migrations as (number, SQL), in order."""
    folder = resources.files("cortex.db") / "migrations"
    files = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return [(int(name.split("_", 1)[0]), (folder / name).read_text(encoding="utf-8")) for name in files]


async def migrate(database: Database, *, backups: Path | None) -> None:
    """Bring the schema up to date, each step in its own transaction.

    A library that holds something is first copied to `backups`. Raises SchemaTooNewError, changing nothing,
    when it was written by a newer Cortex.
    """
    known = migrations()
    newest = known[-1][0]
    version = await database.read(_version)
    if version > newest:
        raise SchemaTooNewError(
            f"This library has schema {version}, written by a newer Cortex; this one knows {newest}. "
            "Nothing was changed. Start the newer Cortex, or open another data directory."
        )
    if version == newest:
        return
    if version > 0 and backups is not None:
        await asyncio.to_thread(backups.mkdir, parents=True, exist_ok=True)
        stamp = clock.now().replace(":", "").replace(".", "")
        await copy_to(database, backups / f"before-schema-{newest}-{stamp}.db")
    for number, sql in known:
        if number > version:
            await database.maintain(lambda raw, n=number, s=sql: _apply(raw, n, s))  # type: ignore[misc] # bound per step


async def copy_to(database: Database, target: Path) -> None:
    """Write a consistent, compact copy of the open library to `target`. Whole, or not at all.

    Raises StorageError when `target` is there, and leaves it as it is.
    """
    if await asyncio.to_thread(target.exists):
        raise StorageError(f"No copy was made: {target} is there already.")
    try:
        await database.maintain(lambda raw: raw.execute("VACUUM INTO ?", (str(target),)))
    except BaseException:
        for part in (target, target.with_name(f"{target.name}-journal")):
            await asyncio.to_thread(part.unlink, missing_ok=True)
        raise


def _version(connection: Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _apply(connection: Connection, number: int, sql: str) -> None:
    try:
        connection.executescript(f"BEGIN IMMEDIATE;\n{sql}\nPRAGMA user_version={number};")
        if number in _FILLED_BY:
            _FILLED_BY[number](connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
