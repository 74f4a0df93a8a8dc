"""What a disk refuses, in words: no room, no right to write."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from cortex.exceptions import StorageError, StorageFullError

_LEAST_BYTES = 128 * 1024
"""SQLite needs about half of it beside a library to open that, and says only "disk I/O error" without."""


_FULL = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR)


def refuses(error: OSError) -> bool:
    """Whether the disk would say the same again: it is full, or must not be written."""
    return error.errno in (*_FULL, *_FORBIDDEN)


def is_full(directory: Path) -> bool:
    """Whether a library in `directory` cannot be opened for want of room."""
    try:
        return shutil.disk_usage(directory).free < _LEAST_BYTES
    except OSError:
        return False


def no_room(path: Path | None) -> StorageFullError:
    """The refusal of a start on a full disk."""
    where = f" that holds {path}" if path is not None else ""
    return StorageFullError(
        f"The library could not be opened: the disk{where} is full. All that was saved is there and unchanged. "
        "Free some room, then start again."
    )


def unusable(path: Path, error: OSError) -> StorageError | StorageFullError:
    """Why nothing can be written to the data directory `path`."""
    if error.errno in _FULL:
        return no_room(path)
    named = f" ({error.filename})" if error.filename and Path(error.filename) != path else ""
    return StorageError(
        f"The data directory {path} cannot be used: {error.strerror or error}{named}. Nothing was changed. Allow "
        "Cortex to write there, or choose another with --data-dir."
    )
