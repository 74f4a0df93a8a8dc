"""The acceptance journey: a clean clone with empty caches, everything of the evaluation data, questions with proof.

    python3 scripts/bench.py journey

Clones the repository (what is committed) into a temporary directory, starts it by `python3 scripts/run.py --headless`
with a home and caches of its own, saves 578 notes, 130 pages and all PDF files through the API while health is asked
for fifty times a second from another process, looks at what became of each, and asks questions: every citation must
stand, word for word, at its offsets in the text that the API gives.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

import environment
from benchmarks import corpora, saving
from benchmarks.footprint import cpu_seconds, footprint
from benchmarks.health_watch import percentiles, watching_health
from benchmarks.server_process import free_port

READY_WITHIN_S = 1800
QUESTIONS = (
    "How can I use git bisect to find the commit that broke a test?",
    "How do I make a read-only PostgreSQL user?",
    "What does PRAGMA foreign_keys do in SQLite?",
    "How do I stream the output of a subprocess in Python?",
    "How can I compress an animated GIF on the command line?",
    "What goes into a whisky sour?",
    "How do I run a cron job in GitHub Actions?",
    "How do I make a details dropdown close when I click elsewhere?",
)
_JARGON = re.compile(r"Traceback|Exception|\w+Error\b|errno|0x[0-9a-f]{4}|<class")


def run() -> dict[str, Any]:
    """All figures of the journey. Raises FileNotFoundError without the evaluation data."""
    things = [*corpora.notes(), *corpora.pages(), *corpora.pdfs()]
    with tempfile.TemporaryDirectory(prefix="cortex-journey-", ignore_cleanup_errors=True) as folder:
        clone = Path(folder) / "cortex"
        subprocess.run(["git", "clone", "--quiet", str(environment.ROOT), str(clone)], check=True)
        variables = _own_places(Path(folder))
        with _started(clone, variables) as (process, port, cold):
            token = (Path(folder) / "home" / ".cortex" / "token").read_text(encoding="utf-8").strip()
            with httpx.Client(
                base_url=f"http://127.0.0.1:{port}",
                headers={"Authorization": f"Bearer {token}"},
                trust_env=False,
                timeout=300,
            ) as client:
                figures = _save_all(client, process.pid, port, things) | _ask_all(client)
        with _started(clone, variables) as (_, _, warm):
            pass
    return {"seconds_from_clean_clone_to_ready": cold, "seconds_from_second_start_to_ready": warm, **figures}


def _own_places(folder: Path) -> dict[str, str]:
    """The environment with a home, caches and temporary files that are empty; the package index stays the user's."""
    home = folder / "home"
    home.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CORTEX_", "XDG_"))}
    kept |= {"HOME": str(home), "USERPROFILE": str(home), "LOCALAPPDATA": str(home / "AppData")}
    return kept | {"XDG_CACHE_HOME": str(home / ".cache"), "PIP_NO_CACHE_DIR": "1"}


@contextlib.contextmanager
def _started(clone: Path, variables: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], int, float]]:
    """`scripts/run.py --headless` until the block ends; the seconds it took to say where."""
    port = free_port()
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, str(clone / "scripts" / "run.py"), "--headless", "--port", str(port)],
        stdout=subprocess.PIPE,
        text=True,
        env=variables,
        cwd=clone.parent,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line.startswith("Cortex is ready"):
            raise RuntimeError(f"run.py ended with {process.wait()}; its messages are above.")
        yield process, port, round(time.perf_counter() - started, 1)
    finally:
        process.terminate()
        process.communicate(timeout=60)


def _save_all(client: httpx.Client, pid: int, port: int, things: list[corpora.Saved]) -> dict[str, Any]:
    with watching_health(port) as health:
        cpu, started = cpu_seconds(pid), time.perf_counter()
        acknowledged = saving.save(client, things)
        saving.wait_until_processed(client, READY_WITHIN_S)
        took, spent = time.perf_counter() - started, cpu_seconds(pid) - cpu
        peak = footprint(pid)
    names = {one.item_id: one.saved.name for one in reversed(acknowledged)}
    items = saving.all_items(client)
    failed = {names[item["id"]]: item["error"]["message"] for item in items if item["status"] == "failed"}
    others = {names[item["id"]]: item["status"] for item in items if item["status"] not in ("ready", "failed")}
    return {
        "saved": len(acknowledged),
        "duplicates": [one.saved.name for one in acknowledged if one.duplicate],
        "items": len(items),
        "ready": sum(item["status"] == "ready" for item in items),
        "failed": failed,
        "neither": others,
        "unexplained": len(others) + sum(bool(_JARGON.search(message)) for message in failed.values()),
        "seconds": round(took, 1),
        "items_per_minute": round(60 * len(items) / took),
        "cpu_seconds": round(spent, 1),
        "acknowledgement": percentiles([one.milliseconds for one in acknowledged]),
        "health": health,
        "pss_mib_at_the_end": peak.proportional,
    }


def _ask_all(client: httpx.Client) -> dict[str, Any]:
    """Ask, and compare every quote with the text at its offsets."""
    answered = citations = misplaced = 0
    seconds = []
    for question in QUESTIONS:
        conversation = client.post("/api/conversations", json={}).raise_for_status().json()["id"]
        started = time.perf_counter()
        answer = client.post(f"/api/conversations/{conversation}/messages", json={"content": question})
        seconds.append(1000 * (time.perf_counter() - started))
        cited = answer.raise_for_status().json()["citations"]
        answered += bool(cited)
        citations += len(cited)
        for citation in cited:
            item = client.get(f"/api/items/{citation['item_id']}").raise_for_status().json()
            stands = item["content_text"][citation["start"] : citation["end"]] == citation["quote"]
            misplaced += not (stands and item["content_version"] == citation["content_version"])
    return {
        "questions": len(QUESTIONS),
        "answered_share": answered / len(QUESTIONS),
        "citations": citations,
        "quotes_misplaced": misplaced,
        "answer": percentiles(seconds),
    }


def main() -> None:
    """Print the figures as JSON."""
    print(json.dumps(run(), indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
