"""Answers that an Ollama on the wire writes: streamed, stopped, killed in the middle, and gone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.api.chat_library import QUESTION, chat, converse, fill, receive, send, until_end
from tests.conftest import RunningServer, ServerThread
from tests.ollama_server.faults import HeldMidStream, KilledMidStream
from tests.ollama_server.frames import Said
from tests.ollama_server.generative import GenerativeOllama
from tests.ollama_server.wire import Gate, Request

PIECES = ("Ada Moreland built it [", "1", "]. It was automated 【", "1†", "source】 a century later.")


def say(body: dict[str, Any]) -> Said:
    """What the stand-in's model says."""
    messages = body["messages"]
    if body.get("format"):
        return Said(['{"questions": [], "title": "Skerry Point"}'])
    if "rewrite the last question" in messages[0]["content"]:
        return Said(["When was the lighthouse at Skerry Point automated?"])
    return Said(PIECES)


@pytest.fixture(scope="module")
def ollama() -> Iterator[GenerativeOllama]:
    with GenerativeOllama(say=say) as wire:
        yield wire


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, ollama: GenerativeOllama) -> Iterator[RunningServer]:
    """One server for these tests, with the small library in it, processed without the model."""
    folder = tmp_path_factory.mktemp("wire") / "data"
    with ServerThread(data_dir=folder, ollama_host=ollama.url, chat_model="tiny-chat") as running:
        with running.client() as http:
            http.put("/api/settings/ai", json={"provider": "embedded"}).raise_for_status()
            fill(running, http)
            http.put("/api/settings/ai", json={"provider": "auto"}).raise_for_status()
        yield running


@pytest.fixture
def conversation(client: httpx.Client) -> str:
    return converse(client)


def chats(ollama: GenerativeOllama) -> list[Request]:
    """What the model was asked that is not about what follows an answer."""
    asked = [request for request in ollama.seen if request.path == "/api/chat"]
    return [request for request in asked if not request.json().get("format")]


def test_markers_split_over_frames_and_one_call(
    server: RunningServer, ollama: GenerativeOllama, conversation: str
) -> None:
    before = len(chats(ollama))
    with chat(server, conversation) as socket:
        send(socket, {"message": QUESTION})
        events = until_end(socket)
        assert len(chats(ollama)) == before + 1
        pieces = [event["content"] for event in events if event["type"] == "chunk"]
        assert len(pieces) > 1
        assert not any(piece.count("[") != piece.count("]") or "【" in piece for piece in pieces)
        message = events[-1]["message"]
        assert message["content"] == "Ada Moreland built it [1]. It was automated [1] a century later."
        assert (message["provider"], message["model"]) == ("ollama", "tiny-chat:latest")
        assert [claim["supported"] for claim in message["claims"]] == [True, True]
        assert message["usage"]["completion_tokens"] > 0
        send(socket, {"message": "And when was it automated?"})
        until_end(socket)
    assert len(chats(ollama)) == before + 3


def test_stopping_closes_the_connection_to_the_model(
    server: RunningServer, ollama: GenerativeOllama, conversation: str
) -> None:
    gate = Gate()
    ollama.faults["/api/chat"] = HeldMidStream(2, gate)
    ollama.left.clear()
    try:
        with chat(server, conversation) as socket:
            send(socket, {"message": QUESTION})
            while receive(socket)["type"] != "chunk":
                pass
            send(socket, {"type": "cancel"})
            message = until_end(socket)[-1]["message"]
        assert ollama.left.wait(20)
    finally:
        gate.open()
        del ollama.faults["/api/chat"]
    assert (message["status"], message["content"]) == ("cancelled", "Ada Moreland built it")


def test_killed_in_the_middle_the_partial_answer_is_kept(
    server: RunningServer, client: httpx.Client, ollama: GenerativeOllama, conversation: str
) -> None:
    ollama.faults["/api/chat"] = KilledMidStream(3)
    try:
        with chat(server, conversation) as socket:
            send(socket, {"message": QUESTION})
            last = until_end(socket)[-1]
    finally:
        del ollama.faults["/api/chat"]
    assert (last["type"], last["error"]) == ("error", "ai_provider_unavailable")
    message = client.get(f"/api/conversations/{conversation}").json()["messages"][-1]
    assert (message["status"], message["content"]) == ("failed", "Ada Moreland built it [1]. It was automated")
    assert [citation["n"] for citation in message["citations"]] == [1]


def test_gone_altogether_the_library_is_quoted(
    server: RunningServer, client: httpx.Client, ollama: GenerativeOllama, conversation: str
) -> None:
    client.put("/api/settings/ai", json={"ollama_host": "http://127.0.0.1:1"}).raise_for_status()
    try:
        with chat(server, conversation) as socket:
            send(socket, {"message": QUESTION})
            events = until_end(socket)
    finally:
        client.put("/api/settings/ai", json={"ollama_host": ollama.url}).raise_for_status()
    told = next(event for event in events if event.get("stage") == "answering")
    assert told["model"] == "extractive"
    assert told["message"]
    assert events[-1]["message"]["found"]
