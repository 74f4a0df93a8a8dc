"""Another embedding model for five thousand passages, while searches go on, with a kill in the middle."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import numpy.typing as npt
import pytest
from tests.e2e.cortex_process import CortexProcess
from tests.e2e.shelves import PASSAGES, WORDS, fill
from tests.ollama_server.generative import GenerativeOllama
from tests.ollama_server.wire import Gate

from cortex.exceptions import CortexError
from cortex.providers.base import Purpose
from cortex.providers.fake import FakeEmbedder
from cortex.providers.model_files import find_model_files
from cortex.services.embedding_vectors import pack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

CHOICE = {"provider": "ollama", "model": "all-minilm:latest"}


@pytest.fixture(autouse=True)
def model() -> None:
    try:
        find_model_files(None)
    except CortexError as error:
        pytest.skip(f"the embedded model is not built: {error.message}")


class HeldEmbedder(FakeEmbedder):
    """Stops at a gate once it has embedded so many texts of the library; notes what it was asked."""

    def __init__(self, hold_after: int) -> None:
        super().__init__()
        self.gate = Gate()
        self.hold_after = hold_after
        self.seen: Counter[str] = Counter()

    async def embed(self, texts: Sequence[str], *, purpose: Purpose) -> npt.NDArray[np.float32]:
        if len(self.seen) >= self.hold_after:
            await self.gate.passed()
        self.seen.update(text for text in texts if text.startswith("Shelf"))
        return await super().embed(texts, purpose=purpose)


@dataclass
class Searches:
    """Asks all the time, in threads of its own."""

    cortex: CortexProcess
    phases: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    phase: str = "before"

    @contextlib.contextmanager
    def going_on(self, threads: int = 2) -> Iterator[None]:
        end = threading.Event()
        running = [threading.Thread(target=self._ask, args=(end, number)) for number in range(threads)]
        for thread in running:
            thread.start()
        try:
            yield
        finally:
            end.set()
            for thread in running:
                thread.join(60)

    def until(self, phase: str, count: int = 20) -> None:
        """From now on it is this phase; wait until so many searches were answered in it."""
        self.phase = phase
        while self.phases[phase] < count and not self.problems:
            threading.Event().wait(0.01)
        assert not self.problems, self.problems[:3]

    def _ask(self, end: threading.Event, number: int) -> None:
        with self.cortex.client() as client:
            for turn in itertools.count(number):
                if end.is_set():
                    return
                phase, word = self.phase, WORDS[turn % len(WORDS)]
                for mode in ("hybrid", "semantic"):
                    try:
                        answer = client.post("/api/search", json={"query": f"where is the {word}", "mode": mode})
                        found = answer.json()
                        if answer.status_code != 200 or not found["results"] or found["degraded"] is not None:
                            self.problems.append(f"{phase}: {answer.status_code} {answer.text[:200]}")
                        elif mode == "hybrid" and word not in found["results"][0]["snippet"]:
                            self.problems.append(f"{phase}: {word} not in {found['results'][0]['snippet']}")
                    except httpx.HTTPError as error:
                        self.problems.append(f"{phase}: {error!r}")
                self.phases[phase] += 1


def shown(client: httpx.Client) -> dict[str, Any]:
    """What the settings say of the embedding model."""
    found: dict[str, Any] = client.get("/api/settings/ai").raise_for_status().json()["embedding"]
    return found


def until_done(client: httpx.Client) -> dict[str, Any]:
    """The same, once the change is complete and its room was given back."""
    with client.stream("GET", "/api/events", timeout=300) as events:
        for _ in events.iter_lines():
            found = shown(client)
            if found["build"]["state"] == "done" and found["build"]["freed_bytes"] is not None:
                return found
    raise AssertionError("the events ended")


def stored(data_dir: Path, space: int) -> dict[int, bytes]:
    """The vectors of a space, by chunk."""
    with contextlib.closing(sqlite3.connect(f"file:{data_dir / 'cortex.db'}?mode=ro", uri=True)) as database:
        return dict(database.execute(f"SELECT chunk_id, embedding FROM vector_int8_{space}").fetchall())


def expected(data_dir: Path) -> dict[int, bytes]:
    """What the stand-in's model gives for each passage, made here."""
    with contextlib.closing(sqlite3.connect(f"file:{data_dir / 'cortex.db'}?mode=ro", uri=True)) as database:
        rows = database.execute(
            "SELECT c.id, i.title || char(10) || c.text FROM chunks c JOIN items i ON i.number = c.item_number"
        ).fetchall()
        scale = database.execute("SELECT scale FROM embedding_spaces WHERE NOT is_base").fetchone()[0]
    vectors = asyncio.run(FakeEmbedder().embed([text for _, text in rows], purpose="document"))
    return dict(zip((chunk for chunk, _ in rows), pack(vectors, scale), strict=True))


