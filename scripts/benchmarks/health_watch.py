"""How long health takes to answer while something else goes on; asked from a process of its own.

python -m benchmarks.health_watch PORT      # prints milliseconds as a JSON list once its standard input ends
"""

from __future__ import annotations

import contextlib
import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PAUSE_S = 0.02
SCRIPTS = Path(__file__).resolve().parents[1]


@contextlib.contextmanager
def watching_health(port: int) -> Iterator[dict[str, Any]]:
    """Asks for health fifty times a second during the block; the figures stand in the dictionary after it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.health_watch", str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=SCRIPTS,
    )
    figures: dict[str, Any] = {}
    try:
        yield figures
    finally:
        answers, _ = process.communicate()
        figures |= percentiles(json.loads(answers))


def percentiles(milliseconds: list[float]) -> dict[str, Any]:
    """`count`, and `p50_ms`, `p95_ms`, `p99_ms`, `max_ms` by nearest rank. Raises ValueError without any."""
    if not milliseconds:
        raise ValueError("nothing was measured")
    ordered = sorted(milliseconds)

    def rank(share: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)

    return {
        "count": len(ordered),
        "p50_ms": rank(0.5),
        "p95_ms": rank(0.95),
        "p99_ms": rank(0.99),
        "max_ms": rank(1),
    }


def _watch(port: int) -> list[float]:
    ended = threading.Event()
    threading.Thread(target=_wait_for_end, args=(ended,), daemon=True).start()
    waits: list[float] = []
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    while not ended.wait(PAUSE_S):
        asked = time.perf_counter()
        connection.request("GET", "/api/health")
        answer = connection.getresponse()
        answer.read()
        if answer.status != http.HTTPStatus.OK:
            raise RuntimeError(f"health answered {answer.status}")
        waits.append(1000 * (time.perf_counter() - asked))
    connection.close()
    return waits


def _wait_for_end(ended: threading.Event) -> None:
    sys.stdin.read()
    ended.set()


if __name__ == "__main__":
    json.dump(_watch(int(sys.argv[1])), sys.stdout)
