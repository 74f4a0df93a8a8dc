"""Saving through the API, and waiting until all of it is processed."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import httpx

from benchmarks.corpora import Saved


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What was saved, and under which id; `milliseconds` is how long the acknowledgement took."""

    saved: Saved
    item_id: str
    duplicate: bool
    milliseconds: float


def save(client: httpx.Client, things: Iterable[Saved]) -> list[Acknowledged]:
    """Save one after the other. Raises httpx.HTTPStatusError when one is refused."""
    return [_save(client, thing) for thing in things]


def _save(client: httpx.Client, thing: Saved) -> Acknowledged:
    started = time.perf_counter()
    if thing.data:
        answer = client.post("/api/items/upload", files=[("files", (thing.name, thing.data, thing.media_type))])
    else:
        body: dict[str, Any] = {"content": thing.text, "content_type": thing.media_type, "source": "bench"}
        answer = client.post("/api/items", json=body | ({"url": thing.url} if thing.url else {}))
    answer.raise_for_status()
    took = 1000 * (time.perf_counter() - started)
    item = answer.json()["items"][0] if thing.data else answer.json()
    return Acknowledged(thing, item["id"], item["duplicate"], took)


def wait_until_processed(client: httpx.Client, within_seconds: float = 1800) -> None:
    """Until nothing is pending or processing. Raises TimeoutError."""
    deadline = time.monotonic() + within_seconds
    while True:
        queue = client.get("/api/processing/queue").raise_for_status().json()
        if not queue["pending"] and not queue["processing"]:
            return
        if time.monotonic() > deadline:
            raise TimeoutError(f"still unprocessed after {within_seconds} s: {queue['pending']} items")
        time.sleep(0.1)


def all_items(client: httpx.Client, **filters: str) -> list[dict[str, Any]]:
    """Every item of the library, without content."""
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        parameters = filters | {"limit": "200"} | ({"cursor": cursor} if cursor else {})
        page = client.get("/api/items", params=parameters).raise_for_status().json()
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found
