"""Related items and the graph, over HTTP, on items that were really processed."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.api.library import get, refused, save, undo
from tests.conftest import RunningServer, ServerThread

LEEKS = """# Growing leeks in heavy clay

Leeks tolerate heavy clay when raised rows drain the bed before winter sets in. Leeks planted in raised rows rot less
often than leeks planted in flat beds, and the harvest lasts into March."""
MORE_LEEKS = """# Raised rows for leeks

In heavy clay, leeks planted in raised rows rot less often than those in flat beds, because raised rows drain the clay
before winter. Background: <https://garden.example/clay>."""
CLAY = """<!doctype html><html lang="en"><head><title>What clay is</title></head><body><article><h1>What clay is</h1>
<p>Clay is made of very fine mineral particles that hold water between them like a pile of wet glass plates would.</p>
<p>Potters fire it in kilns, and engineers measure how much it settles under the weight of a new building.</p>
</article></body></html>"""
TREATY = """# The peace of Westphalia

A treaty signed in 1648 ended thirty years of war between kings whose envoys had met at Münster and Osnabrück."""


def ready(client: httpx.Client, item_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        item = get(client, item_id)
        if item["status"] in ("ready", "failed"):
            assert item["status"] == "ready", item["error"]
            return item
        threading.Event().wait(0.02)
    raise AssertionError(f"not ready: {item['status']} {item['stage']} {item['error']}")


def related(client: httpx.Client, item_id: str, **params: Any) -> dict[str, Any]:
    answer = client.get(f"/api/items/{item_id}/connections", params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def graph(client: httpx.Client, **params: Any) -> dict[str, Any]:
    answer = client.get("/api/connections", params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with ServerThread(data_dir=tmp_path_factory.mktemp("library") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def ids(server: RunningServer) -> dict[str, str]:
    """Four items, processed one after the other."""
    found: dict[str, str] = {}
    with server.client() as client:
        for name, body in {
            "leeks": {"content": LEEKS, "content_type": "text/markdown"},
            "treaty": {"content": TREATY, "content_type": "text/markdown"},
            "clay": {"content": CLAY, "url": "https://garden.example/clay"},
            "rows": {"content": MORE_LEEKS, "content_type": "text/markdown"},
        }.items():
            found[name] = save(client, **body)["id"]
            ready(client, found[name])
    return found


def test_related_items_come_with_a_score_a_sentence_and_the_passages(client: httpx.Client, ids: dict[str, str]) -> None:
    found = related(client, ids["leeks"])
    assert found["total"] == len(found["items"])
    first = found["items"][0]
    assert (first["item_id"], first["title"]) == (ids["rows"], "Raised rows for leeks")
    assert 0.45 <= first["score"] <= 1
    assert first["reasons"][0]["type"] == "similarity"
    assert all(0 < reason["score"] <= 1 and reason["detail"] for reason in first["reasons"])
    assert [one["item_id"] for one in first["passages"]] == [ids["leeks"], ids["rows"]]
    for passage in first["passages"]:
        item = get(client, passage["item_id"])
        assert passage["content_version"] == item["content_version"]
        assert item["content_text"][passage["start"] : passage["end"]] == passage["text"]
        assert passage["chunk_id"].startswith("chunk_")
    assert first["reason"].startswith("Both speak of ")
    assert first["reason"].endswith("”.")
    assert ids["treaty"] not in {one["item_id"] for one in found["items"]}


def test_a_link_between_saved_items_connects_them_from_both_sides(client: httpx.Client, ids: dict[str, str]) -> None:
    there = {one["item_id"]: one for one in related(client, ids["rows"])["items"]}[ids["clay"]]
    back = {one["item_id"]: one for one in related(client, ids["clay"])["items"]}[ids["rows"]]
    assert there["score"] == back["score"]
    said = "“Raised rows for leeks” links to “What clay is”."
    assert there["reason"] == back["reason"] == said
    assert {"links to it", "is linked from it"} == {one["reasons"][0]["detail"] for one in (there, back)}


def test_an_item_counts_its_connections(client: httpx.Client, ids: dict[str, str]) -> None:
    assert get(client, ids["rows"])["connections"] == related(client, ids["rows"])["total"] >= 2
    assert get(client, ids["treaty"])["connections"] == 0
    assert related(client, ids["treaty"]) == {"items": [], "total": 0}
    assert len(related(client, ids["rows"], limit=1)["items"]) == 1


def test_the_graph_holds_every_pair_once(client: httpx.Client, ids: dict[str, str]) -> None:
    found = graph(client)
    nodes = {node["id"]: node for node in found["nodes"]}
    assert set(nodes) == {ids["leeks"], ids["clay"], ids["rows"]}
    pairs = [frozenset((edge["source"], edge["target"])) for edge in found["edges"]]
    assert len(pairs) == len(set(pairs))
    assert {frozenset((ids["leeks"], ids["rows"])), frozenset((ids["rows"], ids["clay"]))} <= set(pairs)
    assert nodes[ids["rows"]]["degree"] == sum(ids["rows"] in pair for pair in pairs)
    assert all(edge["reason"] and set(edge) == {"source", "target", "score", "reason"} for edge in found["edges"])


def test_the_graph_is_cut_by_focus_limit_and_score(client: httpx.Client, ids: dict[str, str]) -> None:
    near = graph(client, focus=ids["clay"], limit=2)
    assert [node["id"] for node in near["nodes"]] == [ids["clay"], ids["rows"]]
    assert len(near["edges"]) == 1
    assert graph(client, min_score=1)["edges"] == []
    alone = graph(client, focus=ids["treaty"])
    assert ([node["id"] for node in alone["nodes"]], alone["edges"]) == ([ids["treaty"]], [])


def test_what_is_not_there_or_out_of_range_is_refused(client: httpx.Client, ids: dict[str, str]) -> None:
    refused(client.get("/api/items/item_none/connections"), 404, "item_not_found")
    refused(client.get("/api/connections", params={"focus": "item_none"}), 404, "item_not_found")
    for params in ({"limit": 0}, {"limit": 1501}, {"min_score": 1.5}, {"min_score": "nan"}, {"focus": ""}):
        refused(client.get("/api/connections", params=params), 422, "validation_error")
    refused(client.get(f"/api/items/{ids['leeks']}/connections", params={"limit": 51}), 422, "validation_error")


@pytest.mark.parametrize(
    ("scope", "one", "whole"), [("read", 200, 200), ("companion", 200, 403), ("capture", 403, 403)]
)
def test_who_may_see_them(
    server: RunningServer, client: httpx.Client, ids: dict[str, str], scope: str, one: int, whole: int
) -> None:
    key = client.post("/api/auth/keys", json={"name": scope, "scope": scope}).json()["key"]
    with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {key}"}, trust_env=False) as holder:
        assert holder.get(f"/api/items/{ids['leeks']}/connections").status_code == one
        assert holder.get("/api/connections").status_code == whole


def test_the_trash_hides_undoing_shows_again_and_deletion_for_good_removes(
    client: httpx.Client, ids: dict[str, str]
) -> None:
    trashed = client.delete(f"/api/items/{ids['clay']}")
    assert ids["clay"] not in {one["item_id"] for one in related(client, ids["rows"])["items"]}
    assert ids["clay"] not in {node["id"] for node in graph(client)["nodes"]}
    assert graph(client, focus=ids["clay"]) == {"nodes": [], "edges": []}
    undo(client, trashed.headers["X-Undo-Id"])
    assert ids["clay"] in {one["item_id"] for one in related(client, ids["rows"])["items"]}
    client.delete(f"/api/items/{ids['clay']}", params={"permanent": True})
    assert ids["clay"] not in {one["item_id"] for one in related(client, ids["rows"])["items"]}
    assert ids["clay"] not in {node["id"] for node in graph(client)["nodes"]}


def test_tags_that_a_person_gives_connect_by_themselves(client: httpx.Client) -> None:
    fish = save(client, content="The heron stood in the reeds until noon.", content_type="text/plain")["id"]
    debt = save(client, content="Interest on the loan is due each quarter.", content_type="text/plain")["id"]
    for item_id in (fish, debt):
        ready(client, item_id)
    assert related(client, fish)["total"] == 0
    for item_id in (fish, debt):
        client.put(f"/api/items/{item_id}", json={"tags": ["estuary", "inheritance", "uncle"]})
    deadline = time.monotonic() + 30
    while not (found := related(client, fish))["total"] and time.monotonic() < deadline:
        threading.Event().wait(0.02)
    assert [one["item_id"] for one in found["items"]] == [debt]
    assert found["items"][0]["reasons"][0] == {
        "type": "tags",
        "detail": "both are tagged estuary, inheritance, uncle",
        "score": found["items"][0]["reasons"][0]["score"],
    }