def test_searches_go_on_through_a_switch_a_kill_and_the_way_back(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    asyncio.run(fill(data_dir))
    embedder = HeldEmbedder(PASSAGES // 2)
    with GenerativeOllama(embedder=embedder) as ollama:
        cortex = CortexProcess(data_dir)
        cortex.until_ready()
        searches = Searches(cortex)
        with cortex.client() as client, searches.going_on():
            settings = {"provider": "embedded", "ollama_host": ollama.url}
            client.put("/api/settings/ai", json=settings).raise_for_status()
            searches.until("before")
            cost = client.post("/api/settings/ai/embedding/estimate", json=CHOICE).raise_for_status().json()
            assert cost["passages"] == PASSAGES
            embedder.seen.clear()  # of the estimate's sample
            client.put("/api/settings/ai", json={"embedding": CHOICE}).raise_for_status()
            searches.until("building")
            assert embedder.gate.reached.wait(300)
            searches.until("held")
            half = shown(client)["build"]
            assert half["state"] == "running"
            assert 0 < half["done"] < half["total"] == PASSAGES
        cortex.kill()
        assert not searches.problems, searches.problems[:3]

        embedder.gate.open()
        searches.cortex = cortex = CortexProcess(data_dir)
        cortex.until_ready()
        with cortex.client() as client, searches.going_on():
            searches.until("resumed")
            over = until_done(client)
            assert (over["active"], over["build"]["done"]) == (CHOICE, PASSAGES)
            searches.until("swapped", 40)
            size = (data_dir / "cortex.db").stat().st_size
            client.put("/api/settings/ai", json={"embedding": {"provider": "embedded"}}).raise_for_status()
            searches.until("back", 40)
            back = until_done(client)
            assert back["active"]["provider"] == "embedded"
        assert not searches.problems, searches.problems[:3]
        cortex.stop()
    assert back["build"]["freed_bytes"] > 0
    assert (data_dir / "cortex.db").stat().st_size < size
    assert len(embedder.seen) == PASSAGES
    assert embedder.seen.total() <= PASSAGES + 2 * 64  # what was under way when it was killed is made again
    assert set(searches.phases) == {"before", "building", "held", "resumed", "swapped", "back"}


def test_vectors_after_a_kill_are_those_of_a_build_without_one(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    asyncio.run(fill(data_dir))
    embedder = HeldEmbedder(PASSAGES // 3)
    with GenerativeOllama(embedder=embedder) as ollama:
        cortex = CortexProcess(data_dir)
        cortex.until_ready()
        with cortex.client() as client:
            settings = {"provider": "embedded", "ollama_host": ollama.url}
            client.put("/api/settings/ai", json=settings).raise_for_status()
            client.put("/api/settings/ai", json={"embedding": CHOICE}).raise_for_status()
            assert embedder.gate.reached.wait(300)
        cortex.kill()
        embedder.gate.open()
        cortex = CortexProcess(data_dir)
        cortex.until_ready()
        with cortex.client() as client:
            until_done(client)
        cortex.stop()
    assert stored(data_dir, 2) == expected(data_dir)
