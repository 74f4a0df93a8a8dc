"""Real processes, killed at random moments, and a disk that fills up; on committed samples, so anywhere."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.e2e.cortex_process import CortexProcess
from tests.e2e.small_disk import fill

from cortex.db.checkpoints import CheckpointStore
from cortex.exceptions import CortexError
from cortex.providers.model_files import find_model_files

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "journey"
KILLS = 20
SEED = 20261121


@pytest.fixture(autouse=True)
def model() -> None:
    try:
        find_model_files(None)
    except CortexError as error:
        pytest.skip(f"the embedded model is not built, so nothing would become ready: {error.message}")


@dataclass(frozen=True)
class Sample:
    """Something to be saved, with a word in it that stands nowhere else."""

    word: str
    body: dict[str, str] | None = None
    file: tuple[str, bytes, str] | None = None


def samples(number: int) -> list[Sample]:
    """Many different pages and notes out of the committed few; each PDF once."""
    texts = sorted(path for path in SAMPLES.iterdir() if path.suffix in (".html", ".md") and path.name != "README.md")
    found = [
        Sample(_plain_word(path), file=(path.name, path.read_bytes(), "application/pdf"))
        for path in sorted(SAMPLES.glob("*.pdf"))
    ]
    for index in range(number - len(found)):
        path = texts[index % len(texts)]
        word = f"zq{_letters(index)}x"
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".html":
            text = text.replace("</p>", f" The mark of this copy is {word}.</p>", 1).replace(
                "</title>", f" {index}</title>", 1
            )
            body = {"content": text, "content_type": "text/html", "url": f"https://pages.example/{index}/{path.name}"}
        else:
            body = {"content": f"{text}\n\nThe mark of this copy is {word}.\n", "content_type": "text/markdown"}
        found.append(Sample(word, body=body))
    return found


def _plain_word(path: Path) -> str:
    return path.stem.split("-")[0]


def _letters(number: int) -> str:
    return "".join("bcdfghjklm"[int(digit)] for digit in f"{number:04d}")


@dataclass
class Saver:
    """Saves samples one after the other for as long as there is a server; remembers what was acknowledged."""

    todo: list[Sample]
    acknowledged: dict[str, Sample] = field(default_factory=dict)
    """By item id."""
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self, process: CortexProcess) -> None:
        with process.client() as client:
            while self.todo and not self.stop.is_set():
                sample = self.todo[0]
                key = str(uuid.uuid5(uuid.NAMESPACE_URL, sample.word))
                try:
                    answer = self._save(client, sample, {"Idempotency-Key": key})
                except (httpx.TransportError, httpx.StreamError):
                    return  # killed; the same sample comes again, as a client would send it
                assert answer.status_code == 200, answer.text
                body: dict[str, Any] = answer.json()
                item_id = body["items"][0]["id"] if "items" in body else body["id"]
                assert self.acknowledged.setdefault(item_id, sample) is sample, "two samples became one item"
                self.todo.pop(0)

    def _save(self, client: httpx.Client, sample: Sample, headers: dict[str, str]) -> httpx.Response:
        if sample.file is not None:
            return client.post("/api/items/upload", files={"file": sample.file}, headers=headers)
        return client.post("/api/items", json=sample.body, headers=headers)


def until_idle(client: httpx.Client, timeout_seconds: float = 240) -> dict[str, Any]:
    """The queue once nothing is left to do."""
    limit = time.monotonic() + timeout_seconds
    while True:
        shown: dict[str, Any] = client.get("/api/processing/queue").json()
        if shown["pending"] + shown["processing"] == 0:
            return shown
        assert time.monotonic() < limit, f"still at work: {shown['pending']} + {shown['processing']}"
        threading.Event().wait(0.2)  # another process's progress has no event to wait for here


def test_nothing_acknowledged_is_lost_by_twenty_kills(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    data = tmp_path / "data"
    todo = samples(80)
    expected = len(todo)
    saver = Saver(todo)
    killed_while_saving = killed_at_work = 0
    for _ in range(KILLS):
        process = CortexProcess(data)
        process.until_ready()
        saver.stop.clear()
        saving = threading.Thread(target=saver.run, args=(process,))
        saving.start()
        # Some kills hit the first requests, some the middle of parsing, chunking and embedding.
        time.sleep(chance.choice((chance.uniform(0.02, 0.4), chance.uniform(0.4, 3.0))))
        with process.client() as client, contextlib.suppress(httpx.HTTPError):
            killed_at_work += client.get("/api/processing/queue").json()["processing"] > 0
        killed_while_saving += saving.is_alive()
        process.kill()
        saver.stop.set()
        saving.join(30)
        assert not saving.is_alive()
        # Keep something to save for the kills to come.
        if not saver.todo and len(saver.acknowledged) < 400:
            more = samples(len(saver.acknowledged) + 41)[len(saver.acknowledged) :]
            saver.todo += more
            expected += len(more)
    assert killed_while_saving >= 3
    assert killed_at_work >= 5

    process = CortexProcess(data)
    process.until_ready()
    try:
        with process.client() as client:
            saver.stop.clear()
            saver.run(process)
            assert not saver.todo
            queue = until_idle(client)
            assert queue["failed"] == 0, queue["items"]
            assert client.get("/api/items", params={"limit": 1}).json()["total"] == expected == len(saver.acknowledged)
            for item_id, sample in saver.acknowledged.items():
                item = client.get(f"/api/items/{item_id}").json()
                assert item["status"] == "ready", item["error"]
                assert item["chunks"] >= 1
                found = client.post("/api/search", json={"query": sample.word, "mode": "keyword", "limit": 20}).json()
                assert item_id in [result["item_id"] for result in found["results"]], sample.word
    finally:
        process.stop()
    check_library(data)


def check_library(data: Path) -> None:
    """The file itself: sound, nothing twice, nothing left over."""
    with contextlib.closing(sqlite3.connect(data / "cortex.db")) as raw:

        def one(query: str) -> Any:
            return raw.execute(query).fetchone()[0]

        assert one("PRAGMA integrity_check") == "ok"
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
        assert one("SELECT count(*) FROM jobs") == 0
        assert one("SELECT count(*) FROM items WHERE content_version <> 1") == 0, "the same content became a version"
        assert one("SELECT count(*) - count(DISTINCT canonical_url) FROM items WHERE canonical_url IS NOT NULL") == 0
        assert one("SELECT count(*) - count(DISTINCT original_sha256) FROM item_contents") == 0
        assert (
            one("SELECT count(*) FROM (SELECT item_number, ordinal FROM chunks GROUP BY 1, 2 HAVING count(*) > 1)") == 0
        )
        assert (
            one(
                "SELECT count(*) FROM (SELECT item_number, max(ordinal) - min(ordinal) + 1 - count(*) AS gaps "
                "FROM chunks GROUP BY 1 HAVING gaps <> 0)"
            )
            == 0
        )
        chunks = one("SELECT count(*) FROM chunks")
        assert chunks >= one("SELECT count(*) FROM items")
        spaces = [row[0] for row in raw.execute("SELECT id FROM embedding_spaces")]
        assert len(spaces) == 1
        assert one(f"SELECT count(*) FROM vector_int8_{spaces[0]}") == chunks
        originals = {row[0] for row in raw.execute("SELECT original_sha256 FROM item_contents")}
    stored = {path.name for path in (data / "originals").glob("??/*") if not path.name.startswith(".")}
    assert originals <= stored
    asyncio.run(_prune(data))
    with contextlib.closing(sqlite3.connect(data / "checkpoints.db")) as raw:
        assert raw.execute("SELECT count(*) FROM checkpoints").fetchone()[0] == 0


async def _prune(data: Path) -> None:
    """As housekeeping does: a kill between a job's end and the end of its notes leaves them lying until then."""
    checkpoints = CheckpointStore(data / "checkpoints.db")
    try:
        await checkpoints.prune("processing-", set())
    finally:
        await checkpoints.close()


