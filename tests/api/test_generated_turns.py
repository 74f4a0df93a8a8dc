"""`POST /api/generate-stream` in a conversation: one answer at a time; what it read is noted however it ends."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.api.chat_library import converse, fill
from tests.api.library import refused
from tests.api.test_generate import using
from tests.api.tool_chat import acting
from tests.conftest import RunningServer, ServerThread

from cortex.exceptions import AIProviderUnavailableError
from cortex.providers.chat_model import ChatPart, ChatRequest, Finished, TextDelta
from cortex.providers.fake_chat import FakeChatModel
from cortex.services.chat_history import History
from cortex.services.generation import GenerationRequest

STREAM = "/api/generate-stream"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningServer, dict[str, str]]]:
    with ServerThread(data_dir=tmp_path_factory.mktemp("turns") / "data") as running:
        with running.client() as http:
            ids = fill(running, http)
        yield running, ids


@pytest.fixture
def server(filled: tuple[RunningServer, dict[str, str]]) -> RunningServer:
    return filled[0]


def events(answer: httpx.Response) -> list[dict[str, Any]]:
    return [json.loads(line.removeprefix("data: ")) for line in answer.text.splitlines() if line.startswith("data: ")]


class Held(FakeChatModel):
    """Says a word, and waits."""

    def __init__(self) -> None:
        super().__init__()
        self.began, self.go_on = threading.Event(), threading.Event()

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatPart, None]:
        yield TextDelta("One")
        self.began.set()
        await asyncio.to_thread(self.go_on.wait, 30)
        yield Finished("stop")


class Dying(FakeChatModel):
    """Breaks off after its first word that is no call of a tool."""

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatPart, None]:
        async for part in super().stream(request):
            yield part
            if isinstance(part, TextDelta):
                raise AIProviderUnavailableError


def test_one_answer_at_a_time_in_a_conversation(server: RunningServer, client: httpx.Client) -> None:
    conversation = converse(client)
    body = {"message": "Talk.", "conversation_id": conversation}
    model = Held()
    with using(server, model):
        asked = threading.Thread(target=client.post, args=(STREAM,), kwargs={"json": body})
        asked.start()
        try:
            assert model.began.wait(30)
            refused(client.post(STREAM, json=body), 409, "conflict")
            asking = client.post(f"/api/conversations/{conversation}/messages", json={"content": "x"})
            refused(asking, 409, "conflict")
        finally:
            model.go_on.set()
            asked.join(30)
        assert events(client.post(STREAM, json=body))[-1]["done"] is True


def test_what_a_broken_answer_read_still_stays_here(
    server: RunningServer, client: httpx.Client, filled: tuple[RunningServer, dict[str, str]]
) -> None:
    private = filled[1]["lighthouse"]
    client.put(f"/api/items/{private}", json={"local_only": True}).raise_for_status()
    conversation = converse(client)
    body = {"message": "Who built it?", "conversation_id": conversation}
    here = Dying(acting([("search_library", {"query": "lighthouse Moreland"})], end="Moreland did."))
    cloud = FakeChatModel(lambda _: "Yes.", is_local=False)
    try:
        with using(server, here):
            assert events(client.post(STREAM, json=body))[-1]["error"] == "ai_provider_unavailable"
        stored = client.get(f"/api/conversations/{conversation}").json()["messages"][-1]
        assert (stored["status"], stored["content"]) == ("failed", "Moreland")
        server.application.intelligence.models.use(cloud)
        assert events(client.post(STREAM, json={**body, "message": "And when?"}))[-1]["done"] is True
        assert "Moreland" not in "".join(message.content for message in cloud.requests[-1].messages)
    finally:
        server.application.intelligence.models.use()
        client.put(f"/api/items/{private}", json={"local_only": False}).raise_for_status()


def test_a_suggestion_from_what_stays_here_is_asked_here_alone(server: RunningServer) -> None:
    suggested = "What does “Skerry Point” say?"
    request = GenerationRequest(suggested, history=History(suggested_here=frozenset({suggested})))

    async def asked() -> list[object]:
        return [part async for part in server.application.generation.stream(request)]

    def ask(*models: FakeChatModel) -> list[object]:
        with using(server, *models):
            return asyncio.run_coroutine_threadsafe(asked(), server.loop).result(30)

    cloud, here = FakeChatModel(lambda _: "Yes.", is_local=False), FakeChatModel(lambda _: "Yes.")
    with pytest.raises(AIProviderUnavailableError):
        ask(cloud)
    ask(cloud, here)
    assert (len(cloud.requests), len(here.requests)) == (0, 1)


@pytest.mark.parametrize("path", ["/api/generate", STREAM])
def test_cortex_does_not_wait_for_what_is_being_generated(tmp_path: Path, path: str) -> None:
    model = Held()
    found: list[httpx.Response] = []
    body = {"message": "Talk."} if path == STREAM else {"task": "rewrite", "text": "Talk."}
    with ServerThread(data_dir=tmp_path / "data") as server, server.client() as client:
        server.application.intelligence.models.use(model)
        asked = threading.Thread(target=lambda: found.append(client.post(path, json=body)))
        asked.start()
        assert model.began.wait(30)
        server.loop.call_soon_threadsafe(server.application.stopping.set)
        asked.join(30)
        model.go_on.set()
    (answer,) = found
    said = events(answer)[-1] if path == STREAM else answer.json()
    assert (said["error"], said["message"][:19]) == ("ai_provider_unavailable", "Cortex is stopping.")
