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

_YOUNG_SECONDS = 3600.0
"""Files younger than this may be on their way in."""
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
            _make_directory(target.parent)
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
            _make_directory(target.parent)
            file.replace(target)
            _sync_directory(target.parent)

    async def strays(
        self, is_known: Callable[[str], bool], *, older_than_seconds: float = _YOUNG_SECONDS
    ) -> list[Path]:
        """Files that no row names and that are old enough not to be on their way in."""

        def find() -> list[Path]:
            files = (*self._root.glob(".incoming-*"), *self._root.glob("??/*"))
            return [file for file in files if not is_known(file.name) and _is_old(file, older_than_seconds)]

        return await asyncio.to_thread(find)

    def discard_stray(self, file: Path, *, older_than_seconds: float = _YOUNG_SECONDS) -> bool:
        """Delete a stray, unless it was stored again meanwhile; gives whether it did. Raises StorageError.

        Call it inside a transaction in which no row names it: no capture of the same bytes can commit then between
        the look at its age and the deletion.
        """
        with _disk_errors():
            if not _is_old(file, older_than_seconds):
                return False
            file.unlink(missing_ok=True)
        return True


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


def _is_old(file: Path, seconds: float) -> bool:
    try:
        return file.stat().st_mtime < time.time() - seconds
    except FileNotFoundError:
        return False


def _make_directory(path: Path) -> None:
    """Make a directory durable: a synced file in a directory that a power cut takes away is gone all the same."""
    if path.is_dir():
        return
    _make_directory(path.parent)
    path.mkdir(exist_ok=True)
    _sync_directory(path.parent)


def _sync_directory(path: Path) -> None:
    """Make a rename durable. Windows has no such call and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
