"""The queue over HTTP and an item's progress over a WebSocket."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.conftest import RunningServer
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

QUEUE_FIELDS = {"pending", "processing", "failed", "paused", "items_per_minute", "items"}
ENTRY_FIELDS = {"item_id", "title", "status", "stage", "progress", "attempts", "error", "next_attempt_at"}


def watch(server: RunningServer, item_id: str) -> ClientConnection:
    return connect(
        f"ws://127.0.0.1:{server.port}/api/ws/processing/{item_id}",
        additional_headers={"Authorization": f"Bearer {server.token}"},
        proxy=None,
        open_timeout=20,
    )


def messages(socket: ClientConnection) -> Iterator[dict[str, Any]]:
    try:
        while True:
            yield json.loads(socket.recv(timeout=60))
    except ConnectionClosed:
        return


@pytest.fixture
def paused(client: httpx.Client) -> Iterator[None]:
    """Nothing is started, so that what a test saves stays as it is."""
    assert client.post("/api/processing/pause").json() == {"paused": True}
    yield
    client.post("/api/processing/resume")


def save(client: httpx.Client, **body: str) -> str:
    answer = client.post("/api/items", json=body)
    assert answer.status_code == 200, answer.text
    item_id: str = answer.json()["id"]
    return item_id


def queue(client: httpx.Client) -> dict[str, Any]:
    answer = client.get("/api/processing/queue")
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    assert set(shown) >= QUEUE_FIELDS
    return shown


def test_an_empty_queue(client: httpx.Client) -> None:
    shown = queue(client)
    assert (shown["pending"], shown["processing"], shown["failed"], shown["paused"], shown["items"]) == (
        0,
        0,
        0,
        False,
        [],
    )


@pytest.mark.usefixtures("paused")
def test_a_paused_queue_shows_what_waits_in_it(client: httpx.Client) -> None:
    item_id = save(client, content="A note about kilns.", title="Kilns")
    shown = queue(client)
    assert (shown["pending"], shown["paused"]) == (1, True)
    (entry,) = shown["items"]
    assert set(entry) >= ENTRY_FIELDS
    assert (entry["item_id"], entry["title"], entry["status"], entry["attempts"], entry["error"]) == (
        item_id,
        "Kilns",
        "pending",
        0,
        None,
    )
    assert entry["next_attempt_at"].endswith("Z")


def test_progress_is_told_until_it_is_done(client: httpx.Client, server: RunningServer) -> None:
    client.post("/api/processing/pause")
    item_id = save(
        client,
        content="# Kilns\n\nA kiln has to cool slowly. Opened early, the glaze cracks.",
        content_type="text/markdown",
    )
    with watch(server, item_id) as socket:
        told = messages(socket)
        first = next(told)
        assert (first["type"], first["status"], first["progress"]) == ("progress", "pending", 0)
        client.post("/api/processing/resume")
        rest = list(told)
    assert {message["type"] for message in rest[:-1]} <= {"progress"}
    assert [message["progress"] for message in rest[:-1]] == sorted(message["progress"] for message in rest[:-1])
    assert rest[-1]["type"] == "done"
    # Without the embedded model it would wait instead, and no `done` would come.
    assert rest[-1]["status"] == "ready"
    assert rest[-1]["error"] is None

    with watch(server, item_id) as socket:
        assert list(messages(socket)) == [{"type": "done", "status": "ready", "error": None}]


def test_failure_is_told_with_its_reason_listed_and_retried(client: httpx.Client, server: RunningServer) -> None:
    answer = client.post("/api/items/upload", files={"file": ("broken.pdf", b"%PDF-1.7 nothing", "application/pdf")})
    item_id = answer.json()["items"][0]["id"]
    with watch(server, item_id) as socket:
        last = list(messages(socket))[-1]
    assert (last["type"], last["status"]) == ("done", "failed")
    assert set(last["error"]) == {"code", "message"}
    shown = queue(client)
    assert shown["failed"] == 1
    assert shown["items"][0]["error"] == last["error"]

    client.post("/api/processing/pause")
    assert client.post("/api/processing/retry", json={"item_ids": ["item_unknown"]}).json() == {"retried": 0}
    assert client.post("/api/processing/retry", json={"item_ids": [item_id]}).json() == {"retried": 1}
    assert (queue(client)["failed"], queue(client)["pending"]) == (0, 1)
    assert client.get(f"/api/items/{item_id}").json()["status"] == "pending"
    client.post("/api/processing/resume")
    with watch(server, item_id) as socket:
        assert list(messages(socket))[-1]["status"] == "failed"
    assert client.post("/api/processing/retry").json() == {"retried": 1}, "without names: all that failed"


@pytest.mark.parametrize("body", [{"item_ids": "all"}, {"item_ids": [1]}, [], "x"])
def test_a_malformed_retry_is_refused(client: httpx.Client, body: object) -> None:
    answer = client.post("/api/processing/retry", json=body)
    assert (answer.status_code, answer.json()["error"]) == (422, "validation_error")


def test_watching_what_is_not_there(server: RunningServer) -> None:
    with watch(server, "item_unknown") as socket:
        told = list(messages(socket))
    assert [(message["type"], message["error"]) for message in told] == [("error", "item_not_found")]
    assert socket.close_code == 4404


@pytest.mark.usefixtures("paused")
def test_leaving_early_harms_nobody(client: httpx.Client, server: RunningServer) -> None:
    item_id = save(client, content="A note about kilns.")
    with watch(server, item_id) as socket:
        next(messages(socket))
    with watch(server, item_id) as socket:
        assert next(messages(socket))["status"] == "pending"


def test_what_comes_out_of_the_trash_is_processed_after_all(client: httpx.Client, server: RunningServer) -> None:
    client.post("/api/processing/pause")
    item_id = save(client, content="A note about kilns that cool slowly.")
    assert client.delete(f"/api/items/{item_id}").status_code == 204
    client.post("/api/processing/resume")
    # Another item behind it in the queue: when that one is ready, the trashed one's job is over.
    other = save(client, content="A second note, about glazes.")
    with watch(server, other) as socket:
        assert list(messages(socket))[-1]["status"] == "ready"
    assert client.get(f"/api/items/{item_id}").json()["status"] == "pending"
    assert client.post(f"/api/items/{item_id}/restore").status_code == 200
    with watch(server, item_id) as socket:
        assert list(messages(socket))[-1]["status"] == "ready"
