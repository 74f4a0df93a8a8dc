"""Answers that wait, across a stop of Cortex; with an Ollama on the wire as the model."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.api.chat_library import chat, converse, send, until_end
from tests.api.tool_chat import tasks, until
from tests.conftest import ServerThread
from tests.ollama_server.frames import Said
from tests.ollama_server.generative import GenerativeOllama

WISH = "Please make a task for me, and keep a note of it."
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("create_task", {"title": "Call Ada"}),
    ("save_note", {"title": "Ada", "content": "To be called."}),
]


def say(body: dict[str, Any]) -> Said:
    """Wants two things done, then tells what it heard of them."""
    if body.get("format"):
        return Said(['{"questions": [], "title": "Ada"}'])
    heard = [message for message in body["messages"] if message["role"] == "tool"]
    if heard:
        return Said([f"I heard of {' and '.join(message['tool_name'] for message in heard)}."])
    return Said(tool_calls=CALLS)


@pytest.fixture(scope="module")
def ollama() -> Iterator[GenerativeOllama]:
    with GenerativeOllama(say=say) as wire:
        yield wire


def serving(data: Path, ollama: GenerativeOllama) -> ServerThread:
    return ServerThread(data_dir=data, ollama_host=ollama.url, chat_model="tiny-chat")


def test_on_the_wire_from_the_call_to_the_answer(tmp_path: Path, ollama: GenerativeOllama) -> None:
    with serving(tmp_path / "data", ollama) as server, server.client() as client:
        conversation = converse(client)
        with chat(server, conversation) as socket:
            send(socket, {"message": WISH})
            asked = [until(socket, "tool_call") for _ in CALLS]
            assert [(event["name"], event["arguments"]) for event in asked] == CALLS
            send(socket, {"type": "approve", "tool_call_id": asked[0]["id"]})
            send(socket, {"type": "refuse", "tool_call_id": asked[1]["id"]})
            message = until_end(socket)[-1]["message"]
        assert message["content"] == "I heard of create_task and save_note."
        assert [call["state"] for call in message["tool_calls"]] == ["done", "refused"]
        assert (message["provider"], message["model"]) == ("ollama", "tiny-chat:latest")
        assert tasks(client) == ["Call Ada"]
        assert client.get("/api/items").json()["total"] == 0
    asked_for = [request.json() for request in ollama.seen if request.path == "/api/chat"]
    assert {tool["function"]["name"] for tool in asked_for[0]["tools"]} >= {"create_task", "search_library"}


def test_a_stop_ends_the_stream_and_the_answer_waits_on(tmp_path: Path, ollama: GenerativeOllama) -> None:
    data = tmp_path / "data"
    events: list[dict[str, Any]] = []
    seen = threading.Event()
    with serving(data, ollama) as server, server.client() as client:
        conversation = converse(client)

        def follow() -> None:
            url = f"{server.url}/api/conversations/{conversation}/messages"
            headers = {"Authorization": f"Bearer {server.token}", "Accept": "text/event-stream"}
            with httpx.stream("POST", url, json={"content": WISH}, headers=headers, timeout=60, trust_env=False) as got:
                for line in got.iter_lines():
                    if line.startswith("data: "):
                        events.append(json.loads(line.removeprefix("data: ")))
                        if sum(event["type"] == "tool_call" for event in events) == len(CALLS):
                            seen.set()

        follower = threading.Thread(target=follow)
        follower.start()
        assert seen.wait(60)
        while client.get(f"/api/conversations/{conversation}").json()["messages"][-1]["status"] != "waiting":
            pass
    follower.join(30)
    assert not follower.is_alive(), "the stream did not end with Cortex"
    assert "done" not in {event["type"] for event in events}
    with serving(data, ollama) as server, server.client() as client:
        waiting = client.get(f"/api/conversations/{conversation}").json()["messages"][-1]
        assert waiting["status"] == "waiting"
        with chat(server, conversation) as socket:
            for _ in CALLS:
                send(socket, {"type": "approve", "tool_call_id": until(socket, "tool_call")["id"]})
            message = until_end(socket)[-1]["message"]
        assert [call["state"] for call in message["tool_calls"]] == ["done", "done"]
        assert message["content"] == "I heard of create_task and save_note."
        assert tasks(client) == ["Call Ada"]
        for call in message["tool_calls"]:
            client.post(f"/api/undo/{call['undo_id']}").raise_for_status()
        assert tasks(client) == []
