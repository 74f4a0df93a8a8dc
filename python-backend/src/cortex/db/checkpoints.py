"""Where workflows keep how far they came: a file of its own, disposable, never the library's connection.

`checkpoints.db` beside the library holds ids and small facts of unfinished runs. LangGraph's saver runs on a
connection of its own: its commits would otherwise end the library's half-done transactions.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import aiosqlite

from cortex.db import driver
from cortex.db.driver import Connection
from cortex.exceptions import CheckpointRefusedError, StorageError, StorageFullError
from cortex.observability.logs import get_logger

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

T = TypeVar("T")
log = get_logger(__name__)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS checkpoints (
    thread_id TEXT NOT NULL, checkpoint_ns TEXT NOT NULL DEFAULT '', checkpoint_id TEXT NOT NULL,
    parent_checkpoint_id TEXT, type TEXT, checkpoint BLOB, metadata BLOB,
    PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id));
CREATE TABLE IF NOT EXISTS writes (
    thread_id TEXT NOT NULL, checkpoint_ns TEXT NOT NULL DEFAULT '', checkpoint_id TEXT NOT NULL,
    task_id TEXT NOT NULL, task_path TEXT NOT NULL DEFAULT '', idx INTEGER NOT NULL, channel TEXT NOT NULL,
    type TEXT, value BLOB,
    PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id, task_id, idx));
"""
_PRAGMAS = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL", "PRAGMA busy_timeout=10000")


class CheckpointStore:
    """The checkpoints of one library; opened, and LangGraph imported, with the first use."""

    def __init__(self, path: Path | None):
        self._path = path
        self._connection: aiosqlite.Connection | None = None
        self._saver: BaseCheckpointSaver[str] | None = None
        self._opening = asyncio.Lock()

    async def saver(self) -> BaseCheckpointSaver[str]:
        """The saver to compile a graph with. Raises StorageError, StorageFullError."""
        async with self._opening:
            if self._saver is None:
                connection = await self._connect()
                self._saver = (await asyncio.to_thread(_saver_class))(connection)
            return self._saver

    async def forget(self, thread_id: str) -> None:
        """Delete what is known of a run that has ended."""
        await self._on_connection(lambda raw: _forget(raw, [thread_id]))

    async def prune(self, prefix: str, live: Iterable[str]) -> int:
        """Delete every thread whose id starts with `prefix` but the `live` ones; gives their number."""
        kept = set(live)

        def prune(raw: Connection) -> int:
            rows = raw.execute("SELECT thread_id FROM checkpoints UNION SELECT thread_id FROM writes").fetchall()
            orphans = [row[0] for row in rows if row[0].startswith(prefix) and row[0] not in kept]
            _forget(raw, orphans)
            return len(orphans)

        return await self._on_connection(prune)

    async def close(self) -> None:
        """Close the file."""
        async with self._opening:
            connection, self._connection = self._connection, None
            self._saver = None
            if connection is not None:
                await connection.close()

    async def _connect(self) -> aiosqlite.Connection:
        """Call it with `_opening` held: two at once would open two, and one of them would never be closed."""
        if self._connection is None:
            try:
                self._connection = await _open(self._path)
            except driver.DatabaseError as error:
                if driver.is_full(error):
                    raise StorageFullError from error
                if isinstance(error, driver.OperationalError) or self._path is None:
                    raise StorageError(f"The file of checkpoints could not be opened: {error}.") from error
                # Not a database any more. Runs start over without it: their steps are idempotent.
                log.warning("checkpoints are damaged and were set aside", file=self._path.name)
                await asyncio.to_thread(_set_aside, self._path)
                self._connection = await _open(self._path)
        return self._connection

    async def _on_connection(self, work: Callable[[Connection], T]) -> T:
        async with self._opening:
            connection = await self._connect()
        with _storage_errors():
            result: T = await connection._execute(work, connection._conn)  # type: ignore[no-untyped-call] # aiosqlite leaves it untyped
        return result


async def _open(path: Path | None) -> aiosqlite.Connection:
    target = str(path) if path is not None else ":memory:"

    def connect() -> Connection:
        raw = driver.connect(target)
        raw.isolation_level = "DEFERRED"  # the saver commits by itself, several statements at a time
        return raw

    connection = aiosqlite.Connection(connect, iter_chunk_size=64)
    await connection
    try:
        for statement in _PRAGMAS:
            await connection.execute_fetchall(statement)
        await connection.executescript(_SCHEMA)
    except BaseException:
        await connection.close()
        raise
    return connection


def _forget(raw: Connection, thread_ids: list[str]) -> None:
    with raw:  # commits, or rolls back
        for thread_id in thread_ids:
            raw.execute("DELETE FROM checkpoints WHERE thread_id = ?", (thread_id,))
            raw.execute("DELETE FROM writes WHERE thread_id = ?", (thread_id,))


def _set_aside(path: Path) -> None:
    for suffix in ("-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            Path(f"{path}{suffix}").unlink()
    path.replace(path.with_suffix(".damaged"))


def _saver_class() -> Any:
    """LangGraph's saver, made strict; a function because the import takes half a second and 50 MB."""
    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import ChannelVersions, Checkpoint, CheckpointMetadata, CheckpointTuple
    from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    class StrictSerializer(JsonPlusSerializer):
        """Reads back what it writes itself and nothing else: neither JSON constructors nor pickles."""

        def loads_typed(self, data: tuple[str, bytes]) -> Any:
            if data[0] not in ("null", "bytes", "msgpack"):
                raise CheckpointRefusedError
            return super().loads_typed(data)

    class Saver(AsyncSqliteSaver):
        """The saver on this module's tables and serialiser."""

        def __init__(self, connection: aiosqlite.Connection):
            super().__init__(connection, serde=StrictSerializer(allowed_msgpack_modules=None))

        async def setup(self) -> None:
            self.is_setup = True  # its own set-up catches the standard library's exceptions only

        async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
            with _storage_errors():
                try:
                    return await super().aget_tuple(config)
                except driver.Error:
                    raise
                except Exception as error:
                    # Bytes that are not ours can fail in any way.
                    raise CheckpointRefusedError from error

        async def aput(
            self,
            config: RunnableConfig,
            checkpoint: Checkpoint,
            metadata: CheckpointMetadata,
            new_versions: ChannelVersions,
        ) -> RunnableConfig:
            with _storage_errors():
                return await super().aput(config, checkpoint, metadata, new_versions)

        async def aput_writes(
            self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
        ) -> None:
            with _storage_errors():
                await super().aput_writes(config, writes, task_id, task_path)

    return Saver


@contextlib.contextmanager
def _storage_errors() -> Iterator[None]:
    try:
        yield
    except driver.Error as error:
        if driver.is_full(error):
            raise StorageFullError from error
        raise StorageError(f"The file of checkpoints could not be read or written: {error}.") from error
