"""One process owns a data directory: its lock, its address for other programs, and the mark of a clean stop."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from cortex.db import disk
from cortex.db.file_modes import keep_private
from cortex.domain import clock
from cortex.exceptions import LibraryLockedError


@dataclass(frozen=True, slots=True)
class Instance:
    """Who serves a data directory, and where."""

    pid: int
    url: str
    started_at: str


class DataDirectory:
    """A data directory that this process holds from `acquire` to `release`."""

    def __init__(self, path: Path):
        self.path = path
        self._lock = FileLock(str(path / "cortex.lock"), blocking=False)
        self._instance_file = path / "instance.json"
        self._running_mark = path / "running"
        self.was_unclean = False
        """Whether the process before this one ended without closing the library."""

    def acquire(self, url: str) -> None:
        """Take the directory (made where absent), for the owner's eyes only.

        Raises LibraryLockedError naming the process that holds it, StorageFullError when the disk has no room for a
        note, StorageError when it cannot be written. Then it is as it was.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock.acquire()
        except Timeout:
            raise LibraryLockedError(self._who_holds_it()) from None
        except OSError as error:
            raise disk.unusable(self.path, error) from error
        keep_private(self.path)
        self.was_unclean = self._running_mark.exists()
        try:
            self._running_mark.touch()
            self._tell_where(url)
        except OSError as error:
            if not self.was_unclean:
                self._running_mark.unlink(missing_ok=True)
            self._lock.release()
            raise disk.unusable(self.path, error) from error

    def _tell_where(self, url: str) -> None:
        content = json.dumps(asdict(Instance(os.getpid(), url, clock.now())))
        temporary = self._instance_file.with_suffix(".tmp")
        try:
            temporary.write_text(content, encoding="utf-8")
            temporary.replace(self._instance_file)
        finally:
            temporary.unlink(missing_ok=True)

    def release(self) -> None:
        """Give the directory back after the library was closed."""
        self._instance_file.unlink(missing_ok=True)
        self._running_mark.unlink(missing_ok=True)
        self._lock.release()

    def _who_holds_it(self) -> str:
        holder = read_instance(self.path)
        who = f" (process {holder.pid}, {holder.url}, since {holder.started_at})" if holder else ""
        return (
            f"Another Cortex{who} already has the library in {self.path} open. "
            "Use that one, stop it first, or open another data directory with --data-dir."
        )


def read_instance(path: Path) -> Instance | None:
    """Who said last that it serves this directory. It may be gone: ask for its proof before trusting it."""
    with contextlib.suppress(OSError, ValueError, TypeError):
        return Instance(**json.loads((path / "instance.json").read_text(encoding="utf-8")))
    return None
