"""api.md, "Ground rules", sentence by sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from tests.api.chat_library import converse, receive, until_end
from tests.api.contract.conftest import Library
from tests.api.library import refused, undo
from websockets.sync.client import connect

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
ID = re.compile(r"[a-z]+_[0-9a-z]{22}")
LISTS = (
    "/api/items", "/api/conversations", "/api/tags", "/api/collections", "/api/searches", "/api/auth/keys",
    "/api/auth/sessions", "/api/privacy/ledger",
)  # fmt: skip


def times_in(value: object, name: str = "") -> list[str]:
    """Every value whose name ends in `_at` or is `at`, however deep."""
    if isinstance(value, dict):
        return [found for key, inner in value.items() for found in times_in(inner, key)]
    if isinstance(value, list):
        return [found for inner in value for found in times_in(inner, name)]
    return [value] if isinstance(value, str) and (name.endswith("_at") or name == "at") else []


@pytest.mark.parametrize("path", [*LISTS, "/api/processing/queue"])
def test_times_are_rfc_3339_in_utc_with_z(client: httpx.Client, path: str) -> None:
    converse(client)
    for moment in times_in(client.get(path).json()):
        assert MOMENT.fullmatch(moment), moment


def test_a_given_time_is_shown_in_utc(client: httpx.Client) -> None:
    saved = client.post("/api/items", json={"content": "At noon.", "captured_at": "2026-01-02T03:04:05+02:00"}).json()
    assert client.get(f"/api/items/{saved['id']}").json()["captured_at"] == "2026-01-02T01:04:05.000Z"


@pytest.mark.parametrize("path", [*LISTS, "/api/health", "/api/settings/ai", "/api/processing/queue"])
def test_a_trailing_slash_makes_no_difference_and_no_redirect(client: httpx.Client, path: str) -> None:
    answer = client.get(f"{path}/", follow_redirects=False)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")


def test_a_trailing_slash_of_a_websocket_makes_no_difference(library: Library) -> None:
    address = f"ws://127.0.0.1:{library.server.port}/api/ws/processing/{library.ids['note']}/"
    headers = {"Authorization": f"Bearer {library.server.token}"}
    with connect(address, additional_headers=headers, proxy=None) as socket:
        assert receive(socket)["type"] == "done"


@pytest.mark.parametrize(
    ("prefix", "make"),
    [
        ("item", lambda c: c.post("/api/items", json={"content": f"New {id(c)}"})),
        ("conv", lambda c: c.post("/api/conversations", json={})),
        ("coll", lambda c: c.post("/api/collections", json={"name": "New"})),
        ("search", lambda c: c.post("/api/searches", json={"name": "New", "request": {"query": "x"}})),
        ("key", lambda c: c.post("/api/auth/keys", json={"name": "New", "scope": "read"})),
    ],
)
def test_ids_have_a_readable_prefix_and_sort_by_creation(
    client: httpx.Client, prefix: str, make: Callable[[httpx.Client], httpx.Response]
) -> None:
    made = [make(client).json()["id"] for _ in range(2)]
    assert all(one.startswith(f"{prefix}_") and ID.fullmatch(one) for one in made)
    assert made == sorted(made)


def test_messages_have_ids_of_their_own_in_order(client: httpx.Client) -> None:
    conversation = converse(client)
    for words in ("One?", "Two?"):
        client.post(f"/api/conversations/{conversation}/messages", json={"content": words})
    made = [message["id"] for message in client.get(f"/api/conversations/{conversation}").json()["messages"]]
    assert all(one.startswith("msg_") for one in made)
    assert made == sorted(made)


def test_a_sane_request_id_is_echoed_in_header_and_error_and_others_are_replaced(client: httpx.Client) -> None:
    mine = client.get("/api/items/item_none", headers={"X-Request-ID": "trace-1.a:b_c"})
    assert (mine.headers["x-request-id"], mine.json()["request_id"]) == ("trace-1.a:b_c", "trace-1.a:b_c")
    made = client.get("/api/items/item_none", headers={"X-Request-ID": 'x"; drop'})
    assert made.headers["x-request-id"] == made.json()["request_id"]
    assert made.json()["request_id"].startswith("req_")


def test_every_error_has_the_one_shape(client: httpx.Client) -> None:
    answer = client.get("/api/items/item_x")
    assert answer.json() == {
        "error": "item_not_found",
        "message": "No item item_x.",
        "details": None,
        "request_id": answer.headers["x-request-id"],
    }


NOT_FOUND = (
    ("GET", "/api/items/item_x", "item_not_found"),
    ("GET", "/api/conversations/conv_x", "conversation_not_found"),
    ("GET", "/api/collections/coll_x", "collection_not_found"),
    ("GET", "/api/searches/search_x", "search_not_found"),
    ("DELETE", "/api/tags/no-such-tag", "tag_not_found"),
    ("DELETE", "/api/auth/keys/key_x", "key_not_found"),
    ("DELETE", "/api/auth/sessions/sess_x", "session_not_found"),
    ("POST", "/api/undo/undo_x", "undo_not_found"),
    ("GET", "/api/no-such-route", "route_not_found"),
)


@pytest.mark.parametrize(("method", "path", "code"), NOT_FOUND, ids=[row[2] for row in NOT_FOUND])
def test_404_says_what_was_not_found(client: httpx.Client, method: str, path: str, code: str) -> None:
    refused(client.request(method, path), 404, code)


@pytest.mark.parametrize(
    "content", [b"{", b"[]", b'"x"', b"null", b"\xff\xfe", b'{"title": 1}', b'{"content": "\xe9"}', b""]
)
def test_422_has_details_with_loc_msg_and_type(client: httpx.Client, content: bytes) -> None:
    answer = client.post("/api/items", content=content, headers={"Content-Type": "application/json"})
    details = refused(answer, 422, "validation_error")["details"]
    assert details
    assert all({"loc", "msg", "type"} <= set(one) and isinstance(one["loc"], list) for one in details)


def test_401_unauthorized(library: Library) -> None:
    with library.as_caller(Authorization="Bearer wrong") as stranger:
        refused(stranger.get("/api/items"), 401, "unauthorized")


def test_403_forbidden(library: Library, client: httpx.Client) -> None:
    refused(client.get("/api/items", headers={"Origin": "https://evil.example"}), 403, "forbidden")


def test_409_conflict(client: httpx.Client) -> None:
    once = {"Idempotency-Key": "conflict"}
    assert client.post("/api/collections", json={"name": "A"}, headers=once).is_success
    refused(client.post("/api/collections", json={"name": "B"}, headers=once), 409, "conflict")


def test_413_payload_too_large(client: httpx.Client) -> None:
    refused(client.post("/api/search", json={"query": "x" * (1 << 20)}), 413, "payload_too_large")


def test_415_unsupported_media_type(client: httpx.Client) -> None:
    answer = client.post("/api/items", content="a=b", headers={"Content-Type": "application/x-www-form-urlencoded"})
    refused(answer, 415, "unsupported_media_type")
    answer = client.post("/api/items/upload", files={"f": ("a.bin", bytes(range(256)) * 8)})
    refused(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize("path", LISTS)
def test_lists_are_paged_by_cursor_limit_and_offset(client: httpx.Client, path: str) -> None:
    _three_of(client, path)
    whole = client.get(path, params={"limit": 200}).json()
    assert set(whole) >= {"items", "next_cursor", "total"}
    assert whole["next_cursor"] is None
    assert whole["total"] == len(whole["items"])
    names = [_name(one) for one in whole["items"]]
    walked: list[str] = []
    cursor = None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = client.get(path, params=params).json()
        walked += [_name(one) for one in page["items"]]
        assert len(page["items"]) <= 2
        assert page["total"] == whole["total"]
        if (cursor := page["next_cursor"]) is None:
            break
    assert walked == names
    jumped = client.get(path, params={"offset": 1, "limit": 1}).json()["items"]
    assert [_name(one) for one in jumped] == names[1:2]
    assert client.get(path, params={"offset": 100_000}).json()["items"] == []
    for params in ({"limit": 0}, {"limit": 201}, {"limit": "x"}, {"offset": -1}, {"cursor": "'; --"}):
        refused(client.get(path, params=params), 422, "validation_error")


def test_highlights_are_a_list_like_all_others(library: Library) -> None:
    path = f"/api/items/{library.ids['bread']}/highlights"
    text = library.item("bread")["content_text"]
    for word in ("sourdough", "sixteen", "Caraway"):
        start = text.index(word)
        mark = {"quote": word, "start": start, "end": start + len(word)}
        library.client.post(path, json=mark).raise_for_status()
    first = library.client.get(path, params={"limit": 2}).json()
    assert [one["quote"] for one in first["items"]] == ["sourdough", "sixteen"]
    second = library.client.get(path, params={"cursor": first["next_cursor"]}).json()
    assert ([one["quote"] for one in second["items"]], second["total"]) == (["Caraway"], 3)


def _name(one: dict[str, Any]) -> str:
    return str(one.get("id") or one.get("name") or one["at"])


def _three_of(client: httpx.Client, path: str) -> None:
    bodies: dict[str, Callable[[int], dict[str, Any]]] = {
        "/api/conversations": lambda n: {},
        "/api/collections": lambda n: {"name": f"Shelf {n}"},
        "/api/searches": lambda n: {"name": f"Search {n}", "request": {"query": "x"}},
        "/api/auth/keys": lambda n: {"name": f"Key {n}", "scope": "read"},
    }
    if path in bodies:
        for number in range(3):
            client.post(path, json=bodies[path](number)).raise_for_status()


def test_an_idempotency_key_gets_the_first_answer_again(client: httpx.Client) -> None:
    once = {"Idempotency-Key": "first-answer"}
    first, again = (client.post("/api/conversations", json={"title": "Once"}, headers=once) for _ in range(2))
    assert first.content == again.content
    with client.stream("POST", "/api/collections", json={"name": "Twice"}, headers=once) as other:
        other.read()
        refused(other, 409, "conflict")


def test_an_idempotency_key_holds_for_an_answer_as_events_too(client: httpx.Client) -> None:
    url = f"/api/conversations/{converse(client)}/messages"
    headers = {"Idempotency-Key": "asked-once", "Accept": "text/event-stream"}
    body = {"content": "Who built the lighthouse at Skerry Point?"}
    first, again = (client.post(url, json=body, headers=headers) for _ in range(2))
    assert first.headers["content-type"] == again.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert first.content == again.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(client.get(url.removesuffix("/messages")).json()["messages"]) == 2


def test_an_idempotency_key_holds_when_the_first_connection_was_lost(client: httpx.Client) -> None:
    url = f"/api/conversations/{converse(client)}/messages"
    headers = {"Idempotency-Key": "lost-once", "Accept": "text/event-stream"}
    body = {"content": "Who built the lighthouse at Skerry Point?"}
    with client.stream("POST", url, json=body, headers=headers) as lost:
        assert lost.status_code == 200
    again = client.post(url, json=body, headers=headers)
    last = [line for line in again.text.splitlines() if line.startswith("data: ")][-1]
    assert json.loads(last.removeprefix("data: "))["type"] == "done"
    assert len(client.get(url.removesuffix("/messages")).json()["messages"]) == 2


UNDOABLE: tuple[tuple[str, Callable[[httpx.Client], httpx.Response]], ...] = (
    ("POST /api/items", lambda c: c.post("/api/items", json={"content": "To be undone."})),
    ("POST /api/collections", lambda c: c.post("/api/collections", json={"name": "U"})),
    ("POST /api/searches", lambda c: c.post("/api/searches", json=_SEARCH)),
    ("PUT /api/searches", lambda c: c.put(f"/api/searches/{_search(c)}", json=_SEARCH | {"name": "V"})),
    ("DELETE /api/searches", lambda c: c.delete(f"/api/searches/{_search(c)}")),
    ("POST /api/conversations", lambda c: c.post("/api/conversations", json={"title": "U"})),
    ("PUT /api/conversations", lambda c: c.put(f"/api/conversations/{converse(c)}", json={"title": "V"})),
    ("DELETE /api/conversations", lambda c: c.delete(f"/api/conversations/{converse(c)}")),
    ("POST messages", lambda c: c.post(f"/api/conversations/{converse(c)}/messages", json={"content": "Hm?"})),
    ("PUT /api/settings", lambda c: c.put("/api/settings", json={"trash_days": 60})),
    ("PUT /api/settings/ai", lambda c: c.put("/api/settings/ai", json={"chat_model": "other"})),
)
_SEARCH: dict[str, object] = {"name": "U", "request": {"query": "tides", "mode": "keyword"}}


def _search(client: httpx.Client) -> str:
    made: str = client.post("/api/searches", json=_SEARCH).json()["id"]
    return made


@pytest.mark.parametrize("write", [row[1] for row in UNDOABLE], ids=[row[0] for row in UNDOABLE])
def test_every_write_answers_with_an_undo_id(
    client: httpx.Client, write: Callable[[httpx.Client], httpx.Response]
) -> None:
    answer = write(client)
    assert answer.is_success, answer.text
    undo_id = answer.headers.get("X-Undo-Id") or answer.json()["undo_id"]
    for _ in range(3):  # the undo is undone, which is undone
        undo_id = undo(client, undo_id)["undo_id"]
        assert undo_id


def test_undoing_puts_a_saved_search_and_a_question_back(client: httpx.Client) -> None:
    search = f"/api/searches/{_search(client)}"
    before = client.get(search).json()
    changed = client.put(search, json=_SEARCH | {"name": "Renamed"}).json()
    undo(client, changed["undo_id"])
    assert client.get(search).json() == before
    undo(client, client.delete(search).headers["X-Undo-Id"])
    assert client.get(search).json() == before
    conversation = f"/api/conversations/{converse(client, title='Talk')}"
    empty = client.get(conversation).json()
    asked = client.post(f"{conversation}/messages", json={"content": "Hm?"})
    undo(client, asked.headers["X-Undo-Id"])
    assert client.get(conversation).json() == empty


def test_a_websocket_answer_says_how_to_undo_its_question(library: Library, client: httpx.Client) -> None:
    conversation = converse(client)
    address = f"ws://127.0.0.1:{library.server.port}/api/ws/chat/{conversation}"
    headers = {"Authorization": f"Bearer {library.server.token}"}
    with connect(address, additional_headers=headers, proxy=None) as socket:
        socket.send(json.dumps({"message": "Hm?"}))
        done = until_end(socket)[-1]
    undo(client, done["undo_id"])
    assert client.get(f"/api/conversations/{conversation}").json()["messages"] == []
