"""Choosing the embedding model over the API, with an Ollama on the wire."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.api.library import refused, save
from tests.conftest import RunningServer, ServerThread
from tests.ollama_server import models
from tests.ollama_server.faults import KilledMidStream
from tests.ollama_server.generative import GenerativeOllama

NOTES = [
    f"Note {number}: the {name} of the lighthouse keeper stands on shelf {number}, next to the barometer."
    for number, name in enumerate(("kettle", "lantern", "telescope", "diary", "anchor", "compass", "mirror", "violin"))
]
OLLAMA = {"provider": "ollama", "model": "all-minilm:latest"}


@pytest.fixture
def ollama() -> Iterator[GenerativeOllama]:
    with GenerativeOllama() as server:
        yield server


@pytest.fixture
def running(tmp_path: Path, ollama: GenerativeOllama) -> Iterator[RunningServer]:
    with ServerThread(data_dir=tmp_path / "data", ollama_host=ollama.url, ai_provider="embedded") as server:
        health = asyncio.run_coroutine_threadsafe(server.application.vectors.embedder.health(), server.loop).result(30)
        if not health.available:
            pytest.skip(health.detail)
        yield server


@pytest.fixture
def client(running: RunningServer) -> Iterator[httpx.Client]:
    with running.client() as http:
        yield http


def until(client: httpx.Client, so: Any) -> dict[str, Any]:
    """What the settings say of the embedding model, once it is so."""
    with client.stream("GET", "/api/events", timeout=60) as events:
        for line in events.iter_lines():
            if not line.startswith(("data", ":", "event")):
                continue
            shown: dict[str, Any] = client.get("/api/settings/ai").json()["embedding"]
            if so(shown):
                return shown
    raise AssertionError("the events ended")


def fill(client: httpx.Client) -> None:
    for note in NOTES:
        save(client, content=note, content_type="text/plain")
    with client.stream("GET", "/api/events", timeout=60) as events:
        for _ in events.iter_lines():
            queue = client.get("/api/processing/queue").json()
            if not queue["pending"] and not queue["processing"]:
                return


def finds(client: httpx.Client, query: str) -> dict[str, Any]:
    answer = client.post("/api/search", json={"query": query})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    assert found["results"], query
    return found


def done(shown: dict[str, Any]) -> bool:
    return bool(shown["build"] and shown["build"]["state"] == "done")


def test_from_the_embedded_model_to_ollama_and_back(client: httpx.Client, ollama: GenerativeOllama) -> None:
    fill(client)
    before = client.get("/api/settings/ai").json()["embedding"]
    assert (before["provider"], before["build"], before["offer"], before["fallback"]) == ("embedded", None, None, None)
    estimate = client.post("/api/settings/ai/embedding/estimate", json=OLLAMA)
    assert estimate.status_code == 200, estimate.text
    cost = estimate.json()
    assert (cost["passages"], cost["left_out"], cost["leaves"], cost["needs_consent"]) == (len(NOTES), 0, None, False)
    assert cost["seconds"] > 0
    assert cost["disk_bytes"] > 0
    assert client.get("/api/settings/ai").json()["embedding"] == before

    changed = client.put("/api/settings/ai", json={"embedding": OLLAMA})
    assert changed.status_code == 200, changed.text
    assert changed.json()["embedding"]["provider"] == "ollama"
    shown = until(client, done)
    assert (shown["active"], shown["fallback"]["provider"]) == (OLLAMA, "embedded")
    assert (shown["build"]["done"], shown["build"]["total"]) == (len(NOTES), len(NOTES))
    found = finds(client, "lantern of the lighthouse keeper")
    assert found["degraded"] is None
    assert "lantern" in found["results"][0]["snippet"]
    vectors = client.post("/api/embeddings", json={"input": "a lighthouse"}).json()
    assert (vectors["provider"], len(vectors["embeddings"][0])) == ("ollama", vectors["dimension"])

    back = client.put("/api/settings/ai", json={"embedding": {"provider": "embedded"}})
    assert back.status_code == 200, back.text
    shown = back.json()["embedding"]
    assert (shown["active"]["provider"], shown["build"]["state"], shown["fallback"]) == ("embedded", "done", None)
    assert finds(client, "lantern of the lighthouse keeper")["degraded"] is None


def test_ollama_away_is_answered_by_the_embedded_model(client: httpx.Client, ollama: GenerativeOllama) -> None:
    fill(client)
    client.put("/api/settings/ai", json={"embedding": OLLAMA}).raise_for_status()
    until(client, done)
    ollama.faults["/api/embed"] = KilledMidStream(0)
    found = finds(client, "where does the keeper of the lighthouse keep time and weather")
    assert found["degraded"] == "fallback_embeddings"
    save(client, content="The heron nests under the bridge.", content_type="text/plain")
    until_found(client, "heron bridge")


def until_found(client: httpx.Client, query: str) -> None:
    with client.stream("GET", "/api/events", timeout=60) as events:
        for _ in events.iter_lines():
            if client.post("/api/search", json={"query": query}).json()["results"]:
                return


@pytest.mark.parametrize(
    ("choice", "status", "code"),
    [
        ({"provider": "ollama", "model": "nowhere:latest"}, 502, "ai_provider_error"),
        ({"provider": "ollama", "model": "tiny-chat:latest"}, 502, "ai_provider_error"),
        ({"provider": "ollama"}, 422, "validation_error"),
        ({"provider": "embedded", "model": "another"}, 422, "validation_error"),
        ({"provider": "nonsense"}, 422, "validation_error"),
    ],
)
def test_a_choice_that_cannot_be_changes_nothing(
    client: httpx.Client, choice: dict[str, str], status: int, code: str
) -> None:
    before = client.get("/api/settings/ai").json()
    refused(client.post("/api/settings/ai/embedding/estimate", json=choice), status, code)
    refused(client.put("/api/settings/ai", json={"chat_model": "other", "embedding": choice}), status, code)
    assert client.get("/api/settings/ai").json() == before


def test_an_invalid_setting_beside_it_begins_nothing(client: httpx.Client) -> None:
    body = {"embedding": OLLAMA, "cloud": {"model": "nobody knows/this one"}}
    refused(client.put("/api/settings/ai", json=body), 422, "validation_error")
    assert client.get("/api/settings/ai").json()["embedding"]["build"] is None


def test_a_model_in_ollamas_cloud_needs_consent(tmp_path: Path) -> None:
    cloud = models.ServedModel(
        "far-embed:latest", ("embedding",), family="bert", embedding_length=384, remote_host="https://ollama.com:443"
    )
    choice = {"provider": "ollama", "model": "far-embed:latest"}
    with (
        GenerativeOllama([models.EMBEDDING, cloud]) as ollama,
        ServerThread(data_dir=tmp_path / "data", ollama_host=ollama.url, ai_provider="embedded") as server,
        server.client() as client,
    ):
        save(client, content="The heron nests under the bridge.", content_type="text/plain", local_only=True)
        save(client, content=NOTES[0], content_type="text/plain")
        fill(client)
        cost = client.post("/api/settings/ai/embedding/estimate", json=choice).json()
        assert (cost["left_out"], cost["needs_consent"], cost["leaves"]["place"]) == (1, True, "ollama.com")
        refused(client.put("/api/settings/ai", json={"embedding": choice}), 422, "validation_error")
        agreed = client.put("/api/settings/ai", json={"embedding": {**choice, "consent": True}})
        assert agreed.status_code == 200, agreed.text
        assert "ollama.com" in agreed.json()["remote_hosts"]
        shown = until(client, done)
        assert shown["build"]["left_out"] == 1
        assert finds(client, "heron")["degraded"] is None
        sent = [json.loads(request.body)["input"] for request in ollama.seen if request.path == "/api/embed"]
        assert not [text for texts in sent for text in texts if "nests under the bridge" in text]
        assert [text for texts in sent for text in texts if "lighthouse" in text]


def test_it_is_stopped_only_when_something_is_under_way(client: httpx.Client) -> None:
    for word in ("pause", "resume", "cancel", "renew"):
        refused(client.post(f"/api/settings/ai/embedding/{word}"), 409, "conflict")
