"""Originals as content-addressed files: written, synced and renamed before any row speaks of them."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hashlib
import os
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

from cortex.exceptions import AssetNotFoundError, StorageError, StorageFullError

_MISSING = "The stored original of this item is missing from the disk."


class BlobStore:
    """A folder of immutable files named by the SHA-256 of their bytes (hex)."""

    def __init__(self, root: Path):
        self._root = root

    def path_of(self, sha256: str) -> Path:
        """Where a blob lies. The key must be 64 hex digits: it is part of a path."""
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise AssetNotFoundError
        return self._root / sha256[:2] / sha256

    async def put(self, data: bytes) -> str:
        """Store bytes durably and give their SHA-256. Storing the same bytes again costs no room.

        Raises StorageFullError, keeping nothing of it, when there is no room.
        """
        return await asyncio.to_thread(self._put, data)

    def _put(self, data: bytes) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        target = self.path_of(sha256)
        with _disk_errors():
            if target.exists() and target.stat().st_size == len(data):
                os.utime(target)  # young again: the sweep must not take it before its row is written
                return sha256
            target.parent.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(prefix=".incoming-", dir=target.parent)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                Path(name).replace(target)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
            _sync_directory(target.parent)
        return sha256

    async def get(self, sha256: str) -> bytes:
        """The bytes of a blob. Raises AssetNotFoundError."""
        try:
            return await asyncio.to_thread(self.path_of(sha256).read_bytes)
        except FileNotFoundError:
            raise AssetNotFoundError(_MISSING) from None

    async def locate(self, sha256: str) -> Path:
        """The file of a blob, for reading. Raises AssetNotFoundError."""
        path = self.path_of(sha256)
        if not await asyncio.to_thread(path.is_file):
            raise AssetNotFoundError(_MISSING)
        return path

    def has(self, sha256: str) -> bool:
        """Whether these bytes are here."""
        return self.path_of(sha256).exists()

    def discard(self, sha256: str) -> None:
        """Delete a blob; one that is gone already is fine. Raises StorageError."""
        with _disk_errors():
            self.path_of(sha256).unlink(missing_ok=True)

    @contextlib.asynccontextmanager
    async def incoming(self) -> AsyncIterator[IncomingBlob]:
        """A blob that arrives piece by piece; what is not kept inside the block leaves no trace."""
        with _disk_errors():
            await asyncio.to_thread(self._root.mkdir, parents=True, exist_ok=True)
            descriptor, name = await asyncio.to_thread(tempfile.mkstemp, prefix=".incoming-", dir=self._root)
        blob = IncomingBlob(self, descriptor, Path(name))
        try:
            yield blob
        finally:
            await asyncio.to_thread(blob.close)

    def take_over(self, file: Path, sha256: str) -> None:
        """Give a synced file in this folder its place."""
        target = self.path_of(sha256)
        with _disk_errors():
            target.parent.mkdir(parents=True, exist_ok=True)
            file.replace(target)
            _sync_directory(target.parent)

    async def sweep(self, is_known: Callable[[str], bool], *, older_than_seconds: float = 3600) -> int:
        """Delete files that no row names and that are old enough not to be on their way in; gives their number."""
        return await asyncio.to_thread(self._sweep, is_known, older_than_seconds)

    def _sweep(self, is_known: Callable[[str], bool], older_than_seconds: float) -> int:
        limit = time.time() - older_than_seconds
        removed = 0
        for path in (*self._root.glob(".incoming-*"), *self._root.glob("??/*")):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < limit and not is_known(path.name):
                    path.unlink()
                    removed += 1
        return removed


class IncomingBlob:
    """Bytes on their way in; see `BlobStore.incoming`."""

    def __init__(self, store: BlobStore, descriptor: int, path: Path):
        self._store = store
        self._file = os.fdopen(descriptor, "wb")
        self._path = path
        self._hash = hashlib.sha256()
        self.size = 0
        self.head = b""
        """The first bytes, at most 4096."""

    @property
    def sha256(self) -> str:
        """The hash of what came so far."""
        return self._hash.hexdigest()

    async def write(self, data: bytes) -> None:
        """Append bytes. Raises StorageFullError."""
        if len(self.head) < 4096:
            self.head += data[: 4096 - len(self.head)]
        self.size += len(data)
        await asyncio.to_thread(self._write, data)

    def _write(self, data: bytes) -> None:
        self._hash.update(data)
        with _disk_errors():
            self._file.write(data)

    async def keep(self) -> str:
        """Store durably what came; gives its SHA-256. Raises StorageFullError, keeping nothing."""
        return await asyncio.to_thread(self._keep)

    def _keep(self) -> str:
        with _disk_errors():
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        sha256 = self._hash.hexdigest()
        self._store.take_over(self._path, sha256)
        return sha256

    def close(self) -> None:
        """Forget what was not kept."""
        with contextlib.suppress(OSError):  # a full disk refuses the last buffer again; nothing of it is wanted
            self._file.close()
        self._path.unlink(missing_ok=True)


@contextlib.contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFullError from error
        raise StorageError(f"The original could not be written: {error.strerror}. Nothing was saved.") from error


def _sync_directory(path: Path) -> None:
    """Make a rename durable. Windows has no such call and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
