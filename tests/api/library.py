"""Short words for what tests of the library do over and over."""

from __future__ import annotations

from typing import Any

import httpx


def save(client: httpx.Client, **body: object) -> dict[str, Any]:
    """Save something and give the answer."""
    answer = client.post("/api/items", json=body)
    assert answer.status_code == 200, answer.text
    saved: dict[str, Any] = answer.json()
    return saved


def get(client: httpx.Client, item_id: str) -> dict[str, Any]:
    """One item."""
    answer = client.get(f"/api/items/{item_id}")
    assert answer.status_code == 200, answer.text
    item: dict[str, Any] = answer.json()
    return item


def ids(client: httpx.Client, **params: Any) -> list[str]:
    """The ids of a list's first page."""
    answer = client.get("/api/items", params=params)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


def undo(client: httpx.Client, undo_id: str) -> dict[str, Any]:
    """Undo a write."""
    answer = client.post(f"/api/undo/{undo_id}")
    assert answer.status_code == 200, answer.text
    undone: dict[str, Any] = answer.json()
    return undone


def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The error that an answer must be."""
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    assert body["error"] == code
    assert body["message"]
    assert body["request_id"]
    return body
