"""Another embedding model for five thousand passages, and what searches feel of it.

    python3 scripts/bench.py switch

The library is made of short passages, the new model is the shipped fake behind the tests' stand-in for Ollama, so that
the time is Cortex's own and the wire's. Searches go on one after another all the while (`mode: hybrid`).
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import httpx

import environment
from benchmarks.health_watch import percentiles
from benchmarks.server_process import ServerProcess, serving

SEARCHES = 200
"""Before and after, each."""


def run() -> dict[str, Any]:
    """Seconds of the change, milliseconds of searches before, during and after it, and bytes given back."""
    sys.path.insert(0, str(environment.ROOT))
    from tests.e2e.shelves import PASSAGES, fill
    from tests.ollama_server.generative import GenerativeOllama

    with tempfile.TemporaryDirectory(prefix="cortex-bench-") as folder, GenerativeOllama() as ollama:
        data_dir = Path(folder) / "data"
        asyncio.run(fill(data_dir))
        with serving(data_dir) as server, server.client() as client, _Searches(server) as searches:
            settings = {"provider": "embedded", "ollama_host": ollama.url}
            client.put("/api/settings/ai", json=settings).raise_for_status()
            searches.until("before", SEARCHES)
            choice = {"provider": "ollama", "model": "all-minilm:latest"}
            estimate = client.post("/api/settings/ai/embedding/estimate", json=choice).raise_for_status().json()
            searches.phase = "during"
            started = time.perf_counter()
            client.put("/api/settings/ai", json={"embedding": choice}).raise_for_status()
            while (build := _build(client))["state"] != "done":
                time.sleep(0.05)
            seconds = time.perf_counter() - started
            searches.until("after", SEARCHES)
            started = time.perf_counter()
            client.put("/api/settings/ai", json={"embedding": {"provider": "embedded"}}).raise_for_status()
            back = time.perf_counter() - started
            searches.until("back", SEARCHES)
            while (last := _build(client))["freed_bytes"] is None:
                time.sleep(0.05)
        return {
            "passages": PASSAGES,
            "done": build["done"],
            "seconds_estimated": estimate["seconds"],
            "seconds": round(seconds, 1),
            "seconds_back": round(back, 3),
            "freed_bytes": last["freed_bytes"],
            "disk_bytes_estimated": estimate["disk_bytes"],
            "empty_failed_or_degraded_searches": len(searches.problems),
            "problems": searches.problems[:5],
            "searches": {phase: percentiles(found) for phase, found in searches.milliseconds.items()},
        }


class _Searches:
    """Asks all the time, in a thread of its own."""

    def __init__(self, server: ServerProcess) -> None:
        self._server = server
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self.phase = "warming"
        self.milliseconds: defaultdict[str, list[float]] = defaultdict(list)
        self.problems: list[str] = []

    def __enter__(self) -> _Searches:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def until(self, phase: str, count: int) -> None:
        """From now on it is this phase; wait for so many searches of it."""
        self.phase = phase
        while len(self.milliseconds[phase]) < count:
            time.sleep(0.05)

    def _ask(self) -> None:
        from tests.e2e.shelves import WORDS

        with self._server.client() as client:
            for turn in itertools.count():
                if self._end.is_set():
                    return
                phase, word = self.phase, WORDS[turn % len(WORDS)]
                started = time.perf_counter()
                answer = client.post("/api/search", json={"query": f"where is the {word} number {turn}"})
                self.milliseconds[phase].append(1000 * (time.perf_counter() - started))
                found = answer.json()
                if answer.status_code != 200 or not found["results"] or found["degraded"] is not None:
                    self.problems.append(f"{phase}: {answer.text[:200]}")


def _build(client: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/settings/ai").raise_for_status().json()["embedding"]["build"]
    return found


def main() -> None:
    """Print the figures as JSON."""
    print(json.dumps(run(), indent=2))


if __name__ == "__main__":
    main()
