"""`cortex doctor`: is everything as it should be?"""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import typer

from cortex import __version__
from cortex.cli import output
from cortex.cli.connection import Connection, DataDir, Json, Port, connect
from cortex.config import Settings, load_settings
from cortex.db import driver, integrity
from cortex.db.database import Database
from cortex.exceptions import CortexError
from cortex.services.dependencies import ROOM_WANTED


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    part: str
    ok: bool
    detail: str


def doctor(as_json: Json = False, data_dir: DataDir = None, port: Port = None) -> None:
    """Look everything through: settings, disk, database file, model, running instance. Exit code 1 on a problem."""
    settings = load_settings(data_dir=data_dir, port=port)
    findings = [*_machine(), *_files(settings), *_library(settings), *_application(data_dir, port)]
    if as_json:
        output.print_json({"version": __version__, "findings": [asdict(finding) for finding in findings]})
    else:
        rows = [("ok" if finding.ok else "PROBLEM", finding.part, finding.detail) for finding in findings]
        output.print_table(("", "Part", "Finding"), rows)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


def _machine() -> Iterator[Finding]:
    yield Finding("Cortex", True, f"{__version__}, Python {platform.python_version()}, {platform.platform()}")
    enough = tuple(map(int, driver.sqlite_version.split("."))) >= driver.MINIMUM
    yield Finding("SQLite", enough, driver.sqlite_version)


def _files(settings: Settings) -> Iterator[Finding]:
    directory = settings.data_dir
    if not directory.exists():
        yield Finding("data directory", True, f"{directory} does not exist yet; it is made at the first start")
        return
    yield Finding("data directory", os.access(directory, os.W_OK), str(directory))
    free = shutil.disk_usage(directory).free
    yield Finding("free disk", free > ROOM_WANTED, f"{free // 2**20} MB")
    token = directory / "token"
    if os.name != "nt" and token.exists():
        private = token.stat().st_mode & 0o077 == 0
        yield Finding("token file", private, "readable by its owner alone" if private else "readable by others")


def _library(settings: Settings) -> Iterator[Finding]:
    if not settings.database_file.exists():
        return
    try:
        found = asyncio.run(_problems(settings.database_file))
    except CortexError as error:
        found = [error.message]
    yield Finding("database file", not found, found[0] if found else f"{settings.database_file}: sound")


async def _problems(path: Path) -> list[str]:
    database = Database(path, readers=1)
    try:
        await database.open()
        return await integrity.problems(database)
    finally:
        await database.close()


def _application(data_dir: Path | None, port: int | None) -> Iterator[Finding]:
    try:
        with connect(data_dir, port) as cortex:
            how = "started for this look" if cortex.own_server else f"running at {cortex.url}"
            yield Finding("application", True, how)
            yield from _dependencies(cortex)
    except CortexError as error:
        yield Finding("application", False, error.message)


def _dependencies(cortex: Connection) -> Iterator[Finding]:
    for name, part in cortex.call("GET", "/api/health/detailed")["dependencies"].items():
        detail = part["detail"] or part["status"]
        yield Finding(name, part["status"] in ("healthy", "idle"), detail)
