"""Trying a choice of models before it is stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.api.library import refused
from tests.api.test_model_choice import cortex_with
from tests.conftest import RunningServer
from tests.ollama_server import models
from tests.ollama_server.faults import RunnerDies, another_program
from tests.ollama_server.frames import Said
from tests.ollama_server.generative import GenerativeOllama
from tests.ollama_server.wire import Reply, Request, WireServer, closed_port, whole

KEY = "sk-canary-7d20b1"


def attempt(client: httpx.Client, **body: object) -> dict[str, Any]:
    answer = client.post("/api/settings/ai/test", json=body)
    assert answer.status_code == 200, answer.text
    tried: dict[str, Any] = answer.json()
    return tried


@contextmanager
def compatible_server() -> Iterator[WireServer]:
    """Speaks as little of OpenAI's protocol as it takes to see who asks, and with which key."""

    async def answer(request: Request) -> Reply:
        return whole(401, {"error": {"message": "who are you?", "type": "auth", "code": "invalid_api_key"}})

    with WireServer(answer) as wire:
        yield wire


def test_a_good_choice_speaks(tmp_path: Path) -> None:
    with (
        GenerativeOllama(say=lambda _: Said(content=["Hello ", "from ", "here"])) as wire,
        cortex_with(tmp_path, f"http://127.0.0.1:{closed_port()}") as (_, http),
    ):
        before = http.get("/api/settings/ai").json()
        tried = attempt(http, provider="ollama", ollama_host=wire.url, chat_model="tiny-chat")
        assert tried["ok"], tried
        assert (tried["provider"], tried["model"], tried["local"]) == ("ollama", "tiny-chat:latest", True)
        assert (tried["sample"], tried["error"], tried["advice"]) == ("Hello from here", None, None)
        assert tried["capabilities"]["tools"]
        assert tried["milliseconds"] >= tried["first_token_ms"] > 0
        assert http.get("/api/settings/ai").json() == before, "nothing is stored"
        assert http.get("/api/usage").json()["totals"]["calls"] == 1, "but it is accounted for"


def test_what_is_wrong_is_said_with_what_to_do(tmp_path: Path) -> None:
    with (
        GenerativeOllama((models.CHAT, models.EMBEDDING)) as wire,
        another_program() as other,
        cortex_with(tmp_path, wire.url) as (_, http),
    ):
        missing = attempt(http, chat_model="no-such-model")
        assert (missing["ok"], missing["model"]) == (False, "no-such-model")
        assert "ollama pull no-such-model" in missing["advice"]
        substitute = attempt(http, provider="auto")
        assert (substitute["ok"], substitute["model"]) == (True, "tiny-chat:latest")
        assert "llama3.2:3b is not installed" in substitute["advice"]
        silent = attempt(http, chat_model="all-minilm")
        assert not silent["ok"]
        assert "cannot chat" in silent["error"]
        away = attempt(http, ollama_host=f"http://127.0.0.1:{closed_port()}")
        assert not away["ok"]
        assert "does not answer" in away["error"]
        assert "does not speak as Ollama" in attempt(http, ollama_host=other.url)["error"]
        wire.faults["/api/chat"] = RunnerDies(1)
        assert attempt(http, chat_model="tiny-chat")["ok"] is False
        assert attempt(http, provider="embedded")["ok"] is True
        refused(http.post("/api/settings/ai/test", json={"provider": "cloud"}), 422, "validation_error")


def test_embeddings_are_tried_where_they_are_given(tmp_path: Path) -> None:
    with GenerativeOllama() as wire, cortex_with(tmp_path, wire.url, chat_model="tiny-chat") as (_, http):
        body = {"embedding": {"provider": "ollama", "model": "all-minilm"}}
        tried = attempt(http, **body)
        assert tried["embedding"] | {"milliseconds": 0} == {
            "provider": "ollama",
            "model": "all-minilm",
            "dimension": 64,
            "milliseconds": 0,
            "error": None,
        }
        wrong = attempt(http, embedding={"provider": "ollama", "model": "tiny-chat"})
        assert not wrong["ok"]
        assert "no embedding model" in wrong["embedding"]["error"]
        assert attempt(http, embedding={"provider": "embedded"})["embedding"]["dimension"] == 384


