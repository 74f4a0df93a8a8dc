"""Does search find what judges found relevant? Over HTTP, beside its own legs alone.

    python3 scripts/bench.py retrieval

Each collection is a library of its own: every abstract of Cranfield and every section of docs-qa is saved as an item.
Every query is asked of `POST /api/search` as it stands, in the default mode, by words alone (BM25) and by meaning
alone (dense). Binary judgements. Nothing is tuned for either collection.
"""

from __future__ import annotations

import json
import math
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.corpora import DATA
from benchmarks.saving import wait_until_processed
from benchmarks.server_process import serving

MODES = ("auto", "keyword", "semantic")
DEPTH = 100


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents as (key, title, text), queries as (words, keys of the relevant documents)."""

    documents: Sequence[tuple[str, str, str]]
    queries: Sequence[tuple[str, frozenset[str]]]


def cranfield() -> Collection:
    """1,400 abstracts, 225 queries."""
    folder = DATA / "retrieval" / "cranfield"
    relevant: dict[str, set[str]] = {}
    for judged in _lines(folder / "qrels.jsonl"):
        relevant.setdefault(judged["qid"], set()).add(judged["did"])
    return Collection(
        [(one["id"], one["title"], one["text"]) for one in _lines(folder / "docs.jsonl")],
        [
            (one["text"], frozenset(relevant[one["id"]]))
            for one in _lines(folder / "queries.jsonl")
            if one["id"] in relevant
        ],
    )


def docs_qa() -> Collection:
    """232 sections, 100 questions."""
    folder = DATA / "corpora" / "docs-qa"
    sections = json.loads((folder / "sections.json").read_text(encoding="utf-8"))
    questions = json.loads((folder / "questions.json").read_text(encoding="utf-8"))
    return Collection(
        [(one["chunk_link"], one["chunk_heading"], one["text"]) for one in sections],
        [(one["question"], frozenset(one["correct_chunks"])) for one in questions],
    )


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


COLLECTIONS: dict[str, Callable[[], Collection]] = {"cranfield": cranfield, "docs_qa": docs_qa}


def run(libraries: Path | None = None) -> dict[str, Any]:
    """nDCG@10, recall@5, @10 and @100 and mean reciprocal rank by collection and mode. `libraries`: a folder to keep
    the filled libraries in. Raises FileNotFoundError without the data."""
    figures: dict[str, Any] = {}
    for name, read in COLLECTIONS.items():
        collection = read()
        with tempfile.TemporaryDirectory(prefix="cortex-bench-") as temporary:
            folder = (libraries or Path(temporary)) / name
            with serving(folder) as server, server.client(timeout_seconds=600) as client:
                keys = _fill(client, collection, folder / "keys.json")
                figures[name] = {mode: _measure(client, collection, keys, mode) for mode in MODES}
    return figures


def _fill(client: httpx.Client, collection: Collection, remembered: Path) -> dict[str, list[str]]:
    """Save every document; gives the documents' keys by item (several where documents are the same)."""
    if remembered.is_file():
        known: dict[str, list[str]] = json.loads(remembered.read_text(encoding="utf-8"))
        return known
    keys: dict[str, list[str]] = {}
    for key, title, text in collection.documents:
        body = {"content": text.strip() or title or key, "content_type": "text/plain"}
        if title.strip():
            body["title"] = title[:500]
        answer = client.post("/api/items", json=body).raise_for_status().json()
        keys.setdefault(answer["id"], []).append(key)
    wait_until_processed(client)
    remembered.write_text(json.dumps(keys), encoding="utf-8")
    return keys


def _measure(client: httpx.Client, collection: Collection, keys: dict[str, list[str]], mode: str) -> dict[str, float]:
    rankings: list[tuple[list[str], frozenset[str]]] = []
    times: list[float] = []
    for words, relevant in collection.queries:
        started = time.perf_counter()
        answer = client.post("/api/search", json={"query": words, "limit": DEPTH, "mode": mode}).raise_for_status()
        times.append(1000 * (time.perf_counter() - started))
        found = [key for result in answer.json()["results"] for key in keys[result["item_id"]]]
        rankings.append((found, relevant))

    def mean(figure: Callable[[list[str], frozenset[str]], float]) -> float:
        return round(sum(figure(found, relevant) for found, relevant in rankings) / len(rankings), 4)

    return {
        "ndcg_at_10": mean(_ndcg),
        **{f"recall_at_{depth}": mean(_recall_at(depth)) for depth in (5, 10, 100)},
        "mrr": mean(_reciprocal_rank),
        "median_ms": round(sorted(times)[len(times) // 2], 1),
    }


def _ndcg(found: list[str], relevant: frozenset[str]) -> float:
    gained = sum(1 / math.log2(place + 2) for place, key in enumerate(found[:10]) if key in relevant)
    return gained / sum(1 / math.log2(place + 2) for place in range(min(10, len(relevant))))


def _recall_at(depth: int) -> Callable[[list[str], frozenset[str]], float]:
    return lambda found, relevant: len(relevant.intersection(found[:depth])) / len(relevant)


def _reciprocal_rank(found: list[str], relevant: frozenset[str]) -> float:
    return next((1 / (place + 1) for place, key in enumerate(found) if key in relevant), 0.0)


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
