"""Which models are asked, from the owner's settings and what an Ollama on the wire has."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.conftest import RunningServer, ServerThread
from tests.ollama_server import models
from tests.ollama_server.generative import GenerativeOllama
from tests.ollama_server.models import ServedModel
from tests.ollama_server.wire import WireServer, closed_port

from cortex.exceptions import ValidationError

LARGER = ServedModel("larger:4b", size=2_600_000_000)
TOO_LARGE = ServedModel("huge:400b", size=400_000_000_000)
SMALLER = ServedModel("smaller:1b", ("completion",), size=800_000_000)


@contextmanager
def cortex_with(tmp_path: Path, host: str, **settings: object) -> Iterator[tuple[RunningServer, httpx.Client]]:
    with ServerThread(data_dir=tmp_path / "data", ollama_host=host, **settings) as server, server.client() as http:
        yield server, http


def chain(server: RunningServer, model: str | None = None) -> list[str]:
    """The names of the models that would be asked, first choice first."""
    found = asyncio.run_coroutine_threadsafe(server.application.intelligence.models.chain(model), server.loop)
    return [one.identity.name for one in found.result(20)]


def part(http: httpx.Client, name: str) -> dict[str, Any]:
    found: dict[str, Any] = http.get("/api/health/detailed").json()["dependencies"][name]
    return found


def asked(wire: WireServer) -> list[str]:
    """The paths that the stand-in was asked."""
    return [request.path for request in wire.seen]


def test_an_ollama_that_answers_is_asked_and_one_that_does_not_is_left_out(tmp_path: Path) -> None:
    with GenerativeOllama() as wire, cortex_with(tmp_path, wire.url, chat_model="tiny-chat") as (server, http):
        assert chain(server) == ["ollama/tiny-chat:latest"]
        http.put("/api/settings/ai", json={"ollama_host": f"http://127.0.0.1:{closed_port()}"}).raise_for_status()
        assert chain(server) == []
        http.put("/api/settings/ai", json={"provider": "embedded", "ollama_host": wire.url}).raise_for_status()
        assert chain(server) == []


def test_a_fresh_look_asks_nothing_more(tmp_path: Path) -> None:
    with GenerativeOllama() as wire, cortex_with(tmp_path, wire.url, chat_model="tiny-chat") as (server, _):
        chain(server)
        before = asked(wire).count("/api/tags")
        for _ in range(5):
            chain(server)
        assert asked(wire).count("/api/tags") == before


def test_without_the_chosen_model_the_best_that_can_chat_is_asked_and_health_says_why(tmp_path: Path) -> None:
    served = (models.EMBEDDING, SMALLER, TOO_LARGE, LARGER, models.CLOUD)
    with GenerativeOllama(served) as wire, cortex_with(tmp_path, wire.url) as (server, http):
        http.get("/api/health/ollama").raise_for_status()
        assert chain(server) == ["ollama/larger:4b"]
        ollama = part(http, "ollama")
        assert ollama["status"] == "healthy"
        assert "larger:4b is asked instead" in ollama["detail"]
        assert "`ollama pull llama3.2:3b`" in ollama["detail"]
        http.put("/api/settings/ai", json={"provider": "ollama"}).raise_for_status()
        assert chain(server) == ["ollama/larger:4b"]
        assert part(http, "ollama")["status"] == "degraded"


def test_where_ollama_is_insisted_on_its_absence_is_an_error_with_a_reason(tmp_path: Path) -> None:
    with GenerativeOllama((models.EMBEDDING,)) as wire, cortex_with(tmp_path, wire.url) as (server, http):
        http.get("/api/health/ollama").raise_for_status()
        assert chain(server) == []
        http.put("/api/settings/ai", json={"provider": "ollama"}).raise_for_status()
        assert chain(server) == ["ollama/llama3.2:3b"], "so that its error says what to pull"
        http.put("/api/settings/ai", json={"ollama_host": f"http://127.0.0.1:{closed_port()}"}).raise_for_status()
        assert chain(server) == ["ollama/llama3.2:3b"]


def test_an_installed_model_can_be_asked_by_name(tmp_path: Path) -> None:
    served = (models.CHAT, models.PLAIN, models.EMBEDDING, models.CLOUD)
    with GenerativeOllama(served) as wire, cortex_with(tmp_path, wire.url, chat_model="tiny-chat") as (server, http):
        http.get("/api/health/ollama").raise_for_status()
        for name in ("tiny-plain", "tiny-plain:latest", "ollama/tiny-plain", "ollama/tiny-plain:latest"):
            assert chain(server, name) == ["ollama/tiny-plain:latest"]
        for none in ("all-minilm", "gpt-oss:120b-cloud", "no-such-model", ""):
            with pytest.raises(ValidationError):
                chain(server, none)
        http.put("/api/settings/ai", json={"provider": "embedded"}).raise_for_status()
        with pytest.raises(ValidationError):
            chain(server, "tiny-plain")
