"""One writer, a few readers, and transactions that run as one function in one hop to the connection's thread."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import aiosqlite

from cortex.db import disk, driver
from cortex.db.driver import Connection
from cortex.exceptions import StorageError, StorageFullError

T = TypeVar("T")
Work = Callable[[Connection], T]

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=10000",
    "PRAGMA wal_autocheckpoint=4000",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA trusted_schema=OFF",
)
_READER_PRAGMAS = ("PRAGMA query_only=ON", "PRAGMA cache_size=-16384", "PRAGMA mmap_size=4294967296")


class Database:
    """The open library. `write` and `read` take a plain function of a connection; SQL stays in the repositories.

    A function handed to `write` runs inside BEGIN IMMEDIATE … COMMIT on the only writing connection: it is
    atomic, nothing can cancel it half-way, and it never meets "database is locked".
    """

    def __init__(self, path: Path | None, *, readers: int = 2):
        self._path = path
        self._reader_count = readers if path is not None else 0
        self._writer: aiosqlite.Connection | None = None
        self._writer_lock = asyncio.Lock()
        self._readers: asyncio.Queue[aiosqlite.Connection] = asyncio.Queue()
        self._open_readers: list[aiosqlite.Connection] = []

    @property
    def path(self) -> Path | None:
        """The file, or None for a library in memory."""
        return self._path

    async def open(self) -> None:
        """Open the file (made where absent). Nothing stays open when this raises."""
        try:
            self._writer = await self._connect(("PRAGMA page_size=8192", *_PRAGMAS, "PRAGMA cache_size=-32768"))
            for _ in range(self._reader_count):
                reader = await self._connect((*_PRAGMAS, *_READER_PRAGMAS))
                self._open_readers.append(reader)
                self._readers.put_nowait(reader)
        except driver.Error as error:
            await self.close()
            if driver.is_full(error) or (self._path is not None and disk.is_full(self._path.parent)):
                raise disk.no_room(self._path) from error
            raise StorageError(
                f"The library file {self._path} cannot be opened: {error}. Nothing was changed. Put back a copy of "
                "your own, or one from the folder `backups` beside it, and start again."
            ) from error
        except BaseException:
            await self.close()
            raise

    async def _connect(self, pragmas: tuple[str, ...]) -> aiosqlite.Connection:
        target = str(self._path) if self._path is not None else ":memory:"
        connection = aiosqlite.Connection(lambda: driver.connect(target), iter_chunk_size=64)
        await connection
        try:
            await _run(connection, lambda raw: [raw.execute(pragma).fetchall() for pragma in pragmas])
        except BaseException:
            await connection.close()
            raise
        return connection

    async def close(self) -> None:
        """Close every connection; the last one folds the write-ahead log into the file."""
        readers, self._open_readers = self._open_readers, []
        for reader in readers:
            await reader.interrupt()
            await reader.close()
        writer, self._writer = self._writer, None
        if writer is not None:
            with contextlib.suppress(driver.Error):  # best effort: what is committed is safe either way
                await _run(writer, lambda raw: raw.execute("PRAGMA optimize").fetchall())
            await writer.close()

    async def write(self, work: Work[T], *, durable: bool = False) -> T:
        """Run `work` in one transaction and give its result; any exception rolls it all back.

        `durable` syncs the commit to the disk before returning (power loss, not only kill -9): for what is
        acknowledged to a person. Raises StorageFullError when there is no room.
        """
        writer = self._writer
        if writer is None:
            raise StorageError("The library is closed; nothing was written.")

        def transaction(raw: Connection) -> T:
            if durable:
                raw.execute("PRAGMA synchronous=FULL")
            try:
                raw.execute("BEGIN IMMEDIATE")
                try:
                    result = work(raw)
                    raw.execute("COMMIT")
                except BaseException:
                    if raw.in_transaction:
                        raw.execute("ROLLBACK")
                    raise
                return result
            finally:
                if durable:
                    raw.execute("PRAGMA synchronous=NORMAL")

        async with self._writer_lock:
            job = asyncio.ensure_future(_run(writer, transaction))
            try:
                return await asyncio.shield(job)
            except asyncio.CancelledError:
                # The transaction is one hop and cannot be half done: let it end before the lock is released.
                await asyncio.wait([job])
                _seen(job)
                raise
            except driver.Error as error:
                raise _translated(error) from error

    async def read(self, work: Work[T]) -> T:
        """Run `work` on one consistent snapshot and give its result; cancelling interrupts its query."""
        if self._path is None:
            return await self._read_from_writer(work)
        if not self._open_readers:
            raise StorageError("The library is closed.")
        reader = await self._readers.get()

        def snapshot(raw: Connection) -> T:
            raw.execute("BEGIN")
            try:
                return work(raw)
            finally:
                if raw.in_transaction:
                    raw.execute("ROLLBACK")

        job = asyncio.ensure_future(_run(reader, snapshot))
        try:
            return await asyncio.shield(job)
        except asyncio.CancelledError:
            # An interrupt that arrives before the query has begun is lost: repeat it until the work has ended.
            while not job.done():
                await reader.interrupt()
                await asyncio.wait([job], timeout=0.02)
            _seen(job)
            raise
        except driver.Error as error:
            raise _translated(error) from error
        finally:
            self._readers.put_nowait(reader)

    async def ping(self) -> None:
        """Answer when a connection does; raises StorageError when the library does not."""
        await self.read(lambda raw: raw.execute("SELECT 1").fetchone())

    async def _read_from_writer(self, work: Work[T]) -> T:
        """A library in memory has one connection; each hop to its thread sees a consistent state."""
        if self._writer is None:
            raise StorageError("The library is closed.")
        try:
            return await _run(self._writer, work)
        except driver.Error as error:
            raise _translated(error) from error

    async def maintain(self, work: Work[T]) -> T:
        """Run `work` on the writing connection outside a transaction (migrations, VACUUM INTO, checks)."""
        if self._writer is None:
            raise StorageError("The library is closed.")
        async with self._writer_lock:
            try:
                return await _run(self._writer, work)
            except driver.Error as error:
                raise _translated(error) from error


def _seen(job: asyncio.Future[T]) -> None:
    """How this ended interests nobody any more; asyncio would complain of an error that nobody looked at."""
    if not job.cancelled():
        job.exception()


async def _run(connection: aiosqlite.Connection, work: Work[T]) -> T:
    """One hop to the connection's thread: aiosqlite's public calls take one per statement (2.0 ms against 0.14)."""
    result: T = await connection._execute(work, connection._conn)  # type: ignore[no-untyped-call] # aiosqlite leaves it untyped
    return result


def _translated(error: driver.Error) -> StorageError | StorageFullError:
    if driver.is_full(error):
        return StorageFullError()
    return StorageError(f"The library on disk could not be read or written: {error}.")
