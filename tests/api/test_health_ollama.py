"""Is there an Ollama, what does it have, what is missing? And loading models down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.conftest import RunningServer, ServerThread
from tests.ollama_server import models
from tests.ollama_server.faults import HeldMidStream, KilledMidStream, RunnerDies, another_program
from tests.ollama_server.generative import GenerativeOllama
from tests.ollama_server.replay import ReplayServer
from tests.ollama_server.wire import Gate, closed_port

from cortex.domain import clock

RECORDED = ["version", "tags", "ps_loaded", "show_tiny-chat", "show_tiny-think", "show_all-minilm"]


@contextmanager
def cortex_with(tmp_path: Path, host: str, **settings: object) -> Iterator[tuple[RunningServer, httpx.Client]]:
    with ServerThread(data_dir=tmp_path / "data", ollama_host=host, **settings) as server, server.client() as http:
        yield server, http


def _part(http: httpx.Client, name: str) -> dict[str, Any]:
    part: dict[str, Any] = http.get("/api/health/detailed").json()["dependencies"][name]
    return part


def _events(answer: httpx.Response) -> list[dict[str, Any]]:
    return [json.loads(line.removeprefix("data: ")) for line in answer.iter_lines() if line.startswith("data: ")]


def test_an_ollama_is_shown_with_what_is_missing(tmp_path: Path) -> None:
    with GenerativeOllama((models.CHAT, models.CLOUD)) as wire, cortex_with(tmp_path, wire.url) as (_, http):
        wire.loaded.add(models.CHAT.name)
        answer = http.get("/api/health/ollama").json()
        assert {key: answer[key] for key in ("available", "host", "local", "version", "error")} == {
            "available": True,
            "host": wire.url,
            "local": True,
            "version": "0.24.0",
            "error": None,
        }
        assert answer["models"] == ["tiny-chat:latest", "gpt-oss:120b-cloud"]
        assert answer["missing_models"] == ["llama3.2:3b"]
        chat, cloud = answer["installed"]
        assert (chat["capabilities"], chat["loaded"], chat["local"]) == (["completion", "tools"], True, True)
        assert (cloud["local"], cloud["loaded"]) == (False, False)
        clock.from_text(chat["modified_at"])
        http.put("/api/settings/ai", json={"chat_model": "tiny-chat"}).raise_for_status()
        assert http.get("/api/health/ollama").json()["missing_models"] == []
        shown = [request for request in wire.seen if request.path == "/api/show"]
        assert len(shown) == 2, "each model is asked once what it can do"


def test_what_a_real_ollama_was_recorded_saying_is_shown(tmp_path: Path) -> None:
    """`slow-chat` was never asked what it can do: the rest is shown all the same."""
    wire = ReplayServer(RECORDED)
    wire.__enter__()
    with cortex_with(tmp_path, wire.url, chat_model="tiny-think") as (_, http):
        answer = http.get("/api/health/ollama").json()
    with pytest.raises(AssertionError, match="slow-chat"):
        wire.__exit__(None, None, None)
    assert answer["available"]
    assert answer["missing_models"] == []
    by_name = {model["name"]: model for model in answer["installed"]}
    assert by_name["all-minilm:latest"]["capabilities"] == ["embedding"]
    assert by_name["all-minilm:latest"]["loaded"]
    assert by_name["slow-chat:latest"]["capabilities"] is None
    assert by_name["tiny-think:latest"]["context_length"] == 4096


def test_its_being_away_is_an_answer_and_no_problem(tmp_path: Path) -> None:
    host = f"http://127.0.0.1:{closed_port()}"
    with cortex_with(tmp_path, host) as (_, http):
        answer = http.get("/api/health/ollama")
        assert answer.status_code == 200
        body = answer.json()
        assert (body["available"], body["host"], body["version"]) == (False, host, None)
        assert (body["models"], body["installed"], body["missing_models"]) == ([], [], [])
        assert "does not answer" in body["error"]
        assert _part(http, "ollama")["status"] == "idle"
        assert http.get("/api/health").json()["status"] == "healthy"
        http.put("/api/settings/ai", json={"provider": "ollama"}).raise_for_status()
        assert _part(http, "ollama")["status"] == "unavailable"
        http.put("/api/settings/ai", json={"provider": "embedded"}).raise_for_status()
        assert _part(http, "ollama") | {"latency_ms": 0} == {
            "status": "idle",
            "latency_ms": 0,
            "detail": "Not asked: the provider is embedded.",
        }


def test_another_program_on_the_port_is_told_apart(tmp_path: Path) -> None:
    with another_program() as wire, cortex_with(tmp_path, wire.url) as (_, http):
        body = http.get("/api/health/ollama").json()
        assert not body["available"]
        assert "does not speak as Ollama" in body["error"]


def test_an_address_that_is_none_is_said_so(tmp_path: Path) -> None:
    with cortex_with(tmp_path, "ftp://nowhere") as (_, http):
        body = http.get("/api/health/ollama").json()
        assert (body["available"], body["local"]) == (False, None)
        assert "not the address of a model server" in body["error"]
        assert http.post("/api/providers/ollama/pull", json={"model": "x"}).status_code == 503


def test_the_settings_decide_whom_to_ask(tmp_path: Path) -> None:
    with (
        GenerativeOllama() as first,
        GenerativeOllama(version="0.33.0") as second,
        cortex_with(tmp_path, first.url) as (_, http),
    ):
        assert http.get("/api/health/ollama").json()["version"] == "0.24.0"
        http.put("/api/settings/ai", json={"ollama_host": second.url}).raise_for_status()
        assert http.get("/api/health/ollama").json()["version"] == "0.33.0"


def test_detailed_health_names_every_part(tmp_path: Path) -> None:
    with GenerativeOllama() as wire, cortex_with(tmp_path, wire.url) as (_, http):
        parts = http.get("/api/health/detailed").json()["dependencies"]
        assert {"database", "disk", "queue", "worker", "schedules", "embedder", "ollama"} <= parts.keys()
        assert all(part["latency_ms"] is not None for part in parts.values())
        assert parts["worker"]["status"] == parts["database"]["status"] == "healthy"
        assert "MB free" in parts["disk"]["detail"]
        assert parts["queue"] == parts["queue"] | {
            "status": "idle",
            "detail": "0 waiting, 0 being processed, 0 failed.",
        }
        assert parts["ollama"]["status"] == "healthy"
        assert "tiny-chat:latest is asked instead" in parts["ollama"]["detail"]
        assert "`ollama pull llama3.2:3b`" in parts["ollama"]["detail"]
        http.post("/api/processing/pause").raise_for_status()
        assert _part(http, "queue")["detail"].startswith("Paused by the owner")
        http.put("/api/settings/ai", json={"chat_model": "tiny-chat"}).raise_for_status()
        assert _part(http, "ollama")["status"] == "healthy"


def test_a_missing_embedded_model_is_said_with_the_command_that_builds_it(tmp_path: Path) -> None:
    with cortex_with(tmp_path, "127.0.0.1:1", model_dir=tmp_path / "nothing") as (_, http):
        part = _part(http, "embedder")
        assert part["status"] == "degraded"
        assert "scripts/build_model.py" in part["detail"]


def test_a_model_is_pulled_with_progress(tmp_path: Path) -> None:
    with GenerativeOllama(library=[models.THINKING]) as wire, cortex_with(tmp_path, wire.url) as (_, http):
        with http.stream("POST", "/api/providers/ollama/pull", json={"model": "tiny-think"}) as answer:
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/event-stream")
            events = _events(answer)
        assert events[0] == {
            "status": "pulling manifest",
            "progress": None,
            "digest": None,
            "completed": None,
            "total": None,
        }
        shares = [event["progress"] for event in events[:-1] if event["progress"] is not None]
        assert shares == [0.0, 0.25, 0.5, 0.75, 1.0]
        assert [event.get("status") for event in events[-2:]] == ["success", None]
        assert events[-1] == {"done": True}
        assert "tiny-think:latest" in http.get("/api/health/ollama").json()["models"]


def test_an_error_inside_the_stream_is_passed_on(tmp_path: Path) -> None:
    listed = ["version", "tags", "ps_loaded", "show_tiny-chat", "show_tiny-think", "show_all-minilm"]  # Cortex may look
    with (
        ReplayServer(
            ["pull_missing_nonet_stream", *listed], described=[models.ServedModel("slow-chat:latest")]
        ) as wire,
        cortex_with(tmp_path, wire.url) as (_, http),
        http.stream("POST", "/api/providers/ollama/pull", json={"model": "does-not-exist-xyz"}) as answer,
    ):
        events = _events(answer)
    assert [event.get("status") for event in events] == ["pulling manifest", None]
    assert events[-1]["error"] == "ai_provider_error"
    assert "pull model manifest" in events[-1]["message"]


@pytest.mark.parametrize(
    ("fault", "code"),
    [(KilledMidStream(2), "ai_provider_unavailable"), (RunnerDies(2), "ai_provider_error")],
    ids=["server", "runner"],
)
def test_an_ollama_that_dies_in_mid_pull_ends_the_stream_with_the_reason(
    tmp_path: Path, fault: KilledMidStream | RunnerDies, code: str
) -> None:
    with GenerativeOllama(library=[models.THINKING]) as wire, cortex_with(tmp_path, wire.url) as (_, http):
        wire.faults["/api/pull"] = fault
        with http.stream("POST", "/api/providers/ollama/pull", json={"model": "tiny-think"}) as answer:
            events = _events(answer)
        assert len(events) == 3
        assert events[-1]["error"] == code


def test_what_fails_at_once_is_answered_with_its_status(tmp_path: Path) -> None:
    with GenerativeOllama() as wire, cortex_with(tmp_path, wire.url) as (_, http):
        refused = http.post("/api/providers/ollama/pull", json={"model": "bad name"})
        assert refused.status_code == 422
        http.put("/api/settings/ai", json={"ollama_host": f"http://127.0.0.1:{closed_port()}"}).raise_for_status()
        away = http.post("/api/providers/ollama/pull", json={"model": "tiny-think"})
        assert (away.status_code, away.json()["error"]) == (503, "ai_provider_unavailable")


def test_a_client_that_leaves_stops_the_pull(tmp_path: Path) -> None:
    gate = Gate()
    with GenerativeOllama(library=[models.THINKING]) as wire, cortex_with(tmp_path, wire.url) as (_, http):
        wire.faults["/api/pull"] = HeldMidStream(2, gate)
        with http.stream("POST", "/api/providers/ollama/pull", json={"model": "tiny-think"}):
            assert gate.reached.wait(20)
        assert wire.left.wait(20)


def test_a_stop_of_cortex_ends_the_pull_with_a_sentence(tmp_path: Path) -> None:
    gate = Gate()
    with GenerativeOllama(library=[models.THINKING]) as wire:
        wire.faults["/api/pull"] = HeldMidStream(2, gate)
        with (
            cortex_with(tmp_path, wire.url) as (server, http),
            http.stream("POST", "/api/providers/ollama/pull", json={"model": "tiny-think"}) as answer,
        ):
            assert gate.reached.wait(20)
            server.loop.call_soon_threadsafe(server.application.stopping.set)
            events = _events(answer)
        assert "Cortex is stopping" in events[-1]["message"]


def test_a_narrow_key_may_look_but_not_pull(tmp_path: Path) -> None:
    with cortex_with(tmp_path, f"http://127.0.0.1:{closed_port()}") as (server, http):
        keys = {
            scope: http.post("/api/auth/keys", json={"name": scope, "scope": scope}).json()["key"]
            for scope in ("read", "write", "capture")
        }
        for scope, look, pull in (("read", 200, 403), ("write", 200, 403), ("capture", 403, 403)):
            headers = {"Authorization": f"Bearer {keys[scope]}"}
            assert httpx.get(f"{server.url}/api/health/ollama", headers=headers, trust_env=False).status_code == look
            answer = httpx.post(
                f"{server.url}/api/providers/ollama/pull", json={"model": "x"}, headers=headers, trust_env=False
            )
            assert answer.status_code == pull
