"""An answer that waits for the owner survives `kill -9`, and what is approved is done once, whenever the kill comes.

The model is an Ollama on the wire; the library is empty, so that the answer is all about the tool.
"""

from __future__ import annotations

import contextlib
import json
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.e2e.cortex_process import TOKEN, CortexProcess
from tests.ollama_server.faults import HeldMidStream
from tests.ollama_server.frames import Said
from tests.ollama_server.generative import GenerativeOllama
from tests.ollama_server.wire import Gate
from websockets.sync.client import ClientConnection, connect

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

WISH = "Please make a task for me: call Ada."
KILLS = 6
SEED = 20261121


def say(body: dict[str, Any]) -> Said:
    """Wants a task made, then says that it was."""
    if body.get("format"):
        return Said(['{"questions": [], "title": "Ada"}'])
    if any(message["role"] == "tool" for message in body["messages"]):
        return Said(["That ", "is ", "done."])
    return Said(tool_calls=[("create_task", {"title": "Call Ada", "due": "2099-01-02"})])


@pytest.fixture
def ollama() -> Iterator[GenerativeOllama]:
    with GenerativeOllama(say=say) as wire:
        yield wire


@contextlib.contextmanager
def running(data: Path) -> Iterator[CortexProcess]:
    """One run, killed at its end."""
    process = CortexProcess(data)
    process.until_ready()
    try:
        yield process
    finally:
        process.kill()


def begun(client: httpx.Client, ollama: GenerativeOllama) -> str:
    """A conversation, with the stand-in as the owner's Ollama."""
    settings = {"provider": "ollama", "ollama_host": ollama.url, "chat_model": "tiny-chat"}
    client.put("/api/settings/ai", json=settings).raise_for_status()
    conversation: str = client.post("/api/conversations", json={}).raise_for_status().json()["id"]
    return conversation


def socket_to(process: CortexProcess, conversation: str) -> ClientConnection:
    url = f"{process.url.replace('http', 'ws', 1)}/api/ws/chat/{conversation}"
    return connect(url, additional_headers={"Authorization": f"Bearer {TOKEN}"}, proxy=None, open_timeout=30)


def until(socket: ClientConnection, *kinds: str) -> dict[str, Any]:
    while True:
        event: dict[str, Any] = json.loads(socket.recv(timeout=60))
        if event["type"] in kinds:
            return event


def last(client: httpx.Client, conversation: str) -> dict[str, Any]:
    message: dict[str, Any] = client.get(f"/api/conversations/{conversation}").raise_for_status().json()["messages"][-1]
    return message


def until_status(client: httpx.Client, conversation: str, *wanted: str) -> dict[str, Any]:
    """The answer, once it stands so."""
    limit = time.monotonic() + 60
    while (message := last(client, conversation))["status"] not in wanted:
        assert time.monotonic() < limit, message
    return message


def tasks(client: httpx.Client) -> list[str]:
    return [task["title"] for task in client.get("/api/tasks").raise_for_status().json()["items"]]


@pytest.mark.parametrize("checkpoints", ["kept", "lost", "damaged"])
def test_it_waits_again_after_a_kill(tmp_path: Path, ollama: GenerativeOllama, checkpoints: str) -> None:
    data = tmp_path / "data"
    with running(data) as process, process.client() as client:
        conversation = begun(client, ollama)
        with socket_to(process, conversation) as socket:
            socket.send(json.dumps({"message": WISH}))
            asked = until(socket, "tool_call")
        waiting = until_status(client, conversation, "waiting")
        assert tasks(client) == []
    if checkpoints != "kept":
        for file in data.glob("checkpoints.db*"):
            if checkpoints == "lost":
                file.unlink()
            else:
                file.write_bytes(b"this is no database" * 1000)
    with running(data) as process, process.client() as client:
        assert last(client, conversation) == waiting
        with socket_to(process, conversation) as socket:
            again = until(socket, "tool_call")
            assert (again["id"], again["description"]) == (asked["id"], asked["description"])
            assert again["seq"] > asked["seq"]
            socket.send(json.dumps({"type": "approve", "tool_call_id": again["id"]}))
            assert until(socket, "tool_result")["state"] == "done"
            message = until(socket, "done")["message"]
        assert (message["status"], message["content"]) == ("done", "That is done.")
        assert message["tool_calls"][0]["state"] == "done"
        assert tasks(client) == ["Call Ada"]
        client.post(f"/api/undo/{message['tool_calls'][0]['undo_id']}").raise_for_status()
        assert tasks(client) == []


def test_killed_behind_the_deed_the_answer_goes_on_by_itself(tmp_path: Path, ollama: GenerativeOllama) -> None:
    data, gate = tmp_path / "data", Gate()
    with running(data) as process, process.client() as client:
        conversation = begun(client, ollama)
        url = f"/api/conversations/{conversation}"
        client.post(f"{url}/messages", json={"content": WISH}).raise_for_status()
        (call,) = last(client, conversation)["tool_calls"]
        ollama.faults["/api/chat"] = HeldMidStream(1, gate)
        decided = client.post(f"{url}/tool-calls/{call['id']}", json={"decision": "approve"}).raise_for_status()
        assert decided.json()["state"] == "done"
        assert gate.reached.wait(60), "the model was never asked to go on"
    del ollama.faults["/api/chat"]
    gate.open()
    with running(data) as process, process.client() as client:
        message = until_status(client, conversation, "done")
        assert message["content"] == "That is done."
        assert tasks(client) == ["Call Ada"]


def test_whenever_the_kill_comes_it_is_done_once(tmp_path: Path, ollama: GenerativeOllama) -> None:
    data, dice = tmp_path / "data", random.Random(SEED)
    for _ in range(KILLS):
        with running(data) as process, process.client() as client:
            for task in client.get("/api/tasks").json()["items"]:
                client.delete(f"/api/tasks/{task['id']}").raise_for_status()
            conversation = begun(client, ollama)
            url = f"/api/conversations/{conversation}"
            client.post(f"{url}/messages", json={"content": WISH}).raise_for_status()
            (call,) = last(client, conversation)["tool_calls"]
            word = threading.Thread(target=_approve, args=(process, f"{url}/tool-calls/{call['id']}"))
            word.start()
            time.sleep(dice.uniform(0, 0.03))  # not a wait: the kill is to come at any moment of the deed
        word.join(30)
        with running(data) as process, process.client() as client:
            state = last(client, conversation)["tool_calls"][0]["state"]
            assert state in ("pending", "approved", "done")
            assert tasks(client) == ([] if state != "done" else ["Call Ada"]) or state == "approved"
            client.post(f"{url}/tool-calls/{call['id']}", json={"decision": "approve"}).raise_for_status()
            assert until_status(client, conversation, "done")["content"] == "That is done."
            assert tasks(client) == ["Call Ada"]


def _approve(process: CortexProcess, url: str) -> None:
    with contextlib.suppress(httpx.HTTPError), process.client() as client:
        client.post(url, json={"decision": "approve"})
