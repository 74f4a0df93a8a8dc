"""Documents that are ZIP archives (EPUB, DOCX): their parts by name, in memory, under limits; nothing is unpacked."""

from __future__ import annotations

import io
import posixpath
import re
import stat
import zlib
from pathlib import Path
from types import TracebackType
from urllib.parse import unquote, urlsplit
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from cortex.exceptions import ExtractionError

MOST_ENTRIES = 20_000
MOST_EXPANDED = 1024 * 1024 * 1024
"""Bytes of all parts together, as the archive says."""
MOST_READ = 128 * 1024 * 1024
"""Bytes of the parts that are read: text, never pictures."""
_RATIO = 200
_SMALL = 1024 * 1024
"""Bytes up to which no ratio is too good: a megabyte of spaces harms nobody."""
_DRIVE = re.compile(r"[A-Za-z]:")
_FLAG_ENCRYPTED = 0x1


class Archive:
    """The parts of a document. `what` names it in sentences: "EPUB"."""

    def __init__(self, source: bytes | Path, what: str):
        """Opens and checks it, reading the list of its parts alone.

        Raises ExtractionError: damaged (no archive, or parts with names that lead out of it), too_large (more than
        MOST_ENTRIES parts, MOST_EXPANDED bytes, or 200 times its size).
        """
        self._what = what
        self._left = MOST_READ
        try:
            self._zip = ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)
            size = len(source) if isinstance(source, bytes) else source.stat().st_size
        except (BadZipFile, OSError, ValueError, NotImplementedError):
            raise self._damaged("the archive that it is cannot be opened") from None
        entries = self._zip.infolist()
        self._check(entries, size)
        self._parts = {info.orig_filename.replace("\\", "/"): info for info in entries if not info.is_dir()}

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    @property
    def names(self) -> tuple[str, ...]:
        """The parts' names, in the archive's order."""
        return tuple(self._parts)

    def read(self, name: str) -> bytes:
        """A part, whole. Raises ExtractionError: damaged, encrypted, too_large."""
        info = self._parts.get(name)
        if info is None:
            raise self._damaged(f"its part {name[:100]} is missing")
        if info.flag_bits & _FLAG_ENCRYPTED:
            raise ExtractionError(
                f"This {self._what} is locked with a password, so its text cannot be read. Add a copy without one.",
                reason="encrypted",
            )
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise self._damaged(f"its part {name[:100]} is packed in a way that no {self._what} uses")
        if info.file_size > max(_SMALL, _RATIO * info.compress_size):
            raise self._too_large(f"a part that is more than {_RATIO} times as large as it is packed")
        if info.file_size > self._left:
            raise self._too_large(f"more than {MOST_READ // 1024**2} MB of text")
        try:
            with self._zip.open(info) as part:
                # A part is never longer than the archive says: zipfile stops there, and finds the checksum wrong.
                data = part.read(info.file_size + 1)
        except (BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):
            raise self._damaged(f"its part {name[:100]} cannot be unpacked") from None
        self._left -= len(data)
        return data

    def _check(self, entries: list[ZipInfo], size: int) -> None:
        if len(entries) > MOST_ENTRIES:
            raise self._too_large(f"more than {MOST_ENTRIES:,} parts")
        if any(_leads_out(info) for info in entries):
            raise self._damaged("it holds parts that would be put outside of it, which no honest one does")
        expanded = sum(info.file_size for info in entries)
        if expanded > MOST_EXPANDED:
            raise self._too_large(f"more than {MOST_EXPANDED // 1024**2} MB of parts")
        # By the size that it really has: parts may claim any, and several may claim the same bytes.
        if expanded > max(_SMALL, _RATIO * size):
            raise self._too_large(f"parts that are together more than {_RATIO} times as large as it is")

    def _damaged(self, why: str) -> ExtractionError:
        return ExtractionError(
            f"This {self._what} is damaged: {why}. Try to open it in another program and save it again.",
            reason="damaged",
        )

    def _too_large(self, why: str) -> ExtractionError:
        return ExtractionError(
            f"This {self._what} unpacks to too much: it has {why}. It was not read.", reason="too_large"
        )


def _leads_out(info: ZipInfo) -> bool:
    """Whether unpacking this part could write elsewhere. Nothing is unpacked, but such a name is an attack."""
    name = info.orig_filename.replace("\\", "/")
    return (
        name.startswith("/")
        or _DRIVE.match(name) is not None
        or ".." in name.split("/")
        or "\0" in name
        or stat.S_ISLNK(info.external_attr >> 16)
    )


def part_name(folder: str, reference: str) -> str:
    """The name of the part that `reference`, an address in a part in `folder`, means; one that no part has if none."""
    try:
        path = unquote(urlsplit(reference.strip()).path)
    except ValueError:
        return ""
    return posixpath.normpath(posixpath.join(folder, path)) if path else ""