def test_a_full_disk_refuses_clearly_corrupts_nothing_and_goes_on_with_room(small_disk: Path) -> None:
    data = small_disk / "data"
    process = CortexProcess(data)
    process.until_ready()
    acknowledged: dict[str, Sample] = {}
    refusals: list[dict[str, Any]] = []
    try:
        with process.client() as client:
            for sample in samples(12)[2:]:
                answer = client.post("/api/items", json=sample.body)
                assert answer.status_code == 200, answer.text
                acknowledged[answer.json()["id"]] = sample
            filler = fill(small_disk)
            for sample in samples(40)[12:]:
                assert sample.body is not None
                padded = {**sample.body, "content": sample.body["content"] + "\n\n" + "x " * 40_000}
                answer = client.post("/api/items", json=padded)
                if answer.status_code == 200:
                    acknowledged[answer.json()["id"]] = sample
                else:
                    assert answer.status_code == 507, answer.text
                    refusals.append(answer.json())
            assert len(refusals) >= 20
            assert {refusal["error"] for refusal in refusals} == {"storage_full"}
            assert "full" in refusals[0]["message"]
            assert client.get("/api/health").status_code == 200
            assert client.get("/api/items").status_code == 200, "reading goes on"
            total = client.get("/api/items", params={"limit": 1}).json()["total"]
            assert total == len(acknowledged), "what was refused is not half there"

            filler.unlink()
            late = samples(41)[-1]
            answer = client.post("/api/items", json=late.body)
            assert answer.status_code == 200, answer.text
            acknowledged[answer.json()["id"]] = late
            client.post("/api/processing/retry")
            until_idle(client)
            for item_id, sample in acknowledged.items():
                item = client.get(f"/api/items/{item_id}").json()
                assert item["status"] == "ready", item["error"]
                found = client.post("/api/search", json={"query": sample.word, "mode": "keyword"}).json()
                assert item_id in [result["item_id"] for result in found["results"]]
    finally:
        process.stop()
    with contextlib.closing(sqlite3.connect(data / "cortex.db")) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert raw.execute("SELECT count(*) FROM items").fetchone()[0] == len(acknowledged)
