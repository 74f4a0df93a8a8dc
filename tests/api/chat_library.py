"""A small library to ask, on a real server, and the WebSocket's client."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from tests.conftest import RunningServer, ServerThread
from websockets.sync.client import ClientConnection, connect

LIGHTHOUSE = (
    "# Skerry Point\n\nThe lighthouse at Skerry Point was built in 1871 by Ada Moreland 🙂. It was automated a century "
    "later.\n\nIts lamp burned colza oil at first. Paraffin replaced the colza oil in 1890, which halved the cost."
)
BREAD = "# Rye bread\n\nA rye sourdough rests for sixteen hours. Caraway seeds go into the dough before it is shaped."
QUESTION = "Who built the lighthouse at Skerry Point?"


def fill(server: RunningServer, client: httpx.Client) -> dict[str, str]:
    """Save two notes and wait until they can be found; gives their ids."""
    ids = {}
    for name, content, tag in (("lighthouse", LIGHTHOUSE, "sea"), ("bread", BREAD, "kitchen")):
        body = {"content": content, "content_type": "text/markdown", "tags": [tag]}
        ids[name] = client.post("/api/items", json=body).raise_for_status().json()["id"]
    for item_id in ids.values():
        ready(server, item_id)
    return ids


@contextmanager
def filled(folder: Path) -> Iterator[tuple[RunningServer, dict[str, str]]]:
    """A server of its own with the two notes, and their ids."""
    with ServerThread(data_dir=folder / "data") as server:
        with server.client() as http:
            ids = fill(server, http)
        yield server, ids


def ready(server: RunningServer, item_id: str) -> None:
    """Wait until an item can be found."""
    asyncio.run_coroutine_threadsafe(_ready(server, item_id), server.loop).result(60)


async def _ready(server: RunningServer, item_id: str) -> None:
    with server.application.events.subscribe() as changes:
        if (await server.application.items.get(item_id)).status == "ready":
            return
        async for _ in changes:
            if (await server.application.items.get(item_id)).status == "ready":
                return


def converse(client: httpx.Client, **body: object) -> str:
    """A new conversation's id."""
    conversation: str = client.post("/api/conversations", json=body).raise_for_status().json()["id"]
    return conversation


def chat(server: RunningServer, conversation_id: str) -> ClientConnection:
    """The owner's WebSocket to a conversation."""
    return connect(
        f"ws://127.0.0.1:{server.port}/api/ws/chat/{conversation_id}",
        additional_headers={"Authorization": f"Bearer {server.token}"},
        proxy=None,
        open_timeout=20,
    )


def send(socket: ClientConnection, message: object) -> None:
    socket.send(message if isinstance(message, str) else json.dumps(message))


def receive(socket: ClientConnection) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(socket.recv(timeout=30))
    return event


def until_end(socket: ClientConnection) -> list[dict[str, Any]]:
    """Events up to and with `done` or `error`."""
    return list(_until_end(socket))


def _until_end(socket: ClientConnection) -> Iterator[dict[str, Any]]:
    while True:
        event = receive(socket)
        yield event
        if event["type"] in ("done", "error"):
            return
