"""How quickly the desktop app opens, recovers and ends, and what it takes, on a desktop without a screen.

    python3 scripts/bench.py desktop

Measures the installed package, or the program that `CORTEX_TEST_SHELL` names. A warm start is one on a library that
exists. That the library can be used is seen through WebKitWebDriver, whose own start is part of the figure.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import psutil

import environment
from benchmarks.footprint import footprint, idle_cpu_percent

if TYPE_CHECKING:
    from tests.system.desktop import Desktop

STARTS = 5
KILLS = 5
QUITS = 8
NOTES = 20
SETTLES_S = 15.0
IDLE_S = 10.0
INSTALLED = Path("/usr/bin/cortex-desktop")


def run() -> dict[str, Any]:
    """Seconds, MiB and CPU percent. Raises FileNotFoundError where the app or a part of the desktop is missing."""
    sys.path.insert(0, str(environment.ROOT))
    from tests.system.desktop import desktop, missing

    program = Path(os.environ.get("CORTEX_TEST_SHELL") or INSTALLED)
    if not program.exists():
        raise FileNotFoundError(f"{program} is not installed; scripts/build.py --deb makes the package")
    if (advice := missing()) is not None:
        raise FileNotFoundError(advice)
    with tempfile.TemporaryDirectory(prefix="cortex-bench-") as folder, desktop(Path(folder) / "home") as screen:
        data_dir = Path(folder) / "data"
        _first_start(screen, program, data_dir)
        windows = [_until_window(screen, program, data_dir) for _ in range(STARTS)]
        libraries = [_until_library(screen, program, data_dir) for _ in range(STARTS)]
        taken = _taken(screen, program, data_dir)
        restarts = _restarts(screen, program, data_dir)
        quits = [_until_gone(screen, program, data_dir, "terminate", after_s=0.4 * n) for n in range(QUITS)]
        killed = _until_gone(screen, program, data_dir, "kill")
    return {
        "starts": STARTS,
        "window_seconds_median": round(statistics.median(windows), 2),
        "library_seconds_median": round(statistics.median(libraries), 2),
        "library_seconds_slowest": round(max(libraries), 2),
        **taken,
        "kills": KILLS,
        "back_after_kill_seconds_slowest": round(max(restarts), 2),
        "quits": QUITS,
        "gone_after_quit_seconds_slowest": round(max(quits), 2),
        "gone_after_kill_seconds": round(killed, 2),
    }


def _where(data_dir: Path) -> tuple[str, ...]:
    return ("--data-dir", str(data_dir), "--port", "0")


def _first_start(screen: Desktop, program: Path, data_dir: Path) -> None:
    """Makes the library, and something to show in it."""
    from tests.system.window import nothing_runs, sidecar_of, started

    with started(screen, program, *_where(data_dir)) as shell:
        sidecar_of(data_dir)
        with closing(_client(data_dir)) as client:
            for n in range(NOTES):
                note = {
                    "content": f"# Note number {n}\n\nA note on tides and on the moon.",
                    "content_type": "text/markdown",
                }
                client.post("/api/items", json=note).raise_for_status()
            # what is not done would be done by the starts that are measured
            _seconds_until(lambda: not client.get("/api/processing/queue").json()["items"])
            _seconds_until(lambda: client.get("/api/items", params={"status": "ready"}).json()["total"] == NOTES)
        shell.terminate()
    nothing_runs(data_dir)


def _client(data_dir: Path) -> httpx.Client:
    url = json.loads((data_dir / "instance.json").read_text(encoding="utf-8"))["url"]
    _seconds_until((data_dir / "token").exists)  # a first start makes it
    token = (data_dir / "token").read_text(encoding="utf-8").strip()
    client = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, trust_env=False, timeout=30)
    _seconds_until(lambda: _answers(client))
    return client


def _answers(client: httpx.Client) -> bool:
    with suppress(httpx.TransportError):
        return client.get("/api/health").status_code == httpx.codes.OK
    return False


def _seconds_until(condition: Callable[[], object], within: float = 60) -> float:
    started = time.perf_counter()
    while not condition():
        if time.perf_counter() - started > within:
            raise TimeoutError(f"not within {within} s")
        time.sleep(0.01)
    return time.perf_counter() - started


def _until_window(screen: Desktop, program: Path, data_dir: Path) -> float:
    from tests.system.window import nothing_runs, sidecar_of, started

    with started(screen, program, *_where(data_dir)) as shell:
        seconds = _seconds_until(lambda: any("Cortex" in title for title in screen.windows()))
        sidecar_of(data_dir)
        shell.terminate()
    nothing_runs(data_dir)
    return seconds


def _until_library(screen: Desktop, program: Path, data_dir: Path) -> float:
    from tests.system.window import driven, nothing_runs, processes_of

    started = time.perf_counter()
    with driven(screen, program, *_where(data_dir)) as window:
        _seconds_until(lambda: window.shows("Note number"))
        seconds = time.perf_counter() - started
        for process in processes_of(data_dir):
            with suppress(psutil.NoSuchProcess):  # it ended with one before it
                process.terminate()
        nothing_runs(data_dir)
    return seconds


def _taken(screen: Desktop, program: Path, data_dir: Path) -> dict[str, Any]:
    """Memory of the shell with WebKit and of the sidecar, apart, while the library is shown and nobody asks."""
    from tests.system.window import nothing_runs, sidecar_of, started

    with started(screen, program, *_where(data_dir)) as shell:
        sidecar = sidecar_of(data_dir)
        time.sleep(SETTLES_S)
        whole, server = footprint(shell.pid), footprint(sidecar.pid)
        taken = {
            "sidecar_mib": server.proportional,
            "shell_with_webkit_mib": round(whole.proportional - server.proportional, 1),
            "idle_cpu_percent": idle_cpu_percent(shell.pid, IDLE_S),
        }
        shell.terminate()
    nothing_runs(data_dir)
    return taken


def _restarts(screen: Desktop, program: Path, data_dir: Path) -> list[float]:
    """Seconds from a kill of the sidecar to the next one's first answer."""
    from tests.system.window import nothing_runs, sidecar_of, started

    seconds = []
    for _ in range(KILLS):  # a start each: several in a row are what the app gives up on
        with started(screen, program, *_where(data_dir)) as shell:
            sidecar = sidecar_of(data_dir)
            with closing(_client(data_dir)) as client:
                sidecar.kill()
                _seconds_until(lambda: not _answers(client))
                seconds.append(_seconds_until(lambda: _answers(client)))
            shell.terminate()
        nothing_runs(data_dir)
    return seconds


def _until_gone(screen: Desktop, program: Path, data_dir: Path, how: str, after_s: float = 0) -> float:
    """Seconds until nothing of the app runs after it was asked to end, or killed, so long after it first answered."""
    from tests.system.window import has_ended, processes_of, sidecar_of, started

    with started(screen, program, *_where(data_dir)) as shell:
        sidecar_of(data_dir)
        _client(data_dir).close()
        time.sleep(after_s)
        all_of_it = [psutil.Process(shell.pid), *psutil.Process(shell.pid).children(recursive=True)]
        getattr(shell, how)()
        # What has ended and waits to be noticed by the system's first process runs no more.
        seconds = _seconds_until(lambda: shell.poll() is not None and all(map(has_ended, all_of_it)))
        assert not processes_of(data_dir)
    return seconds
