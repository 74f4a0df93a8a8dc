"""How long a search takes over HTTP in a library of ten thousand passages.

    python3 scripts/bench.py search

The library is made by saving: notes, abstracts, documentation, texts and pages of the evaluation data, and, until
there are ten thousand passages, copies of the notes and abstracts with their words in another order. Queries are real
questions, each asked once; every one is embedded, matched by words and by meaning, and fused (`mode: hybrid`).
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import json
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx

from benchmarks import corpora, saving
from benchmarks.footprint import cpu_seconds, footprint
from benchmarks.health_watch import percentiles
from benchmarks.server_process import serving

PASSAGES = 10_000
SEED = 20


def run(library: Path | None = None) -> dict[str, Any]:
    """Latency by mode in milliseconds, as a client on the same machine sees it. `library`: a data directory to fill
    and keep, which makes the next run short."""
    with tempfile.TemporaryDirectory(prefix="cortex-bench-") as folder, serving(library or Path(folder)) as server:
        with server.client(timeout_seconds=600) as client:
            filled = time.perf_counter()
            passages = _fill(client)
            filled = time.perf_counter() - filled
            for query in ("warm", "up the search"):
                _search(client, query, "hybrid")
            asked = corpora.questions()
            cpu = cpu_seconds(server.process.pid)
            modes = {
                mode: percentiles([_search(client, query, mode) for query in asked])
                for mode in ("hybrid", "auto", "keyword", "semantic")
            }
            spent = cpu_seconds(server.process.pid) - cpu
        memory = footprint(server.process.pid)
    return {
        "passages": passages,
        "seconds_to_fill": round(filled, 1),
        "queries": len(asked),
        **modes,
        "cpu_ms_per_search": round(1000 * spent / (len(asked) * len(modes)), 2),
        "pss_mib": memory.proportional,
    }


def _search(client: httpx.Client, query: str, mode: str) -> float:
    """Milliseconds. Raises AssertionError when the answer is not the whole one."""
    started = time.perf_counter()
    answer = client.post("/api/search", json={"query": query, "mode": mode}).raise_for_status().json()
    took = 1000 * (time.perf_counter() - started)
    assert answer["degraded"] is None, f"search is degraded: {answer['degraded']}"
    return took


def _fill(client: httpx.Client) -> int:
    """Save until the library has that many passages; gives how many it has."""
    passages = _passages(client, [item["id"] for item in saving.all_items(client)])
    for batch in _batches():
        if passages >= PASSAGES:
            return passages
        saved = [one.item_id for one in saving.save(client, batch) if not one.duplicate]
        saving.wait_until_processed(client)
        passages += _passages(client, saved)
    raise AssertionError("unreachable: copies do not end")


def _batches() -> Iterator[Sequence[corpora.Saved]]:
    """A hundred things to save at a time: first all originals, then copies without end."""
    originals = [*corpora.notes(), *corpora.passages(), *corpora.pages()]
    for copy in itertools.count():
        things = originals if copy == 0 else [_shuffled(one, copy) for one in originals if not one.url]
        for start in range(0, len(things), 100):
            yield things[start : start + 100]


def _shuffled(original: corpora.Saved, copy: int) -> corpora.Saved:
    """The same words in another order, line by line: a text that is new to the index and as long."""
    order = random.Random(f"{SEED} {copy} {original.name}")
    lines = []
    for line in original.text.splitlines():
        words = line.split(" ")
        order.shuffle(words)
        lines.append(" ".join(words))
    order.shuffle(lines)
    return dataclasses.replace(original, name=f"{original.name} {copy}", media_type="text/plain", text="\n".join(lines))


def _passages(client: httpx.Client, ids: Sequence[str]) -> int:
    return sum(int(client.get(f"/api/items/{item_id}").raise_for_status().json()["chunks"]) for item_id in ids)


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--library", type=Path, help="a data directory to fill, and to find filled the next time")
    print(json.dumps(run(parser.parse_args().library), indent=2))


if __name__ == "__main__":
    main()
