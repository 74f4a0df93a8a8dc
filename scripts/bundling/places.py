"""Where the parts of a bundle are built, how commands are run for it, and what tells that a part is up to date."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import environment
import lifeline

ROOT = environment.ROOT
BUILD = ROOT / "build"
"""Not in the repository. Deleting it costs the time of a full build, nothing else."""
CORTEX = ROOT / "python-backend" / "src" / "cortex"


def run(command: Sequence[str | Path], failure: str, *, env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> None:
    """Run a command to its end, its words on standard error. Raises SetupError with `failure`."""
    code, _ = lifeline.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**environment.variables(), **(env or {})},
        stdout=environment.STANDARD_ERROR,
    )
    if code != 0:
        raise environment.SetupError(failure)


def digest(files: Iterable[Path], *more: str) -> str:
    """What files say, by name and content, with anything else that a part is made from."""
    found = hashlib.sha256("\0".join(more).encode())
    for file in sorted(files):
        found.update(os.path.relpath(file, ROOT).encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()


def below(folder: Path) -> list[Path]:
    """Every file that is a source below a folder."""
    made = {"__pycache__", "node_modules", "target"}
    return [file for file in folder.rglob("*") if file.is_file() and not made & set(file.relative_to(folder).parts)]


def is_made(stamp: Path, key: str) -> bool:
    """Whether a part was made from what `key` stands for."""
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == key
