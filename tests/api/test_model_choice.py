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


def test_an_ollama_elsewhere_is_left_alone_until_its_place_is_allowed(tmp_path: Path) -> None:
    """0.0.0.0 leads to this machine here, but need not: it counts as another."""
    with GenerativeOllama() as wire:
        place = f"0.0.0.0:{wire.port}"
        with cortex_with(tmp_path, f"http://{place}", chat_model="tiny-chat") as (server, http):
            settings = http.get("/api/settings/ai").json()
            assert (settings["in_use"], settings["consent_needed"]) == ([], [place])
            assert "only once you allow it" in settings["notes"][0]
            assert "only once you allow it" in http.get("/api/health/ollama").json()["error"]
            assert "only once you allow it" in part(http, "ollama")["detail"]
            assert http.post("/api/providers/ollama/pull", json={"model": "x"}).status_code == 503
            assert chain(server) == []
            assert asked(wire) == [], "not even whether it is there"
            assert http.get("/api/privacy/ledger").json()["items"] == []
            allowed = http.put("/api/settings/ai", json={"remote_hosts": [place]}).json()
            assert allowed["consent_needed"] == []
            assert [(one["name"], one["local"], one["place"]) for one in allowed["in_use"]] == [
                ("ollama/tiny-chat:latest", False, place)
            ]
            assert {one["host"] for one in http.get("/api/privacy/ledger").json()["items"]} == {"0.0.0.0"}  # noqa: S104 - no binding


def test_a_model_that_ollama_passes_on_needs_consent_for_where_it_runs(tmp_path: Path) -> None:
    served = (models.CHAT, models.CLOUD)
    with (
        GenerativeOllama(served) as wire,
        cortex_with(tmp_path, wire.url, chat_model="gpt-oss:120b-cloud") as (server, http),
    ):
        settings = http.get("/api/settings/ai").json()
        assert settings["consent_needed"] == ["ollama.com"]
        assert chain(server) == ["ollama/tiny-chat:latest"], "meanwhile what runs here is asked"
        changed = http.put("/api/settings/ai", json={"remote_hosts": ["ollama.com"]}).json()
        assert changed["consent_needed"] == []
        assert [(one["model"], one["local"], one["place"]) for one in changed["in_use"]] == [
            ("gpt-oss:120b-cloud", False, "ollama.com")
        ]


def test_nothing_goes_to_a_cloud_without_the_owners_word(tmp_path: Path) -> None:
    cloud = {"model": "anthropic/claude-sonnet-4-5", "api_key": "sk-test"}
    with GenerativeOllama() as wire, cortex_with(tmp_path, wire.url, chat_model="tiny-chat") as (server, http):
        http.put("/api/settings/ai", json={"cloud": cloud}).raise_for_status()
        here, there = "ollama/tiny-chat:latest", "anthropic/claude-sonnet-4-5"
        for provider, expected in (
            ("auto", [here]),
            ("ollama", [here]),
            ("hybrid", [here, there]),
            ("cloud", [there]),
            ("embedded", []),
        ):
            http.put("/api/settings/ai", json={"provider": provider}).raise_for_status()
            assert chain(server) == expected, provider
            if there in expected:
                assert chain(server, there) == [there]
            else:
                with pytest.raises(ValidationError):
                    chain(server, there)
        fallbacks = [{"provider": "cloud", "model": there}, {"provider": "ollama", "model": "tiny-chat"}]
        http.put("/api/settings/ai", json={"provider": "auto", "fallbacks": fallbacks}).raise_for_status()
        assert chain(server) == [here, there], "each once"
        http.put("/api/settings/ai", json={"ollama_host": f"http://127.0.0.1:{closed_port()}"}).raise_for_status()
        assert chain(server) == [there], "it was named as a fallback"


def test_a_pulled_model_is_asked_at_once(tmp_path: Path) -> None:
    with (
        GenerativeOllama((models.EMBEDDING,), library=[models.THINKING]) as wire,
        cortex_with(tmp_path, wire.url, chat_model="tiny-think") as (server, http),
    ):
        assert chain(server) == []
        with http.stream("POST", "/api/providers/ollama/pull", json={"model": "tiny-think"}) as answer:
            answer.read()
        assert chain(server) == ["ollama/tiny-think:latest"]


def test_many_first_questions_look_once(tmp_path: Path) -> None:
    with GenerativeOllama() as wire, cortex_with(tmp_path, wire.url, chat_model="tiny-chat") as (server, http):
        http.put("/api/settings/ai", json={"provider": "embedded"}).raise_for_status()
        http.put("/api/settings/ai", json={"provider": "auto"}).raise_for_status()
        before = asked(wire).count("/api/tags")

        async def together() -> list[int]:
            choice = server.application.intelligence.models
            return [len(found) for found in await asyncio.gather(*(choice.chain() for _ in range(50)))]

        assert asyncio.run_coroutine_threadsafe(together(), server.loop).result(20) == [1] * 50
        assert asked(wire).count("/api/tags") <= before + 1


def test_health_says_who_is_asked(tmp_path: Path) -> None:
    with GenerativeOllama() as wire, cortex_with(tmp_path, wire.url, chat_model="tiny-chat") as (_, http):
        assert part(http, "language_model")["detail"] == "Asks ollama/tiny-chat:latest."
        http.put("/api/settings/ai", json={"ollama_host": f"http://127.0.0.1:{closed_port()}"}).raise_for_status()
        away = part(http, "language_model")
        assert away["status"] == "idle"
        assert away["detail"].startswith("No language model can be asked now. Ollama does not answer")
        http.put("/api/settings/ai", json={"provider": "embedded"}).raise_for_status()
        assert part(http, "language_model")["status"] == "idle"
        settings = http.put("/api/settings/ai", json={"provider": "ollama"}).json()
        assert settings["in_use"] == []
        assert part(http, "language_model")["status"] == "unavailable"