def test_an_ollama_elsewhere_is_tried_only_with_consent(tmp_path: Path) -> None:
    with cortex_with(tmp_path, "http://ollama.invalid:11434") as (_, http):
        tried = attempt(http, provider="ollama")
        assert not tried["ok"]
        assert "ollama.invalid:11434 is not this computer" in tried["error"]
        assert "remote_hosts" in tried["advice"]
        assert http.get("/api/privacy/ledger").json()["items"] == []


def test_a_stored_key_is_sent_to_its_own_place_alone(tmp_path: Path) -> None:
    """Row 33, on the wire."""
    with (
        compatible_server() as own,
        compatible_server() as other,
        cortex_with(tmp_path, f"http://127.0.0.1:{closed_port()}") as (_, http),
    ):
        cloud = {"model": "openai/a-model", "api_base": f"{own.url}/v1", "api_key": KEY}
        http.put("/api/settings/ai", json={"provider": "cloud", "cloud": cloud}).raise_for_status()
        tried = attempt(http)
        assert not tried["ok"]
        assert "key" in tried["advice"]
        assert any(KEY in request.headers.get("authorization", "") for request in own.seen)
        attempt(http, cloud={"api_base": f"{other.url}/v1"})
        assert other.seen, "it was asked"
        assert not any(KEY in str(request.headers) or KEY.encode() in request.body for request in other.seen)
        given = attempt(http, cloud={"api_base": f"{other.url}/v1", "api_key": "sk-given"})
        assert any("sk-given" in request.headers.get("authorization", "") for request in other.seen)
        assert KEY not in str(tried) + str(given)
        assert http.get("/api/settings/ai").json()["cloud"]["api_key"] == "set", "still there"


def test_models_that_can_be_named_are_listed(tmp_path: Path) -> None:
    served = (models.CHAT, models.THINKING, models.EMBEDDING, models.CLOUD)
    with GenerativeOllama(served) as wire, cortex_with(tmp_path, wire.url, chat_model="tiny-think") as (_, http):
        http.get("/api/health/ollama").raise_for_status()
        items = http.get("/api/models").json()["items"]
        assert [(one["name"], one["default"]) for one in items] == [
            ("ollama/tiny-think:latest", True),
            ("ollama/tiny-chat:latest", False),
        ]
        assert items[0]["capabilities"] == ["completion", "tools", "thinking"]
        assert (items[0]["context_length"], items[0]["local"]) == (4096, True)
        http.put("/api/settings/ai", json={"remote_hosts": ["ollama.com"]}).raise_for_status()
        names = {one["name"]: one["local"] for one in http.get("/api/models").json()["items"]}
        assert names["ollama/gpt-oss:120b-cloud"] is False
        http.put("/api/settings/ai", json={"provider": "embedded"}).raise_for_status()
        assert http.get("/api/models").json()["items"] == []


def test_a_model_is_recommended_for_this_machine(tmp_path: Path) -> None:
    with GenerativeOllama() as wire, cortex_with(tmp_path, wire.url) as (_, http):
        found = http.get("/api/providers/ollama/recommendations").json()
        assert found["ollama"]["available"]
        assert found["machine"]["memory"] >= found["machine"]["memory_available"] > 0
        assert found["chat"]["model"]["name"] in found["chat"]["reason"]
        assert found["embedding"]["model"] == found["embedding"]["model"] | {
            "name": "all-minilm:latest",
            "installed": True,
        }
        assert "tiny-chat:latest" in [one["name"] for one in [*found["chat"]["others"], found["chat"]["model"]]]


def test_trying_is_the_owners_and_looking_is_for_readers(server: RunningServer, client: httpx.Client) -> None:
    key = client.post("/api/auth/keys", json={"name": "reader", "scope": "read"}).json()["key"]
    with server.client(Authorization=f"Bearer {key}") as reader:
        refused(reader.post("/api/settings/ai/test", json={}), 403, "forbidden")
        assert reader.get("/api/models").status_code == 200
        assert reader.get("/api/providers/ollama/recommendations").status_code == 200


@pytest.mark.parametrize("api_base", ["http://127.0.0.1:1/v1"])
def test_an_address_in_a_question_is_not_obeyed(client: httpx.Client, api_base: str) -> None:
    answer = client.post("/api/settings/ai/test", json={"api_base": api_base})
    refused(answer, 422, "validation_error")
