"""api.md, "Who may call": what keys, sessions and tickets open. Hosts, origins and limits: tests/security."""

from __future__ import annotations

import httpx
import pytest
from tests.api.chat_library import converse
from tests.api.contract.conftest import Library
from tests.api.library import refused


def test_an_api_key_is_told_once(client: httpx.Client) -> None:
    made = client.post("/api/auth/keys", json={"name": "script", "scope": "read"}).json()
    assert {"id", "name", "scope", "created_at", "key"} <= set(made)
    assert made["id"].startswith("key_")
    listed = client.get("/api/auth/keys").json()["items"]
    assert made["key"] not in str(listed)
    assert client.delete(f"/api/auth/keys/{made['id']}").status_code == 204
    refused(client.delete(f"/api/auth/keys/{made['id']}"), 404, "key_not_found")


def test_only_hashes_are_stored_also_when_a_key_is_asked_for_twice(library: Library, client: httpx.Client) -> None:
    body, once = {"name": "phone", "scope": "capture"}, {"Idempotency-Key": "key-for-the-phone"}
    made, again = (client.post("/api/auth/keys", json=body, headers=once).json() for _ in range(2))
    assert made == again
    stored = b"".join(path.read_bytes() for path in library.server.settings.data_dir.rglob("*.db*"))
    assert made["id"].encode() in stored
    assert made["key"].encode() not in stored


@pytest.mark.parametrize("name", ["keys", "sessions"])
def test_keys_and_sessions_are_lists_like_all_others(client: httpx.Client, name: str) -> None:
    for number in range(3):
        if name == "keys":
            client.post("/api/auth/keys", json={"name": f"k{number}", "scope": "read"})
        else:
            ticket = client.post("/api/auth/tickets", json={}).json()["ticket"]
            with httpx.Client(base_url=client.base_url, trust_env=False) as browser:
                browser.post("/api/auth/sessions", json={"ticket": ticket}).raise_for_status()
    first = client.get(f"/api/auth/{name}", params={"limit": 2}).json()
    assert set(first) >= {"items", "next_cursor", "total"}
    second = client.get(f"/api/auth/{name}", params={"limit": 200, "cursor": first["next_cursor"]}).json()
    assert len(first["items"]) + len(second["items"]) == first["total"]
    assert client.get(f"/api/auth/{name}", params={"offset": 2}).json()["items"][0] == second["items"][0]


def test_capture_creates_uploads_looks_up_and_nothing_else(library: Library) -> None:
    with library.key("capture") as key:
        saved = key.post("/api/items", json={"content": "Caught on the way."})
        assert saved.status_code == 200
        assert key.post("/api/items/upload", files={"f": ("a.txt", b"A text of its own.")}).status_code == 200
        assert key.get("/api/items/lookup", params={"url": "https://www.example.org/tides"}).json()["saved"] is True
        refused(key.post("/api/auth/tickets", json={"purpose": "stream"}), 403, "forbidden")
        for method, path in (("GET", "/api/items"), ("GET", f"/api/items/{saved.json()['id']}"), ("GET", "/api/tags")):
            refused(key.request(method, path), 403, "forbidden")
        refused(key.post("/api/search", json={"query": "x"}), 403, "forbidden")
        refused(key.post(f"/api/undo/{saved.json()['undo_id']}"), 403, "forbidden")


def test_companion_captures_searches_and_sees_tags_and_collections(library: Library) -> None:
    with library.key("companion") as key:
        assert key.post("/api/items", json={"content": "From the side panel."}).status_code == 200
        assert key.post("/api/search", json={"query": "lighthouse"}).status_code == 200
        for path in ("/api/tags", "/api/collections", "/api/search/suggestions"):
            assert key.get(path).status_code == 200
        refused(key.post("/api/auth/tickets", json={"purpose": "stream"}), 403, "forbidden")
        refused(key.post("/api/conversations", json={}), 403, "forbidden")
        refused(key.delete(f"/api/items/{library.ids['note']}"), 403, "forbidden")


