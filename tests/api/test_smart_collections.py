"""Collections with a query: what they hold follows the library, and nothing enters them by hand."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from tests.api.library import get, ids, refused, save, undo
from tests.conftest import RunningServer

from cortex.domain.chunk import item_entry_number


@pytest.fixture
def client(quiet_client: httpx.Client) -> httpx.Client:
    """Nothing is processed meanwhile: titles, notes and tags are all there is to match."""
    return quiet_client


def note(client: httpx.Client, text: str, server: RunningServer, **fields: object) -> str:
    """A saved note, indexed as processing would."""
    item_id: str = save(client, content=text, title=text, note=text, **fields)["id"]
    application = server.application
    asyncio.run_coroutine_threadsafe(application.database.write(_indexed(item_id, text)), server.loop).result(10)
    return item_id


def _indexed(item_id: str, text: str) -> Any:
    def write(connection: Any) -> None:
        number = connection.execute("SELECT number FROM items WHERE id = ?", (item_id,)).fetchone()[0]
        connection.execute(
            "INSERT OR REPLACE INTO chunks_fts (rowid, title, heading, body, tags) VALUES (?, ?, '', '', '')",
            (item_entry_number(number), text),
        )

    return write


def smart(client: httpx.Client, name: str, query: str = "", parent_id: str | None = None, **filters: object) -> str:
    body = {"name": name, "parent_id": parent_id, "query": {"query": query, "filters": filters}}
    answer = client.post("/api/collections", json=body)
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["id"]
    return made


def folder(client: httpx.Client, name: str, parent_id: str | None = None) -> str:
    made: str = client.post("/api/collections", json={"name": name, "parent_id": parent_id}).json()["id"]
    return made


def held(client: httpx.Client, collection_id: str) -> set[str]:
    return set(ids(client, collection_id=collection_id))


def found(client: httpx.Client, query: str, **filters: object) -> set[str]:
    answer = client.post("/api/search", json={"query": query, "mode": "keyword", "filters": filters})
    assert answer.status_code == 200, answer.text
    return {result["item_id"] for result in answer.json()["results"]}


def test_it_holds_what_matches_now(server: RunningServer, client: httpx.Client) -> None:
    heron = note(client, "Herons fishing by the river", server, tags=["birds"])
    swan = note(client, "Swans on the river", server, tags=["birds"])
    by_words = smart(client, "Fishing birds", "heron river", tags=["birds"])
    by_tag = smart(client, "Birds", "tag:birds -swans")
    assert held(client, by_words) == held(client, by_tag) == {heron}
    shown = client.get(f"/api/collections/{by_words}").json()
    assert (shown["items"], shown["query"]["query"], shown["query"]["filters"]["tags"]) == (1, "heron river", ["birds"])
    client.put(f"/api/items/{heron}", json={"tags": []})
    assert (held(client, by_words), held(client, by_tag)) == (set(), set())
    late = note(client, "A grey heron, no river far", server, tags=["birds"])
    assert held(client, by_words) == {late}
    client.delete(f"/api/items/{late}")
    assert client.get(f"/api/collections/{by_words}").json()["items"] == 0
    counts = {one["name"]: one["items"] for one in client.get("/api/collections").json()["items"]}
    assert counts == {"Birds": 0, "Fishing birds": 0}
    assert get(client, swan)["collection_id"] is None


def test_search_facets_bulk_and_folders_take_it_for_what_it_holds(server: RunningServer, client: httpx.Client) -> None:
    heron = note(client, "Herons by the river", server)
    swan = note(client, "Swans by the river", server)
    birds = folder(client, "Birds")
    by_hand = note(client, "Geese by the river", server, collection_id=birds)
    herons = smart(client, "Waders", "heron", parent_id=birds)
    assert held(client, birds) == {heron, by_hand}
    assert found(client, "river in:waders") == found(client, "river", collection_id=herons) == {heron}
    assert found(client, "river in:birds") == {heron, by_hand}
    assert found(client, "river -in:waders") == {swan, by_hand}
    assert found(client, "river in:waders", item_ids=[swan]) == set()
    facets = client.get("/api/items", params={"collection_id": herons, "facets": "true"}).json()
    assert facets["total"] == 1
    done = client.post("/api/items/bulk", json={"filters": {"collection_id": herons}, "action": "tag", "tags": ["w"]})
    assert done.json()["done"] == 1
    assert ids(client, tag="w") == [heron]


def test_nothing_enters_it_by_hand(client: httpx.Client) -> None:
    notes = smart(client, "Notes", "kind:note")
    item_id = save(client, content="x")["id"]
    for answer in (
        client.put(f"/api/items/{item_id}", json={"collection_id": notes}),
        client.post("/api/items", json={"content": "y", "collection_id": notes}),
        client.post("/api/items/bulk", json={"ids": [item_id], "action": "move", "collection_id": notes}),
        client.post("/api/collections", json={"name": "Inner", "parent_id": notes}),
        client.put(f"/api/collections/{folder(client, 'F')}", json={"parent_id": notes}),
    ):
        assert "Notes" in refused(answer, 409, "conflict")["message"]
    assert held(client, notes) == {item_id}


def test_folders_become_smart_only_when_empty_and_back_and_all_is_undone(client: httpx.Client) -> None:
    box = folder(client, "Box")
    item_id = save(client, content="x", collection_id=box)["id"]
    query = {"query": "kind:note"}
    refused(client.put(f"/api/collections/{box}", json={"query": query}), 409, "conflict")
    client.put(f"/api/items/{item_id}", json={"collection_id": None})
    changed = client.put(f"/api/collections/{box}", json={"query": query}).json()
    assert (changed["query"]["query"], changed["items"]) == ("kind:note", 1)
    assert client.put(f"/api/collections/{box}", json={"name": "Notes"}).json()["query"]["query"] == "kind:note"
    back = client.put(f"/api/collections/{box}", json={"query": None}).json()
    assert (back["query"], back["items"]) == (None, 0)
    client.put(f"/api/items/{item_id}", json={"collection_id": box})
    refused(client.post(f"/api/undo/{back['undo_id']}"), 409, "conflict")
    client.put(f"/api/items/{item_id}", json={"collection_id": None})
    undo(client, back["undo_id"])
    assert held(client, box) == {item_id}
    deleted = client.delete(f"/api/collections/{box}")
    undo(client, deleted.headers["X-Undo-Id"])
    assert client.get(f"/api/collections/{box}").json()["query"]["query"] == "kind:note"


def test_what_would_hold_itself_is_refused(server: RunningServer, client: httpx.Client) -> None:
    outer = folder(client, "Outer")
    for body in (
        {"name": "Loop", "query": {"query": "in:loop x"}},
        {"name": "Inner", "parent_id": outer, "query": {"query": "in:outer x"}},
        {"name": "Inner", "parent_id": outer, "query": {"query": "x -in:outer"}},
    ):
        refused(client.post("/api/collections", json=body), 409, "conflict")
    assert client.get("/api/collections").json()["total"] == 1
    one = smart(client, "One", "kind:note in:two")
    refused(client.post("/api/collections", json={"name": "Two", "query": {"query": "in:one"}}), 409, "conflict")
    about = smart(client, "About", "in:outer kind:note")
    refused(client.put(f"/api/collections/{about}", json={"parent_id": outer}), 409, "conflict")
    assert held(client, one) == set()


def test_a_cycle_that_an_undo_makes_holds_nothing_and_hangs_nothing(
    server: RunningServer, client: httpx.Client
) -> None:
    save(client, content="x")
    first = smart(client, "First", "in:second kind:note")
    second = folder(client, "Second")
    emptied = client.put(f"/api/collections/{first}", json={"query": {"query": "kind:note"}}).json()["undo_id"]
    client.put(f"/api/collections/{second}", json={"query": {"query": "in:first"}})
    assert len(held(client, second)) == 1
    undo(client, emptied)
    assert held(client, first) == held(client, second) == set()
    assert client.get("/api/collections").json()["total"] == 2


def test_queries_that_name_no_set_are_refused(client: httpx.Client) -> None:
    for query in (
        {},
        {"query": " "},
        {"query": "..."},
        {"query": "similar:item_x"},
        {"query": "x", "filters": {"no": 1}},
    ):
        body = {"name": "Odd", "query": query}
        refused(client.post("/api/collections", json=body), 422, "validation_error")
    assert client.get("/api/collections").json()["total"] == 0


def test_half_a_character_in_a_query_is_no_error(client: httpx.Client) -> None:
    content = b'{"name": "Odd", "query": {"query": "a\\ud800b\\u0000 \\"kind:note"}}'
    answer = client.post("/api/collections", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 201, answer.text
    assert held(client, answer.json()["id"]) == set()


def test_a_saved_search_fits_as_its_query(client: httpx.Client) -> None:
    request = {"query": "tag:rust", "limit": 20, "filters": {"favourite": True}}
    saved = client.post("/api/searches", json={"name": "Rust", "request": request}).json()
    made = client.post("/api/collections", json={"name": "Rust", "query": saved["request"]})
    assert made.status_code == 201, made.text
    item_id = save(client, content="x", tags=["rust"])["id"]
    assert held(client, made.json()["id"]) == set()
    client.put(f"/api/items/{item_id}", json={"favourite": True})
    assert held(client, made.json()["id"]) == {item_id}
