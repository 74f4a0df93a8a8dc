"""Items: one test per row of the contract's table, and what lies between the rows."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest
from tests.api.library import get, ids, refused, save, undo
from tests.conftest import RunningServer

ITEM_FIELDS = {
    "id", "url", "canonical_url", "title", "author", "site_name", "published_at", "language", "kind", "source",
    "status", "stage", "progress", "error", "attempts", "excerpt", "summary", "summary_by", "tags", "collection_id",
    "local_only",
    "content_version", "pages", "word_count", "reading_minutes", "favourite", "archived", "read_progress", "created_at",
    "updated_at", "processed_at", "deleted_at",
}  # fmt: skip


@pytest.fixture
def client(quiet_client: httpx.Client) -> httpx.Client:
    """Nothing is processed meanwhile."""
    return quiet_client


# Saving


def test_saving_answers_with_the_item_and_reads_back(client: httpx.Client) -> None:
    answer = client.post(
        "/api/items",
        json={
            "url": "https://example.com/a?utm_source=x",
            "title": "First",
            "content": "<p>Hello <b>world</b></p>",
            "content_type": "text/html",
            "tags": ["a", "b"],
            "note": "why",
            "selection": "Hello",
            "captured_at": "2026-01-31T10:20:30+01:00",
        },
    )
    assert answer.status_code == 200
    saved = answer.json()
    assert saved["status"] == "pending"
    assert saved["duplicate"] is False
    assert saved["title"] == "First"
    assert saved["created_at"].endswith("Z")
    assert saved["undo_id"]
    item = get(client, saved["id"])
    assert set(item) >= ITEM_FIELDS | {"content_html", "content_text", "chunks", "connections"}
    assert item["url"] == "https://example.com/a?utm_source=x"
    assert item["canonical_url"] == "https://example.com/a"
    assert item["tags"] == [{"name": "a", "by": "user"}, {"name": "b", "by": "user"}]
    assert (item["note"], item["selection"]) == ("why", "Hello")
    assert item["captured_at"] == "2026-01-31T09:20:30.000Z"
    assert (item["kind"], item["source"], item["content_version"]) == ("article", "manual", 1)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"content": "Just words"}, "note"),
        ({"content": "# Words", "content_type": "text/markdown"}, "note"),
        ({"content": "<p>Page</p>", "url": "https://example.com/"}, "article"),
        ({"url": "https://nowhere.invalid/page"}, "bookmark"),
        ({"url": "https://youtu.be/dQw4w9WgXcQ"}, "video"),
        ({"url": "https://vimeo.com/123456", "content": "<p>Film</p>"}, "video"),
    ],
)
def test_the_kind_follows_from_what_came_in(client: httpx.Client, body: dict[str, str], kind: str) -> None:
    assert get(client, save(client, **body)["id"])["kind"] == kind


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ({"content": "# A heading\n\nText"}, "A heading"),
        ({"content": "\n\n  First line \nsecond"}, "First line"),
        ({"content": "<html><head><title>Page &amp; more</title></head><body><p>x</p></body></html>"}, "Page & more"),
        ({"url": "https://nowhere.invalid/some-good-words.html"}, "some good words (nowhere.invalid)"),
        ({"url": "https://nowhere.invalid/"}, "nowhere.invalid"),
    ],
)
def test_what_has_no_title_gets_one_to_recognise_it_by(client: httpx.Client, body: dict[str, str], title: str) -> None:
    assert save(client, **body)["title"] == title


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": "only a title"},
        {"url": "", "content": " \n\0"},
        {"url": "javascript:alert(1)"},
        {"url": "file:///etc/passwd"},
        {"url": "https://"},
        {"content": "x", "content_type": "application/pdf"},
        {"content": "x", "captured_at": "yesterday"},
        {"content": "x", "tags": ["t" * 101]},
        {"content": "x", "tags": [""]},
        {"content": "x", "tags": "a"},
        {"content": 5},
        {"content": "x", "note": "n" * 200_001},
    ],
)
def test_what_cannot_be_saved_is_refused_and_nothing_is_kept(client: httpx.Client, body: dict[str, object]) -> None:
    error = refused(client.post("/api/items", json=body), 422, "validation_error")
    assert error["details"][0].keys() >= {"loc", "msg", "type"}
    assert client.get("/api/items").json()["total"] == 0


def test_an_unknown_collection_is_named(client: httpx.Client) -> None:
    answer = client.post("/api/items", json={"content": "x", "collection_id": "coll_nothing"})
    refused(answer, 404, "collection_not_found")
    assert client.get("/api/items").json()["total"] == 0


def test_an_address_saved_again_is_a_duplicate(client: httpx.Client) -> None:
    first = save(client, url="https://example.com/a", content="<p>One</p>", tags=["old"])
    again = save(client, url="http://www.example.com/a/?utm_source=x#top", content="<p>One</p>")
    assert (again["id"], again["duplicate"], again["new_version"]) == (first["id"], True, False)
    assert again["undo_id"] is None
    assert again["content_version"] == 1
    alone = save(client, url="https://example.com/a")
    assert (alone["id"], alone["duplicate"]) == (first["id"], True)
    assert client.get("/api/items").json()["total"] == 1


def test_a_duplicate_brings_its_tags_and_note(client: httpx.Client) -> None:
    first = save(client, url="https://example.com/a", content="<p>One</p>", tags=["old"], note="first")
    again = save(client, url="https://example.com/a", tags=["new", "OLD"], note="second")
    item = get(client, first["id"])
    assert [tag["name"] for tag in item["tags"]] == ["old", "new"]
    assert item["note"] == "first\n\nsecond"
    undo(client, again["undo_id"])
    item = get(client, first["id"])
    assert [tag["name"] for tag in item["tags"]] == ["old"]
    assert item["note"] == "first"


def test_changed_content_becomes_a_version_and_undoing_brings_the_earlier_one_back(client: httpx.Client) -> None:
    first = save(client, url="https://example.com/a", content="<p>One</p>")
    again = save(client, url="https://example.com/a", content="<p>Two</p>")
    assert (again["id"], again["duplicate"], again["new_version"]) == (first["id"], True, True)
    assert again["content_version"] == 2
    assert client.get(f"/api/items/{first['id']}/original").content == b"<p>Two</p>"
    assert client.get(f"/api/items/{first['id']}/original", params={"version": 1}).content == b"<p>One</p>"
    undo(client, again["undo_id"])
    assert client.get(f"/api/items/{first['id']}/original").content == b"<p>One</p>"


def test_the_same_words_without_an_address_are_a_duplicate(client: httpx.Client) -> None:
    first = save(client, content="Remember the milk")
    assert save(client, content="Remember the milk", title="Other")["id"] == first["id"]
    page = save(client, url="https://example.com/milk", content="Remember the milk")
    assert (page["id"], page["duplicate"]) == (first["id"], True)
    assert get(client, first["id"])["url"] == "https://example.com/milk"


def test_two_addresses_with_the_same_words_are_two_items(client: httpx.Client) -> None:
    one = save(client, url="https://example.com/1", content="<p>Same</p>")
    two = save(client, url="https://example.com/2", content="<p>Same</p>")
    assert one["id"] != two["id"]


def test_what_lies_in_the_trash_comes_back_when_it_is_saved_again(client: httpx.Client) -> None:
    first = save(client, url="https://example.com/a", content="<p>One</p>")
    client.delete(f"/api/items/{first['id']}")
    again = save(client, url="https://example.com/a", content="<p>One</p>")
    assert (again["id"], again["duplicate"]) == (first["id"], True)
    assert get(client, first["id"])["deleted_at"] is None
    undo(client, again["undo_id"])
    assert get(client, first["id"])["deleted_at"] is not None


def test_undoing_a_capture_puts_it_in_the_trash(client: httpx.Client) -> None:
    first = save(client, content="Oops")
    undone = undo(client, first["undo_id"])
    assert undone["done"] == 1
    assert ids(client) == []
    assert ids(client, trashed=True) == [first["id"]]
    undo(client, undone["undo_id"])
    assert ids(client) == [first["id"]]


def test_lone_surrogates_and_nul_are_cleaned_and_never_an_error(client: httpx.Client) -> None:
    body = json.dumps({"title": "a\ud800b\0c", "content": "x\ud800\0y", "tags": ["t\0\udfff"], "note": "\ud800n"})
    answer = client.post("/api/items", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200, answer.text
    item = get(client, answer.json()["id"])
    assert item["title"] == "abc"
    assert item["tags"][0]["name"] == "t"
    assert item["note"] == "n"


def test_huge_titles_are_shortened(client: httpx.Client) -> None:
    assert len(save(client, title="word " * 5000, content="x")["title"]) <= 500


def test_naughty_strings_are_stored_or_refused_and_found_again(client: httpx.Client, shared: Path) -> None:
    strings = json.loads((shared / "data" / "hostile" / "naughty-strings.json").read_text(encoding="utf-8"))
    for text in strings:
        answer = client.post("/api/items", json={"title": text, "content": text, "tags": [text], "note": text})
        assert answer.status_code in (200, 422), (text, answer.text)
        everywhere = {"tag": text, "site": text, "source": text, "collection_id": text}
        for params in (everywhere, {"cursor": text}):
            listed = client.get("/api/items", params=params)
            assert listed.status_code in (200, 422), (text, listed.text)
        looked = client.get("/api/items/lookup", params={"url": text})
        assert looked.status_code in (200, 422), (text, looked.text)
    tags = [tag["name"] for item in client.get("/api/items").json()["items"] for tag in item["tags"]]
    assert all(ids(client, tag=tag) for tag in tags)


# One item


def test_an_unknown_item_is_not_found_everywhere(client: httpx.Client) -> None:
    for answer in (
        client.get("/api/items/item_x"),
        client.put("/api/items/item_x", json={"title": "t"}),
        client.delete("/api/items/item_x"),
        client.delete("/api/items/item_x", params={"permanent": "true"}),
        client.post("/api/items/item_x/restore"),
        client.get("/api/items/item_x/original"),
        client.get("/api/items/item_x/assets/a.png"),
    ):
        refused(answer, 404, "item_not_found")


def test_changing_sets_what_is_named_and_undoing_puts_it_all_back(client: httpx.Client) -> None:
    shelf = client.post("/api/collections", json={"name": "Shelf"}).json()["id"]
    item_id = save(client, title="Before", content="Text", tags=["one", "two"], note="old")["id"]
    before = get(client, item_id)
    change = {
        "title": "After",
        "tags": ["two", "three"],
        "collection_id": shelf,
        "note": "new",
        "favourite": True,
        "archived": True,
        "read_progress": 0.5,
        "local_only": True,
    }
    answer = client.put(f"/api/items/{item_id}", json=change)
    assert answer.status_code == 200, answer.text
    changed = answer.json()
    assert [tag["name"] for tag in changed["tags"]] == ["two", "three"]
    assert {name: changed[name] for name in change if name != "tags"} == {
        name: value for name, value in change.items() if name != "tags"
    }
    undo(client, changed["undo_id"])
    after = get(client, item_id)
    moving = {"updated_at", "status", "stage", "progress", "attempts"}
    kept = set(before) - moving - {"content_html", "content_text", "chunks", "excerpt", "summary", "summary_by"}
    for name in kept & (set(change) | {"tags", "deleted_at"}):
        assert after[name] == before[name], name


def test_changing_nothing_has_nothing_to_undo(client: httpx.Client) -> None:
    item_id = save(client, title="Same", content="Text")["id"]
    assert client.put(f"/api/items/{item_id}", json={}).json()["undo_id"] is None
    assert client.put(f"/api/items/{item_id}", json={"title": "Same"}).json()["undo_id"] is None


def test_tags_may_be_sent_back_as_they_were_answered(client: httpx.Client) -> None:
    item = get(client, save(client, content="Text", tags=["one"])["id"])
    answer = client.put(f"/api/items/{item['id']}", json={"tags": [*item["tags"], "two"]})
    assert [tag["name"] for tag in answer.json()["tags"]] == ["one", "two"]


def test_null_takes_an_item_out_of_its_collection(client: httpx.Client) -> None:
    shelf = client.post("/api/collections", json={"name": "Shelf"}).json()["id"]
    item_id = save(client, content="Text", collection_id=shelf)["id"]
    assert client.put(f"/api/items/{item_id}", json={"title": "t"}).json()["collection_id"] == shelf
    assert client.put(f"/api/items/{item_id}", json={"collection_id": None}).json()["collection_id"] is None


def test_new_content_is_a_new_version_that_is_processed_again(client: httpx.Client) -> None:
    item_id = save(client, content="Old words", content_type="text/markdown")["id"]
    changed = client.put(f"/api/items/{item_id}", json={"content": "New words"}).json()
    assert changed["content_version"] == 2
    assert changed["media_type"] == "text/markdown"
    assert client.get(f"/api/items/{item_id}/original").content == b"New words"
    undo(client, changed["undo_id"])
    assert get(client, item_id)["content_version"] == 1


@pytest.mark.parametrize(
    "change", [{"read_progress": 2}, {"title": ""}, {"tags": ["x" * 101]}, {"content": ""}, {"favourite": "maybe"}]
)
def test_a_change_out_of_range_changes_nothing(client: httpx.Client, change: dict[str, object]) -> None:
    item_id = save(client, title="Same", content="Text")["id"]
    refused(client.put(f"/api/items/{item_id}", json={**change, "note": "x"}), 422, "validation_error")
    assert get(client, item_id)["note"] is None


def test_moving_to_an_unknown_collection_changes_nothing(client: httpx.Client) -> None:
    item_id = save(client, title="Same", content="Text")["id"]
    answer = client.put(f"/api/items/{item_id}", json={"title": "Other", "collection_id": "coll_x"})
    refused(answer, 404, "collection_not_found")
    assert get(client, item_id)["title"] == "Same"


def test_deleting_goes_to_the_trash_and_restoring_brings_back(client: httpx.Client) -> None:
    item_id = save(client, content="Text")["id"]
    answer = client.delete(f"/api/items/{item_id}")
    assert answer.status_code == 204
    assert answer.content == b""
    assert ids(client) == []
    assert get(client, item_id)["deleted_at"] is not None
    refused(client.put(f"/api/items/{item_id}", json={"title": "t"}), 409, "conflict")
    restored = client.post(f"/api/items/{item_id}/restore")
    assert restored.status_code == 200
    assert restored.json()["deleted_at"] is None
    assert ids(client) == [item_id]
    undo(client, answer.headers["X-Undo-Id"])
    undo(client, restored.json()["undo_id"])
    assert ids(client) == []


def test_deleting_for_good_leaves_nothing(server: RunningServer, client: httpx.Client) -> None:
    item_id = save(client, content="Secret words that go")["id"]
    other = save(client, content="Words that stay")["id"]
    answer = client.delete(f"/api/items/{item_id}", params={"permanent": "true"})
    assert answer.status_code == 204
    assert "X-Undo-Id" not in answer.headers
    refused(client.get(f"/api/items/{item_id}"), 404, "item_not_found")
    originals = [path.read_bytes() for path in (server.settings.data_dir / "originals").glob("??/*")]
    assert originals == [b"Words that stay"]
    assert ids(client) == [other]


def test_an_original_that_another_item_has_stays(client: httpx.Client) -> None:
    one = save(client, url="https://example.com/1", content="<p>Same</p>")["id"]
    two = save(client, url="https://example.com/2", content="<p>Same</p>")["id"]
    client.delete(f"/api/items/{one}", params={"permanent": "true"})
    assert client.get(f"/api/items/{two}/original").content == b"<p>Same</p>"


# Lookup


def test_lookup_says_whether_an_address_is_saved(client: httpx.Client) -> None:
    url = "https://example.com/a"
    assert client.get("/api/items/lookup", params={"url": url}).json() == {
        "saved": False,
        "item_id": None,
        "saved_at": None,
    }
    saved = save(client, url=url, content="<p>x</p>")
    found = client.get("/api/items/lookup", params={"url": "http://www.example.com/a/#top"}).json()
    assert found == {"saved": True, "item_id": saved["id"], "saved_at": saved["created_at"]}
    client.delete(f"/api/items/{saved['id']}")
    assert client.get("/api/items/lookup", params={"url": url}).json()["saved"] is False
    assert client.get("/api/items/lookup", params={"url": "chrome://newtab"}).json()["saved"] is False
    refused(client.get("/api/items/lookup"), 422, "validation_error")
