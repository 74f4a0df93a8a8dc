"""Models that come and go while Cortex runs: noticed, told, and loaded ahead where the owner wants that."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from tests.api.test_model_choice import asked, chain, cortex_with
from tests.conftest import RunningServer
from tests.ollama_server import models
from tests.ollama_server.faults import Held
from tests.ollama_server.generative import GenerativeOllama
from tests.ollama_server.wire import Gate, closed_port

from cortex.db.driver import Connection
from cortex.queue import jobs


def when(server: RunningServer, holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something holds, looking again after each event."""

    async def wait() -> None:
        with server.application.events.subscribe() as changes:
            while not await holds():
                await changes.take()

    asyncio.run_coroutine_threadsafe(asyncio.wait_for(wait(), 20), server.loop).result(30)


def told(server: RunningServer) -> list[object]:
    """What the events said of models so far."""
    bus = server.application.events
    return [event.data["models"] for event in list(bus._recent) if "models" in event.data]


def test_an_ollama_that_is_started_later_is_noticed_without_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cortex.services.model_watch.EVERY_SECONDS", 0.05)
    port = closed_port()
    released = threading.Event()

    async def listener() -> None:
        released.set()

    with cortex_with(tmp_path, f"http://127.0.0.1:{port}", chat_model="tiny-chat") as (server, http):
        server.application.intelligence.watch.on_available(listener)
        http.post("/api/processing/pause").raise_for_status()
        item = http.post("/api/items", json={"content": "x", "content_type": "text/plain"}).json()["id"]

        def wait(connection: Connection) -> None:
            jobs.enqueue(connection, "process", item, delay_seconds=3600)
            connection.execute("UPDATE jobs SET state = 'waiting', error_code = 'ai_provider_unavailable'")

        asyncio.run_coroutine_threadsafe(server.application.database.write(wait), server.loop).result(20)
        http.post("/api/processing/resume").raise_for_status()
        started = GenerativeOllama()
        started.at = port
        with started:
            assert released.wait(20)

            async def processed() -> bool:
                return (await server.application.items.get(item)).status == "ready"

            when(server, processed)
            assert told(server)[-1] == ["ollama/tiny-chat:latest"]

        async def gone() -> bool:
            return told(server)[-1] == []

        when(server, gone)


def test_an_ollama_that_answers_late_is_there_as_soon_as_it_has_answered(tmp_path: Path) -> None:
    """A machine that is busy, at login for one, takes longer than a question may wait."""
    gate, wire = Gate(), GenerativeOllama((models.CHAT,))
    wire.faults["/api/tags"] = Held(gate)
    with wire, cortex_with(tmp_path, wire.url, chat_model="tiny-chat") as (server, _):
        assert gate.reached.wait(20)
        assert chain(server) == [], "nobody waits for it"
        gate.open()

        async def there() -> bool:
            return told(server)[-1:] == [["ollama/tiny-chat:latest"]]

        when(server, there)
        assert chain(server) == ["ollama/tiny-chat:latest"]
        assert asked(wire).count("/api/tags") == 1


class Loaded(set[str]):
    """What is in the stand-in's memory, for tests that wait for it."""

    def __init__(self) -> None:
        super().__init__()
        self._changed = threading.Condition()

    def add(self, name: str) -> None:
        with self._changed:
            super().add(name)
            self._changed.notify_all()

    def discard(self, name: object) -> None:
        with self._changed:
            super().discard(name)
            self._changed.notify_all()

    def becomes(self, *names: str) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self == set(names), 20)


def test_the_chosen_model_is_loaded_ahead_and_the_one_before_put_out(tmp_path: Path) -> None:
    served = (models.CHAT, models.THINKING)
    with GenerativeOllama(served) as wire, cortex_with(tmp_path, wire.url, chat_model="tiny-chat") as (_, http):
        wire.loaded = loaded = Loaded()
        http.put("/api/settings/ai", json={"preload": True, "keep_alive": "-1"}).raise_for_status()
        assert loaded.becomes("tiny-chat:latest")
        http.put("/api/settings/ai", json={"chat_model": "tiny-think"}).raise_for_status()
        assert loaded.becomes("tiny-think:latest")
        http.put("/api/settings/ai", json={"preload": False}).raise_for_status()
        assert loaded.becomes()


def test_a_choice_made_during_a_look_is_not_lost(tmp_path: Path) -> None:
    gate = Gate()
    wire = GenerativeOllama((models.CHAT,))
    wire.loaded = loaded = Loaded()
    wire.faults["/api/show"] = Held(gate)
    with wire, cortex_with(tmp_path, wire.url, chat_model="tiny-chat") as (_, http):
        assert gate.reached.wait(20)
        http.put("/api/settings/ai", json={"preload": True}).raise_for_status()
        gate.open()
        assert loaded.becomes("tiny-chat:latest")


def test_nobody_is_looked_at_where_no_ollama_is_used_or_allowed(tmp_path: Path) -> None:
    with GenerativeOllama() as wire, cortex_with(tmp_path, wire.url, ai_provider="embedded") as (server, http):
        watch = server.application.intelligence.watch
        asyncio.run_coroutine_threadsafe(watch._look(ask=True), server.loop).result(20)
        http.get("/api/settings/ai").raise_for_status()
        http.get("/api/health/detailed").raise_for_status()
        assert asked(wire) == []
