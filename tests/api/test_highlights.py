"""Highlights: anchored by offsets, and by their words when the text has changed."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.api.library import refused, save, undo
from tests.api.test_processed_items import processed

TEXT = "Words 😀 about tides.\n\nThe moon raises tides. The sun raises tides too.\n"


@pytest.fixture
def item(client: httpx.Client) -> dict[str, Any]:
    """A note that is ready."""
    saved = save(client, content=TEXT, content_type="text/plain", title="Tides")
    return processed(client, saved["id"], 1)


def mark(client: httpx.Client, item: dict[str, Any], quote: str, nth: int = 0, **more: object) -> dict[str, Any]:
    start = -1
    for _ in range(nth + 1):
        start = item["content_text"].index(quote, start + 1)
    body = {"quote": quote, "start": start, "end": start + len(quote), **more}
    answer = client.post(f"/api/items/{item['id']}/highlights", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def listed(client: httpx.Client, item: dict[str, Any]) -> list[dict[str, Any]]:
    page = client.get(f"/api/items/{item['id']}/highlights").json()
    assert page["total"] == len(page["items"])
    found: list[dict[str, Any]] = page["items"]
    return found


def test_marking_reading_changing_and_taking_off(client: httpx.Client, item: dict[str, Any]) -> None:
    later = mark(client, item, "The sun", note="really?", colour="green")
    first = mark(client, item, "😀 about")
    assert item["content_text"][first["start"] : first["end"]] == "😀 about"
    assert (later["content_version"], later["note"], later["colour"]) == (1, "really?", "green")
    assert [one["id"] for one in listed(client, item)] == [first["id"], later["id"]]
    path = f"/api/items/{item['id']}/highlights/{later['id']}"
    changed = client.put(path, json={"note": None, "colour": "pink"}).json()
    assert (changed["note"], changed["colour"], changed["quote"]) == (None, "pink", "The sun")
    undo(client, changed["undo_id"])
    assert listed(client, item)[1]["note"] == "really?"
    gone = client.delete(path)
    assert gone.status_code == 204
    assert len(listed(client, item)) == 1
    undo(client, gone.headers["X-Undo-Id"])
    assert [one["id"] for one in listed(client, item)] == [first["id"], later["id"]]
    undo(client, first["undo_id"])
    assert [one["id"] for one in listed(client, item)] == [later["id"]]


def test_words_said_to_stand_elsewhere_are_marked_where_they_stand_nearest(
    client: httpx.Client, item: dict[str, Any]
) -> None:
    second = item["content_text"].index("raises tides", item["content_text"].index("raises tides") + 1)
    body = {"quote": "raises tides", "start": second + 3, "end": second + 15}
    made = client.post(f"/api/items/{item['id']}/highlights", json=body).json()
    assert (made["start"], made["end"]) == (second, second + 12)


def test_highlights_follow_their_words_into_a_new_version(client: httpx.Client, item: dict[str, Any]) -> None:
    kept, lost = mark(client, item, "The moon"), mark(client, item, "The sun")
    client.put(f"/api/items/{item['id']}", json={"content": "New words first.\n\nThe moon raises tides.\n"})
    new = processed(client, item["id"], 2)
    after = {one["id"]: one for one in listed(client, item)}
    assert after[kept["id"]]["content_version"] == 2
    assert new["content_text"][after[kept["id"]]["start"] : after[kept["id"]]["end"]] == "The moon"
    assert (after[lost["id"]]["content_version"], after[lost["id"]]["start"]) == (1, lost["start"])


def test_what_cannot_be_marked_is_refused(client: httpx.Client, item: dict[str, Any]) -> None:
    path = f"/api/items/{item['id']}/highlights"
    for body in (
        {"quote": "words that are not there", "start": 0, "end": 5},
        {"quote": "Words", "start": 5, "end": 5},
        {"quote": "", "start": 0, "end": 5},
        {"quote": "Words", "start": -1, "end": 5},
        {"quote": "Words", "start": 0, "end": 5, "colour": "invisible"},
    ):
        refused(client.post(path, json=body), 422, "validation_error")
    good = {"quote": "Words", "start": 0, "end": 5}
    refused(client.post("/api/items/item_x/highlights", json=good), 404, "item_not_found")
    refused(client.get("/api/items/item_x/highlights"), 404, "item_not_found")
    refused(client.put(f"{path}/mark_x", json={"note": "n"}), 404, "highlight_not_found")
    refused(client.delete(f"{path}/mark_x"), 404, "highlight_not_found")
    waiting = save(client, url="https://nowhere.invalid/x")["id"]
    refused(client.post(f"/api/items/{waiting}/highlights", json=good), 409, "conflict")


def test_highlights_go_with_their_item(client: httpx.Client, item: dict[str, Any]) -> None:
    path = f"/api/items/{item['id']}/highlights/{mark(client, item, 'The moon')['id']}"
    undo_id = client.delete(path).headers["X-Undo-Id"]
    client.delete(f"/api/items/{item['id']}", params={"permanent": "true"})
    undo(client, undo_id)
    refused(client.get(f"/api/items/{item['id']}/highlights"), 404, "item_not_found")
