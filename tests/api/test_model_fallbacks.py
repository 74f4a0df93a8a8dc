"""From Ollama to a server that speaks as OpenAI does, on real wires: only where the owner said so."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.api.test_model_choice import cortex_with
from tests.api.test_model_trial import attempt
from tests.cloud_servers.openai import OpenAIServer
from tests.conftest import RunningServer
from tests.ollama_server.faults import KilledMidStream
from tests.ollama_server.generative import GenerativeOllama

from cortex.exceptions import AIProviderUnavailableError
from cortex.providers.chat_model import ChatMessage, ChatRequest
from cortex.providers.gateway.gateway import Completion

KEY = "sk-test-fallback"


def complete(server: RunningServer, question: str) -> Completion:
    """Ask as everything in Cortex asks; another question each time, as equal ones are answered from memory."""
    asked = server.application.intelligence.gateway.complete(
        lambda _: ChatRequest((ChatMessage("user", question),)), purpose="generate"
    )
    return asyncio.run_coroutine_threadsafe(asked, server.loop).result(60)


def test_a_dying_ollama_is_replaced_by_the_model_that_the_owner_named(tmp_path: Path) -> None:
    with (
        GenerativeOllama() as wire,
        OpenAIServer("Hello from elsewhere.", key=KEY) as service,
        cortex_with(tmp_path, wire.url, chat_model="tiny-chat") as (server, http),
    ):
        cloud = {"model": "openai/stand-in", "api_base": f"{service.url}/v1", "api_key": KEY}
        http.put("/api/settings/ai", json={"cloud": cloud}).raise_for_status()
        assert complete(server, "Are you there?").target.identity.name == "ollama/tiny-chat:latest"
        wire.faults["/api/chat"] = KilledMidStream(0)
        with pytest.raises(AIProviderUnavailableError):
            complete(server, "And now?")
        assert not service.seen, "it was configured, but not for this"
        http.put("/api/settings/ai", json={"provider": "hybrid"}).raise_for_status()
        answer = complete(server, "Anybody?")
        assert (answer.text, answer.target.identity.model) == ("Hello from elsewhere.", "stand-in")


def test_a_compatible_server_is_tried_with_its_key(tmp_path: Path) -> None:
    with (
        OpenAIServer("Hello to you.", key=KEY) as service,
        cortex_with(tmp_path, "http://127.0.0.1:1") as (_, http),
    ):
        cloud = {"model": "openai/stand-in", "api_base": f"{service.url}/v1", "api_key": KEY}
        tried = attempt(http, provider="cloud", cloud=cloud)
        assert tried["ok"], tried
        assert (tried["sample"], tried["local"]) == ("Hello to you.", True)
        wrong = attempt(http, provider="cloud", cloud={**cloud, "api_key": "sk-wrong-0123"})
        assert not wrong["ok"]
        assert "key" in f"{wrong['error']} {wrong['advice']}"
        assert "sk-wrong-0123" not in str(wrong)
        assert http.get("/api/settings/ai").json()["cloud"]["api_key"] == "unset"
