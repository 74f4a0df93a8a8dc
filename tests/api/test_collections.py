"""Collections: nested folders."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.api.library import get, refused, save, undo


@pytest.fixture
def client(quiet_client: httpx.Client) -> httpx.Client:
    """Nothing is processed meanwhile."""
    return quiet_client


def make(client: httpx.Client, name: str, parent_id: str | None = None) -> dict[str, Any]:
    answer = client.post("/api/collections", json={"name": name, "parent_id": parent_id})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_making_reading_and_listing(client: httpx.Client) -> None:
    outer = make(client, "Outer")
    inner = make(client, "inner", outer["id"])
    save(client, content="x", collection_id=inner["id"])
    assert client.get(f"/api/collections/{inner['id']}").json()["items"] == 1
    page = client.get("/api/collections").json()
    assert [(one["name"], one["parent_id"], one["items"]) for one in page["items"]] == [
        ("inner", outer["id"], 1),
        ("Outer", None, 0),
    ]
    assert page["total"] == 2
    undo(client, make(client, "Short-lived")["undo_id"])
    assert client.get("/api/collections").json()["total"] == 2


def test_renaming_and_moving_are_undone(client: httpx.Client) -> None:
    outer, other = make(client, "Outer"), make(client, "Other")
    answer = client.put(f"/api/collections/{other['id']}", json={"name": "Inner", "parent_id": outer["id"]}).json()
    assert (answer["name"], answer["parent_id"]) == ("Inner", outer["id"])
    assert client.put(f"/api/collections/{other['id']}", json={"name": "Again"}).json()["parent_id"] == outer["id"]
    top = client.put(f"/api/collections/{other['id']}", json={"parent_id": None}).json()
    assert top["parent_id"] is None
    undo(client, top["undo_id"])
    undo(client, answer["undo_id"])
    now = client.get(f"/api/collections/{other['id']}").json()
    assert (now["name"], now["parent_id"]) == ("Other", None)


def test_a_collection_cannot_lie_within_itself(client: httpx.Client) -> None:
    outer = make(client, "Outer")
    inner = make(client, "Inner", outer["id"])
    deep = make(client, "Deep", inner["id"])
    for parent in (outer, inner, deep):
        refused(client.put(f"/api/collections/{outer['id']}", json={"parent_id": parent["id"]}), 409, "conflict")


def test_deleting_keeps_items_lifts_what_is_nested_and_is_undone(client: httpx.Client) -> None:
    outer = make(client, "Outer")
    middle = make(client, "Middle", outer["id"])
    inner = make(client, "Inner", middle["id"])
    item_id = save(client, content="x", collection_id=middle["id"])["id"]
    answer = client.delete(f"/api/collections/{middle['id']}")
    assert answer.status_code == 204
    assert get(client, item_id)["collection_id"] is None
    assert client.get(f"/api/collections/{inner['id']}").json()["parent_id"] == outer["id"]
    undo(client, answer.headers["X-Undo-Id"])
    assert get(client, item_id)["collection_id"] == middle["id"]
    assert client.get(f"/api/collections/{inner['id']}").json()["parent_id"] == middle["id"]
    assert client.get(f"/api/collections/{middle['id']}").json()["parent_id"] == outer["id"]


def test_unknown_collections_and_bad_names_are_refused(client: httpx.Client) -> None:
    refused(client.get("/api/collections/coll_x"), 404, "collection_not_found")
    refused(client.put("/api/collections/coll_x", json={"name": "x"}), 404, "collection_not_found")
    refused(client.delete("/api/collections/coll_x"), 404, "collection_not_found")
    refused(client.post("/api/collections", json={"name": "x", "parent_id": "coll_x"}), 404, "collection_not_found")
    refused(client.post("/api/collections", json={"name": " "}), 422, "validation_error")
    refused(client.post("/api/collections", json={}), 422, "validation_error")