def test_read_reads_searches_and_chats_but_changes_nothing_that_is_there(library: Library) -> None:
    item = f"/api/items/{library.ids['note']}"
    with library.key("read") as key:
        for path in (item, "/api/items", "/api/tags", "/api/processing/queue", "/api/privacy/ledger"):
            assert key.get(path).status_code == 200, path
        conversation = converse(key)
        messages = f"/api/conversations/{conversation}/messages"
        answer = key.post(messages, json={"content": "Who built the lighthouse?"}).json()
        before = _said(key, conversation)
        question = key.get(f"/api/conversations/{conversation}").json()["messages"][0]["id"]
        for refusal in (
            key.post("/api/items", json={"content": "No."}),
            key.put(item, json={"title": "No."}),
            key.delete(item),
            key.put(f"/api/conversations/{conversation}", json={"title": "No."}),
            key.delete(f"/api/conversations/{conversation}"),
            key.delete(f"{messages}/{question}"),
            key.put(f"{messages}/{question}", json={"content": "What comes after this goes."}),
            key.post(f"{messages}/{answer['id']}/regenerate"),
            key.post("/api/searches", json={"name": "No", "request": {"query": "x"}}),
            key.post("/api/processing/pause"),
        ):
            refused(refusal, 403, "forbidden")
        assert _said(key, conversation) == before


def _said(key: httpx.Client, conversation: str) -> tuple[str, list[tuple[str, str, str]]]:
    """A conversation's title and words; suggestions come to it after the answer."""
    found = key.get(f"/api/conversations/{conversation}").json()
    return found["title"], [(each["id"], each["role"], each["content"]) for each in found["messages"]]


def test_write_does_all_but_keys_settings_and_deleting_everything(library: Library, client: httpx.Client) -> None:
    undo_id = client.put("/api/settings", json={"trash_days": 31}).json()["undo_id"]
    with library.key("write") as key:
        assert key.post("/api/collections", json={"name": "Written"}).is_success
        assert key.get("/api/privacy/ledger").status_code == 200
        for refusal in (
            key.get("/api/auth/keys"),
            key.post("/api/auth/keys", json={"name": "more", "scope": "owner"}),
            key.get("/api/auth/sessions"),
            key.post("/api/auth/tickets", json={"purpose": "session"}),
            key.get("/api/settings"),
            key.put("/api/settings", json={"trash_days": 1}),
            key.put("/api/settings/ai", json={"provider": "embedded"}),
            key.post("/api/items/bulk", json={"filters": {}, "action": "delete", "permanent": True}),
            key.post(f"/api/undo/{undo_id}"),
        ):
            refused(refusal, 403, "forbidden")
    assert client.get("/api/settings").json()["trash_days"] == 31
    assert client.post(f"/api/undo/{undo_id}").status_code == 200, "the owner still can"


def test_an_unknown_scope_is_refused(client: httpx.Client) -> None:
    refused(client.post("/api/auth/keys", json={"name": "k", "scope": "root"}), 422, "validation_error")


def test_a_ticket_is_single_use_and_lasts_a_minute(client: httpx.Client) -> None:
    issued = client.post("/api/auth/tickets", json={}).json()
    assert (issued["purpose"], issued["expires_in"]) == ("session", 60)
    with httpx.Client(base_url=client.base_url, trust_env=False) as browser:
        signed_in = browser.post("/api/auth/sessions", json={"ticket": issued["ticket"]})
        assert {"id", "secret"} <= set(signed_in.json())
        refused(browser.post("/api/auth/sessions", json={"ticket": issued["ticket"]}), 401, "unauthorized")
        browser.headers["X-Cortex-Session"] = signed_in.json()["secret"]
        (own,) = (one for one in browser.get("/api/auth/sessions").json()["items"] if one["current"])
        assert {"id", "client", "created_at", "last_used_at"} <= set(own)


def test_a_page_without_a_session_is_served_and_holds_nothing(library: Library) -> None:
    with library.as_caller() as stranger:
        page = stranger.get("/")
        assert page.headers["content-type"].startswith("text/html")
        assert "cortex open" in page.text or "cortex open" in stranger.get("/ui/app.js").text
        assert stranger.get("/openapi.json").status_code == 200
        assert stranger.get("/docs").status_code == 200
        refused(stranger.get("/api/items"), 401, "unauthorized")
