"""How fast Cortex starts, and what it takes while nobody asks for anything: before its first use and after it.

    python3 scripts/bench.py startup

A warm start is one on a library that exists, with compiled modules in place, until health answers; what is measured
is the wall time that whoever started it waits, so that it depends on what else the machine does.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import saving
from benchmarks.corpora import Saved
from benchmarks.footprint import cpu_seconds, footprint, idle_cpu_percent
from benchmarks.server_process import ServerProcess, serving
from cortex.services.extraction.worker import IDLE_SECONDS

STARTS = 9
SETTLES_S = 3.0
PARSERS_END_S = IDLE_SECONDS + 5.0
"""Memory counts as idle once the parsing processes have ended; while they still wait for work is shown, too."""
IDLE_S = 10.0
SAMPLES = Path(__file__).resolve().parents[2] / "tests" / "samples" / "journey"
_UPLOADED = {".md": "text/markdown", ".html": "text/html", ".pdf": "application/pdf"}


def run() -> dict[str, Any]:
    """Seconds to health, MiB and CPU percent of the whole process tree."""
    with tempfile.TemporaryDirectory(prefix="cortex-bench-") as folder:
        library = Path(folder)
        with serving(library):
            pass  # makes the library and compiles what was not compiled
        starts = [_start(library) for _ in range(STARTS)]
        with serving(library) as server:
            time.sleep(SETTLES_S)
            before = _idle(server)
            _use(server)
            just_after = _idle(server, 1.0)
            time.sleep(PARSERS_END_S)
            after = _idle(server)
    seconds = [wall for wall, _ in starts]
    return {
        "starts": STARTS,
        "seconds_to_health_median": round(statistics.median(seconds), 3),
        "seconds_to_health_fastest": round(min(seconds), 3),
        "seconds_to_health_slowest": round(max(seconds), 3),
        "cpu_seconds_to_health_median": round(statistics.median(cpu for _, cpu in starts), 3),
        "before_first_use": before,
        "just_after_first_use": just_after,
        "after_first_use": after,
    }


def _start(library: Path) -> tuple[float, float]:
    with serving(library) as server:
        return server.seconds, cpu_seconds(server.process.pid)


def _idle(server: ServerProcess, seconds: float = IDLE_S) -> dict[str, Any]:
    taken = footprint(server.process.pid)
    return {
        "pss_mib": taken.proportional,
        "rss_mib": taken.resident,
        "processes": taken.processes,
        "cpu_percent": idle_cpu_percent(server.process.pid, seconds),
    }


def samples() -> list[Saved]:
    """The committed notes, pages and PDF files, as uploads."""
    return [
        Saved(path.name, _UPLOADED[path.suffix], data=path.read_bytes())
        for path in sorted(SAMPLES.iterdir())
        if path.suffix in _UPLOADED and path.name != "README.md"
    ]


def _use(server: ServerProcess) -> None:
    """Save the samples, search, ask: everything that loads something has loaded it."""
    with server.client() as client:
        saving.save(client, samples())
        saving.wait_until_processed(client)
        for query in ("netting", "how do I keep birds away from berries?"):
            client.post("/api/search", json={"query": query}).raise_for_status()
        conversation = client.post("/api/conversations", json={}).raise_for_status().json()["id"]
        question = {"content": "What is done when sparks blow onto the barn?"}
        client.post(f"/api/conversations/{conversation}/messages", json=question).raise_for_status()


def main() -> None:
    """Print the figures as JSON."""
    print(json.dumps(run(), indent=2))


if __name__ == "__main__":
    main()
