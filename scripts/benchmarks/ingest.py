"""How fast things are saved and processed, and whether Cortex answers meanwhile.

    python3 scripts/bench.py ingest

The 578 notes of `corpora/til` go in through the API, one after the other, while two of them at a time are processed
(summary, tags, passages, embedding, index) and health is asked for fifty times a second from another process.
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import corpora, saving
from benchmarks.footprint import cpu_seconds, footprint
from benchmarks.health_watch import percentiles, watching_health
from benchmarks.server_process import serving


def run() -> dict[str, Any]:
    """Items a minute, CPU seconds, how long a save takes to be acknowledged, health meanwhile."""
    notes = corpora.notes()
    with tempfile.TemporaryDirectory(prefix="cortex-bench-") as folder, serving(Path(folder)) as server:
        pid = server.process.pid
        with server.client() as client, watching_health(server.port) as health:
            cpu, started = cpu_seconds(pid), time.perf_counter()
            acknowledged = saving.save(client, notes)
            saved_after = time.perf_counter() - started
            saving.wait_until_processed(client)
            took, spent = time.perf_counter() - started, cpu_seconds(pid) - cpu
        with server.client() as client:
            unready = [item for item in saving.all_items(client) if item["status"] != "ready"]
            found = client.get("/api/items", params={"limit": 1}).raise_for_status().json()["total"]
        memory = footprint(pid)
    return {
        "saved": len(acknowledged),
        "items": found,
        "not_ready": [f"{item['title']}: {item['status']} {item['error']}" for item in unready],
        "seconds": round(took, 1),
        "items_per_minute": round(60 * found / took),
        "cpu_seconds": round(spent, 1),
        "cpu_seconds_per_item": round(spent / found, 3),
        "seconds_until_all_were_saved": round(saved_after, 1),
        "acknowledgement": percentiles([one.milliseconds for one in acknowledged]),
        "health": health,
        "pss_mib_at_the_end": memory.proportional,
    }


def main() -> None:
    """Print the figures as JSON."""
    print(json.dumps(run(), indent=2))


if __name__ == "__main__":
    main()
