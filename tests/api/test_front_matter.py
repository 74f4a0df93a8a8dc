"""Tags that a note brings along are its author's: they are kept, and stay off when taken off."""

from __future__ import annotations

import json

import httpx
from tests.conftest import RunningServer
from websockets.sync.client import connect

NOTE = "---\ntitle: Tides\ntags: [Oceans, Reading list]\n---\n\nThe moon raises two bulges of water on the earth.\n"


def _processed(server: RunningServer, client: httpx.Client, item_id: str) -> dict[str, object]:
    address = f"ws://127.0.0.1:{server.port}/api/ws/processing/{item_id}"
    with connect(address, additional_headers={"Authorization": f"Bearer {server.token}"}, proxy=None) as socket:
        for message in socket:
            if json.loads(message)["type"] == "done":
                break
    found: dict[str, object] = client.get(f"/api/items/{item_id}").json()
    return found


def test_front_matter_tags_become_the_items_tags_once(server: RunningServer, client: httpx.Client) -> None:
    note = {"content": NOTE, "content_type": "text/markdown"}
    item_id = client.post("/api/items", json=note).json()["id"]
    item = _processed(server, client, item_id)
    assert item["title"] == "Tides"
    assert {"name": "Oceans", "by": "user"} in item["tags"]  # type: ignore[operator] # a list, as asserted
    assert {"name": "Reading list", "by": "user"} in item["tags"]  # type: ignore[operator] # a list, as asserted

    client.put(f"/api/items/{item_id}", json={"tags": ["Oceans"]})
    client.put(f"/api/items/{item_id}", json={"content": NOTE + "\nTwice a day.\n", "content_type": "text/markdown"})
    again = _processed(server, client, item_id)
    assert "Twice a day." in str(again["content_text"])
    assert "Reading list" not in str(again["tags"])
