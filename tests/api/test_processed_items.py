"""Items after they were processed: what a reader gets, and what a second version does to it."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from tests.api.library import get, save, undo
from tests.conftest import RunningServer

from cortex.api import items as items_api
from cortex.db.driver import Connection
from cortex.security.sanitize import sanitize_html

PAGE = """<!doctype html><html lang="en"><head><title>On Tides</title></head><body><article><h1>On Tides</h1>
<p>The tides are raised by the moon and, less so, by the sun 😀; {word} waters rise twice a day on most coasts.</p>
<p onclick="alert(1)">Spring tides come at full moon. <script>alert(1)</script><a href="javascript:alert(1)">Neap</a>
tides come at half moon, when sun and moon pull at right angles and partly cancel each other out.</p>
<img src="https://tracker.invalid/pixel.png" onerror="alert(1)" alt="A chart"></article></body></html>"""


def processed(client: httpx.Client, item_id: str, version: int) -> dict[str, Any]:
    """The item once this version of it is ready."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        item = get(client, item_id)
        if item["status"] in ("ready", "failed") and item["content_version"] == version:
            assert item["status"] == "ready", item["error"]
            return item
        threading.Event().wait(0.02)
    raise AssertionError(f"not ready: {item['status']} {item['stage']} {item['error']}")


def test_a_ready_item_is_safe_to_read_and_its_offsets_count_code_points(client: httpx.Client) -> None:
    saved = save(client, url="https://example.com/tides", content=PAGE.format(word="salty"))
    item = processed(client, saved["id"], 1)
    assert item["title"] == "On Tides"
    assert "raised by the moon" in item["content_text"]
    for bad in ("<script", "onclick", "onerror", "javascript:", 'src="https://tracker'):
        assert bad not in item["content_html"]
    assert item["chunks"] >= 1
    assert item["connections"] == 0
    assert item["summary"]
    assert item["word_count"] > 20
    assert item["progress"] == 1
    assert item["processed_at"]
    text = item["content_text"]
    assert text[text.index("😀") + 1 :].startswith(";")


def test_others_are_answered_while_a_page_is_made_safe_to_read(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which takes a quarter of a second for a page of 2 MB."""
    saved = save(client, url="https://example.com/tides", content=PAGE.format(word="salty"))
    processed(client, saved["id"], 1)
    begun, answered = threading.Event(), threading.Event()

    def taking_long(html: str) -> str:
        begun.set()
        assert answered.wait(30)
        return sanitize_html(html)

    monkeypatch.setattr(items_api, "sanitize_html", taking_long)
    with ThreadPoolExecutor(1) as other:
        page = other.submit(get, client, saved["id"])
        assert begun.wait(30)
        try:
            assert client.get("/api/health", timeout=10).status_code == 200
        finally:
            answered.set()
        assert "raised by the moon" in page.result(30)["content_html"]


def test_an_item_is_given_without_its_text_when_that_is_asked_for(client: httpx.Client) -> None:
    saved = save(client, url="https://example.com/tides", content=PAGE.format(word="salty"))
    whole = processed(client, saved["id"], 1)
    assert get(client, f"{saved['id']}?content=false") == {**whole, "content_html": None, "content_text": None}
    changed = client.put(f"/api/items/{saved['id']}?content=false", json={"read_progress": 0.5}).json()
    assert (changed["content_html"], changed["content_text"]) == (None, None)
    assert (changed["read_progress"], changed["word_count"]) == (0.5, whole["word_count"])
    assert "raised by the moon" in client.get(f"/api/items/{saved['id']}/original").text


def test_a_given_title_stays_and_a_new_version_replaces_the_text_until_it_is_undone(client: httpx.Client) -> None:
    url = "https://example.com/tides"
    saved = save(client, url=url, title="My title", content=PAGE.format(word="salty"))
    assert processed(client, saved["id"], 1)["title"] == "My title"
    again = save(client, url=url, content=PAGE.format(word="fresh"))
    assert again["new_version"] is True
    second = processed(client, saved["id"], 2)
    assert "fresh waters" in second["content_text"]
    assert second["title"] == "My title"
    undo(client, again["undo_id"])
    assert "salty waters" in processed(client, saved["id"], 1)["content_text"]


def test_a_tag_that_was_taken_off_does_not_come_back_by_itself(client: httpx.Client) -> None:
    saved = save(client, url="https://example.com/tides", content=PAGE.format(word="salty"), tags=["sea"])
    item = processed(client, saved["id"], 1)
    automatic = [tag["name"] for tag in item["tags"] if tag["by"] == "auto"]
    client.put(f"/api/items/{saved['id']}", json={"tags": ["sea"]})
    save(client, url="https://example.com/tides", content=PAGE.format(word="brackish"))
    after = processed(client, saved["id"], 2)
    assert "sea" in [tag["name"] for tag in after["tags"]]
    assert not set(automatic) & {tag["name"] for tag in after["tags"]}


def found(client: httpx.Client, query: str) -> list[str]:
    answer = client.post("/api/search", json={"query": query, "mode": "keyword"})
    assert answer.status_code == 200, answer.text
    return [result["item_id"] for result in answer.json()["results"]]


def test_new_titles_and_tags_are_searched_for_at_once_and_so_are_the_old_after_an_undo(client: httpx.Client) -> None:
    saved = save(client, url="https://example.com/tides", content=PAGE.format(word="salty"))
    processed(client, saved["id"], 1)
    changed = client.put(f"/api/items/{saved['id']}", json={"title": "Zanzibar", "tags": ["quokka"]}).json()
    assert found(client, "zanzibar") == found(client, "quokka") == [saved["id"]]
    renamed = client.put("/api/tags/quokka", json={"name": "wombat"}).json()
    assert found(client, "wombat") == [saved["id"]]
    undo(client, renamed["undo_id"])
    undo(client, changed["undo_id"])
    assert found(client, "zanzibar") == found(client, "wombat") == []
    assert found(client, "spring tides") == [saved["id"]]


def test_the_trash_is_not_searched_and_what_is_deleted_for_good_leaves_no_rows(
    server: RunningServer, client: httpx.Client
) -> None:
    saved = save(client, url="https://example.com/tides", content=PAGE.format(word="salty"), tags=["sea"])
    processed(client, saved["id"], 1)
    client.delete(f"/api/items/{saved['id']}")
    assert found(client, "tides") == []
    client.delete(f"/api/items/{saved['id']}", params={"permanent": "true"})

    def rows(connection: Connection) -> dict[str, int]:
        named = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        about = [
            name
            for name in named
            if name in ("items", "item_contents", "item_tags", "chunks", "jobs", "highlights")
            or name.startswith(("vector_bits_", "vector_int8_"))
        ]
        counts = {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in about}
        words = "SELECT count(*) FROM chunks_fts WHERE chunks_fts MATCH 'tides'"
        return counts | {"chunks_fts": connection.execute(words).fetchone()[0]}

    reading = asyncio.run_coroutine_threadsafe(server.application.database.read(rows), server.loop)
    left = reading.result(10)
    assert {"items", "chunks", "chunks_fts"} <= set(left)
    assert not any(left.values()), left
