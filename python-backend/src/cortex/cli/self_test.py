"""`cortex self-test`: does everything that Cortex is made of work on this machine, in this build?"""

from __future__ import annotations

import contextlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import typer

from cortex import __version__
from cortex.cli import output
from cortex.cli.connection import Json
from cortex.observability import logs


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one check."""

    name: str
    ok: bool
    detail: str
    seconds: float


def self_test(as_json: Json = False) -> None:
    """Try every part of Cortex on a library of its own that is deleted afterwards. Exit code 1 when one fails.

    Nothing of yours is opened, and nothing leaves the machine.
    """
    logs.configure("error")
    results = []
    # on Windows a file that is still open cannot be deleted; that is no finding
    with tempfile.TemporaryDirectory(prefix="cortex-self-test-", ignore_cleanup_errors=True) as folder:
        for result in _results(Path(folder)):
            results.append(result)
            if not as_json:
                mark = "ok     " if result.ok else "FAILED "
                sys.stdout.write(f"{mark} {result.name}: {result.detail} ({result.seconds:.1f} s)\n")
                sys.stdout.flush()
    failed = sum(not result.ok for result in results)
    if as_json:
        output.print_json({"version": __version__, "results": [asdict(result) for result in results]})
    else:
        sys.stdout.write(f"Cortex {__version__}: {len(results) - failed} work, {failed} do not.\n")
    if failed:
        raise typer.Exit(1)


def _results(folder: Path) -> Iterator[Result]:
    from cortex.cli.self_checks import library, parts

    for name, check in parts.CHECKS:
        yield _outcome(name, lambda check=check: check(folder / "parts"))  # type: ignore[misc] # bound per step
    with contextlib.ExitStack() as opened:
        served = library.Served()
        yield _outcome("the server starts", lambda: served.open(opened, folder / "library"))
        if served.cortex is None:
            return
        cortex = served.cortex
        for name, step in library.STEPS:
            yield _outcome(name, lambda step=step: step(cortex))  # type: ignore[misc] # bound per step


def _outcome(name: str, check: Callable[[], str]) -> Result:
    started = time.monotonic()
    try:
        ok, detail = True, check()
    except Exception as error:  # noqa: BLE001 - whatever is broken is what this is looking for
        ok, detail = False, f"{type(error).__name__}: {error}"
    return Result(name, ok, detail, round(time.monotonic() - started, 2))
