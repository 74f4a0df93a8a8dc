"""The files of a library are for its owner's eyes only."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_FILES = (
    *("cortex.db", "cortex.db-wal", "cortex.db-shm", "checkpoints.db", "checkpoints.db-wal", "checkpoints.db-shm"),
    *("cortex.lock", "instance.json", "running"),
)
_FOLDERS = ("originals", "backups", "logs")
"""What Cortex makes in a data directory and did not always make for its owner alone."""
_CLOSED = ("token", "secrets.json", "instance.tmp")
"""What was always made for its owner alone, and what is there for a moment."""


def make_privately() -> None:
    """From now on what this process makes, and what it starts makes, is for its owner alone. Not on Windows."""
    if os.name != "nt":
        os.umask(_OTHERS)


def keep_private(directory: Path) -> None:
    """Take the rights of others to a data directory, and to what Cortex made in it. Not on Windows.

    A directory that is more than a library's keeps its own rights, and its folders keep theirs: one in which anything
    lies that is not Cortex's, one of another user, one that is everybody's (/tmp).
    """
    if os.name == "nt":
        return
    names: tuple[str, ...] = _FILES
    if _is_a_librarys(directory):
        _narrow(directory.resolve())  # the owner may have put it elsewhere and left a link
        names += _FOLDERS
    for name in names:
        _narrow(directory / name)


def _is_a_librarys(directory: Path) -> bool:
    with suppress(OSError):
        facts = directory.stat()
        is_ours = facts.st_uid == os.geteuid() and not facts.st_mode & stat.S_ISVTX
        return is_ours and {entry.name for entry in directory.iterdir()} <= {*_FILES, *_FOLDERS, *_CLOSED}
    return False


def _narrow(path: Path) -> None:
    # What is not there has no rights, and some file systems keep none.
    with suppress(OSError):
        mode = stat.S_IMODE(path.lstat().st_mode)
        if mode & _OTHERS and not path.is_symlink():
            path.chmod(mode & ~_OTHERS)
