"""api.md, "Items": a test for each row of the table and for the record. Details: tests/api/test_items.py."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.api.contract.conftest import SAMPLES, Library
from tests.api.contract.shapes import CONTENT, has, is_item
from tests.api.library import refused, save, undo

NAMES = ("note", "bread", "page", "waiting", "two-pages.pdf", "broken.pdf")


@pytest.mark.parametrize("name", NAMES)
def test_the_item_record(library: Library, name: str) -> None:
    item = library.item(name)
    is_item(item)
    has(item, CONTENT)


def test_what_each_state_looks_like(library: Library) -> None:
    ready, waiting, failed = (library.item(name) for name in ("page", "waiting", "broken.pdf"))
    assert (ready["status"], ready["progress"], ready["error"], ready["stage"]) == ("ready", 1, None, "done")
    assert ready["processed_at"]
    assert ready["summary_by"] == "extractive"
    assert ready["reading_minutes"] >= 1
    assert (waiting["status"], waiting["error"]["code"], waiting["kind"]) == ("waiting", "dns", "bookmark")
    assert failed["status"] == "failed"
    assert failed["error"]["message"].endswith(".")


def test_post_items(client: httpx.Client) -> None:
    shelf = client.post("/api/collections", json={"name": "Shelf"}).json()["id"]
    body = {
        "url": "https://contract.example/a?utm_source=x",
        "title": "Mine",
        "content": "<p>Words of a page.</p>",
        "content_type": "text/html",
        "source": "script",
        "tags": ["one", "two"],
        "collection_id": shelf,
        "note": "why",
        "selection": "Words",
        "captured_at": "2026-01-31T10:20:30Z",
    }
    saved = save(client, **body)
    assert set(saved) >= {"id", "title", "status", "created_at", "duplicate", "undo_id"}
    assert (saved["title"], saved["status"], saved["duplicate"]) == ("Mine", "pending", False)
    item = client.get(f"/api/items/{saved['id']}").json()
    for name in ("url", "title", "source", "collection_id"):
        assert item[name] == body[name]
    assert [tag["name"] for tag in item["tags"]][:2] == ["one", "two"]
    again = save(client, url="http://CONTRACT.example/a/#top", content="<p>Other words of a page.</p>")
    assert (again["id"], again["duplicate"]) == (saved["id"], True)
    assert client.get(f"/api/items/{saved['id']}").json()["content_version"] == 2
    assert save(client, content="No source is named.")["id"]
    refused(client.post("/api/items", json={"title": "neither"}), 422, "validation_error")


@pytest.mark.parametrize("content_type", ["text/html", "text/markdown", "text/plain"])
def test_post_items_content_types(client: httpx.Client, content_type: str) -> None:
    saved = save(client, content=f"Said to be {content_type}.", content_type=content_type)
    assert client.get(f"/api/items/{saved['id']}").json()["source"] == "manual"


def test_post_items_upload(client: httpx.Client) -> None:
    page = (SAMPLES / "article.html").read_bytes()
    files = [("a", ("p.html", page)), ("b", ("n.md", b"# A note\n\nOf mine.")), ("c", ("t.txt", b"Plain words."))]
    answer = client.post("/api/items/upload", files=files)
    assert answer.status_code == 200
    items = answer.json()["items"]
    assert len(items) == 3
    for uploaded in items:
        assert set(uploaded) >= {"id", "title", "status", "created_at", "duplicate"}


FILTERS: tuple[tuple[dict[str, Any], set[str]], ...] = (
    ({"status": "waiting"}, {"waiting"}),
    ({"kind": "pdf"}, {"two-pages.pdf", "broken.pdf"}),
    ({"tag": "sea"}, {"note"}),
    ({"source": "extension"}, {"page"}),
    ({"site": "example.org"}, {"page"}),
    ({"favourite": "true"}, {"bread"}),
    ({"archived": "true"}, set()),
    ({"trashed": "true"}, set()),
    ({"collection_id": "coll_none"}, set()),
    ({"created_before": "2020-01-01T00:00:00Z"}, set()),
    ({"created_after": "2020-01-01", "created_before": "2999-01-01"}, set(NAMES)),
)


@pytest.mark.parametrize(("params", "expected"), FILTERS, ids=["+".join(params) for params, _ in FILTERS])
def test_get_items_filters(library: Library, params: dict[str, Any], expected: set[str]) -> None:
    page = library.client.get("/api/items", params={"limit": 200, **params}).json()
    found = {item["id"] for item in page["items"]}
    assert {name for name in NAMES if library.ids[name] in found} == expected
    for item in page["items"]:
        is_item(item)
        assert not set(item) & {"content_html", "content_text"}, "a list goes without content"


def test_get_items_sort(client: httpx.Client) -> None:
    titles = [item["title"] for item in client.get("/api/items", params={"sort": "title"}).json()["items"]]
    assert titles == sorted(titles, key=str.casefold)
    refused(client.get("/api/items", params={"sort": "mood"}), 422, "validation_error")


def test_get_items_facets(client: httpx.Client) -> None:
    assert client.get("/api/items").json()["facets"] is None
    facets = client.get("/api/items", params={"facets": "true"}).json()["facets"]
    assert set(facets) >= {"kind", "tag", "site", "collection", "month"}
    assert {"value": "pdf", "count": 2} in [{key: one[key] for key in ("value", "count")} for one in facets["kind"]]


def test_get_item(library: Library) -> None:
    item = library.item("two-pages.pdf")
    assert item["pages"] == 2
    assert item["chunks"] >= 1
    assert "<script" not in library.item("page")["content_html"]
    assert "Bristol" in library.item("page")["content_text"]
    refused(library.client.get("/api/items/item_none"), 404, "item_not_found")


def test_put_item(client: httpx.Client) -> None:
    shelf = client.post("/api/collections", json={"name": "Put"}).json()["id"]
    path = f"/api/items/{save(client, content='To be changed.')['id']}"
    change = {
        "title": "T", "note": "n", "favourite": True, "archived": True, "read_progress": 0.5, "collection_id": shelf,
    }  # fmt: skip
    changed = client.put(path, json=change | {"tags": ["x"]}).json()
    assert changed.items() >= change.items()
    assert changed["tags"] == [{"name": "x", "by": "user"}]
    assert changed["undo_id"]
    newer = client.put(path, json={"content": "Other words."}).json()
    assert newer["content_version"] == changed["content_version"] + 1
    assert newer["status"] in ("pending", "processing", "ready")


def test_delete_item_and_restore(client: httpx.Client) -> None:
    path = f"/api/items/{save(client, content='To be thrown away.')['id']}"
    deleted = client.delete(path)
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert deleted.headers["X-Undo-Id"].startswith("undo_")
    assert client.get(path).json()["deleted_at"]
    assert client.post(f"{path}/restore").json()["deleted_at"] is None
    assert client.delete(path, params={"permanent": "true"}).status_code == 204
    refused(client.get(path), 404, "item_not_found")


ACTIONS: tuple[dict[str, object], ...] = (
    {"action": "delete"},
    {"action": "restore"},
    {"action": "tag", "tags": ["bulk"]},
    {"action": "untag", "tags": ["bulk"]},
    {"action": "move", "collection_id": None},
    {"action": "archive"},
    {"action": "unarchive"},
    {"action": "retry"},
)


@pytest.mark.parametrize("action", ACTIONS, ids=[str(action["action"]) for action in ACTIONS])
def test_post_items_bulk(client: httpx.Client, action: dict[str, object]) -> None:
    item_id = save(client, content=f"For bulk {action['action']}.")["id"]
    answer = client.post("/api/items/bulk", json={"ids": [item_id, "item_none"], **action})
    assert answer.status_code == 200, answer.text
    done = answer.json()
    assert set(done) >= {"done", "failed", "undo_id"}
    assert isinstance(done["done"], int)
    assert {(one["id"], one["error"]) for one in done["failed"]} >= {("item_none", "item_not_found")}
    assert client.post("/api/items/bulk", json={"filters": {"source": "nowhere"}, **action}).json()["done"] == 0


def test_post_undo(client: httpx.Client) -> None:
    item_id = save(client, content="To be tagged and untagged.")["id"]
    done = client.post("/api/items/bulk", json={"ids": [item_id], "action": "tag", "tags": ["brief"]}).json()
    undone = undo(client, done["undo_id"])
    assert set(undone) >= {"done", "undo_id"}
    assert "brief" not in str(client.get(f"/api/items/{item_id}").json()["tags"])
    refused(client.post(f"/api/undo/{done['undo_id']}"), 404, "undo_not_found")


def test_get_original_and_assets(library: Library) -> None:
    path = f"/api/items/{library.ids['two-pages.pdf']}"
    original = library.client.get(f"{path}/original")
    assert original.content == (SAMPLES / "two-pages.pdf").read_bytes()
    assert original.headers["content-disposition"].startswith("attachment")
    assert original.headers["content-security-policy"].startswith("sandbox")
    refused(library.client.get(f"{path}/assets/none.png"), 404, "asset_not_found")


def test_get_lookup(library: Library) -> None:
    look_up = "/api/items/lookup"
    found = library.client.get(look_up, params={"url": "http://example.org/tides/?fbclid=1"}).json()
    assert (found["saved"], found["item_id"]) == (True, library.ids["page"])
    assert found["saved_at"].endswith("Z")
    nothing = library.client.get(look_up, params={"url": "https://example.org/other"}).json()
    assert {"saved": False, "item_id": None, "saved_at": None}.items() <= nothing.items()
