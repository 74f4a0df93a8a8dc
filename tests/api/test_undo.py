"""Undoing: once, within a day, and honest about what is gone."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from tests.api.library import refused, save, undo
from tests.conftest import RunningServer


@pytest.fixture
def client(quiet_client: httpx.Client) -> httpx.Client:
    """Nothing is processed meanwhile."""
    return quiet_client


def test_an_undo_works_once(client: httpx.Client) -> None:
    undo_id = save(client, content="Text")["undo_id"]
    undo(client, undo_id)
    refused(client.post(f"/api/undo/{undo_id}"), 404, "undo_not_found")
    refused(client.post("/api/undo/undo_x"), 404, "undo_not_found")


def test_an_undo_of_what_was_deleted_for_good_says_so(client: httpx.Client) -> None:
    item_id = save(client, content="Text")["id"]
    undo_id = client.put(f"/api/items/{item_id}", json={"title": "Other"}).json()["undo_id"]
    client.delete(f"/api/items/{item_id}", params={"permanent": "true"})
    assert undo(client, undo_id)["missing"] == [item_id]


def test_restoring_what_is_saved_again_elsewhere_is_a_conflict(server: RunningServer, client: httpx.Client) -> None:
    old = save(client, url="https://example.com/a", content="<p>1</p>")["id"]
    client.delete(f"/api/items/{old}")
    # A redirect may give a second item the address of a trashed one; capture itself would have restored it.
    new = save(client, url="https://example.com/b", content="<p>2</p>")["id"]
    asyncio.run_coroutine_threadsafe(
        server.application.items.update(new, canonical_url="https://example.com/a"), server.loop
    ).result(10)
    refused(client.post(f"/api/items/{old}/restore"), 409, "conflict")
