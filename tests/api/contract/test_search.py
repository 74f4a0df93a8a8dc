"""api.md, "Search": the answer's fields, the query language, modes, groups, facets, saved searches, suggestions."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.api.contract.conftest import Library
from tests.api.contract.shapes import RESULT, has
from tests.api.library import refused
from tests.conftest import ServerThread

MARKED = re.compile(r"(?:[^<>&]|<mark>|</mark>|&(?:lt|gt|amp|quot|#x?[0-9a-f]+);)*")


def search(client: httpx.Client, query: str, **body: object) -> dict[str, Any]:
    answer = client.post("/api/search", json={"query": query, **body})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def names(library: Library, query: str, **body: object) -> list[str]:
    """The samples that are found, best first."""
    by_id = {item_id: name for name, item_id in library.ids.items()}
    results = search(library.client, query, limit=100, **body)["results"]
    return [by_id[result["item_id"]] for result in results if result["item_id"] in by_id]


def test_the_answer_and_its_results(client: httpx.Client) -> None:
    found = search(client, "who built the lighthouse?")
    assert set(found) >= {"results", "total", "facets", "query_type", "took_ms", "degraded"}
    assert isinstance(found["total"], int)
    assert isinstance(found["took_ms"], int | float)
    assert (found["facets"], found["degraded"]) == (None, None)
    for result in found["results"]:
        has(result, RESULT)
        assert set(result["matched"]) <= {"keyword", "semantic"}
        assert 0 <= result["score"] <= 1
        assert MARKED.fullmatch(result["snippet"]), result["snippet"]
    scores = [result["score"] for result in found["results"]]
    assert scores == sorted(scores, reverse=True), "best first"


def test_an_empty_library_is_not_degraded(tmp_path: Path) -> None:
    with ServerThread(data_dir=tmp_path / "data") as server, server.client() as client:
        found = search(client, "anything at all")
    assert (found["results"], found["total"], found["degraded"]) == ([], 0, None)


def test_a_snippet_is_escaped_with_only_mark_in_it(client: httpx.Client) -> None:
    hostile = 'Quokkas say <img src=x onerror=alert(1)> & "hello" </mark><script>alert(2)</script>.'
    client.post("/api/items", json={"content": hostile, "content_type": "text/plain", "title": "<b>Q</b>"})
    for result in search(client, "quokkas")["results"]:
        assert MARKED.fullmatch(result["snippet"]), result["snippet"]


def test_offsets_count_code_points_of_the_content_text_at_that_version(library: Library) -> None:
    item = library.item("note")
    best = search(library.client, "paraffin colza", filters={"item_ids": [item["id"]]})["results"][0]
    assert best["content_version"] == item["content_version"]
    passage = item["content_text"][best["start"] : best["end"]]
    assert passage.rstrip().endswith("Paraffin replaced the colza oil in 1890.")
    assert len(item["content_text"].encode("utf-16-le")) // 2 > len(item["content_text"]), "the sample tells them apart"


def test_limit_and_offset(client: httpx.Client) -> None:
    def found(**body: int) -> list[str]:
        return [result["item_id"] for result in search(client, "", **body)["results"]]

    whole = found(limit=100)
    assert found(limit=2) == whole[:2]
    assert found(limit=2, offset=2) == whole[2:4]
    assert len(search(client, "")["results"]) <= 10
    for body in ({"limit": 0}, {"limit": 101}, {"offset": -1}):
        refused(client.post("/api/search", json={"query": "x", **body}), 422, "validation_error")


@pytest.mark.parametrize(
    ("mode", "matched"),
    [
        ("auto", ["keyword", "semantic"]),
        ("hybrid", ["keyword", "semantic"]),
        ("keyword", ["keyword"]),
        ("semantic", ["semantic"]),
    ],
)
def test_modes(library: Library, mode: str, matched: list[str]) -> None:
    best = search(library.client, "lighthouse at Skerry Point", mode=mode)["results"][0]
    assert (best["item_id"], best["matched"]) == (library.ids["note"], matched)


@pytest.mark.parametrize(
    ("query", "query_type"),
    [
        ("lighthouse", "simple"),
        ('"Ada Moreland"', "phrase"),
        ("who built the lighthouse?", "question"),
        ("tag:sea lighthouse", "filtered"),
        (" ".join(f"a long text about tides and harbours {n}" for n in range(20)), "similar"),
    ],
)
def test_query_types(client: httpx.Client, query: str, query_type: str) -> None:
    assert search(client, query)["query_type"] == query_type


OPERATORS: tuple[tuple[str, set[str]], ...] = (
    ('"built in 1871 by Ada"', {"note"}),
    ('"Ada by 1871 in built"', set()),
    ("sourdough -caraway", set()),
    ("tag:sea", {"note"}),
    ("site:example.org", {"page"}),
    ("kind:pdf tag:rivers", {"two-pages.pdf"}),
    ("before:2020-01-31", set()),
    ("tag:sea after:2020-01-31", {"note"}),
    ("tag:sea before:2999-01-31", {"note"}),
    ("in:nowhere", set()),
    ("is:favourite", {"bread"}),
)


@pytest.mark.parametrize(("query", "expected"), OPERATORS, ids=[query for query, _ in OPERATORS])
def test_the_query_language(library: Library, query: str, expected: set[str]) -> None:
    assert set(names(library, query, mode="keyword")) == expected


def test_in_finds_by_a_collections_name(library: Library, client: httpx.Client) -> None:
    shelf = client.post("/api/collections", json={"name": "Sea marks"}).json()["id"]
    moved = client.put(f"/api/items/{library.ids['note']}", json={"collection_id": shelf}).json()
    assert names(library, 'in:"sea marks"') == names(library, f"in:{shelf}") == ["note"]
    client.post(f"/api/undo/{moved['undo_id']}").raise_for_status()


@pytest.mark.parametrize(
    "query", ['"', "NEAR(", "tag:", "kind:spaceship", "before:someday", "a AND", "-", ":", "* OR x"]
)
def test_no_input_is_a_syntax_error(client: httpx.Client, query: str) -> None:
    search(client, query)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"tags": ["sea"]}, {"note"}),
        ({"kind": ["pdf"], "tag": "rivers"}, {"two-pages.pdf"}),
        ({"site": "example.org"}, {"page"}),
        ({"favourite": True}, {"bread"}),
        ({"source": "extension"}, {"page"}),
        ({"created_before": "2020-01-01T00:00:00Z"}, set()),
    ],
)
def test_filters(library: Library, filters: dict[str, object], expected: set[str]) -> None:
    assert set(names(library, "", filters=filters)) == expected


def test_group_by_item_gives_its_best_passage_and_by_passage_all(client: httpx.Client, library: Library) -> None:
    only = {"item_ids": [library.ids["page"]]}
    by_item = search(client, "tides", filters=only)["results"]
    by_passage = search(client, "tides", filters=only, group_by="passage")["results"]
    assert len(by_item) == 1
    assert len(by_passage) > 1
    assert by_item[0]["chunk_id"] == by_passage[0]["chunk_id"]
    assert len({passage["chunk_id"] for passage in by_passage}) == len(by_passage)


def test_facets_when_asked_for(client: httpx.Client) -> None:
    facets = search(client, "", facets=True)["facets"]
    assert set(facets) >= {"kind", "tag", "site", "collection", "month"}
    assert facets["kind"]["pdf"] == 2


def test_saved_searches(client: httpx.Client) -> None:
    made = client.post("/api/searches", json={"name": "Sea", "request": {"query": "tag:sea", "mode": "keyword"}})
    assert made.is_success
    path = f"/api/searches/{made.json()['id']}"
    assert client.get(path).json()["request"]["query"] == "tag:sea"
    assert client.put(path, json={"name": "Lake", "request": {"query": "tag:lake"}}).json()["name"] == "Lake"
    assert path.rpartition("/")[2] in [one["id"] for one in client.get("/api/searches?limit=200").json()["items"]]
    assert client.delete(path).status_code == 204
    refused(client.get(path), 404, "search_not_found")


@pytest.mark.parametrize(
    ("typed", "type_"), [("skerry po", "title"), ("kitch", "tag"), ("paraf", "term"), ("ligthouse", "spelling")]
)
def test_suggestions(client: httpx.Client, typed: str, type_: str) -> None:
    answer = client.get("/api/search/suggestions", params={"q": typed}).json()["suggestions"]
    assert len(answer) <= 8
    assert all({"text", "type"} <= set(one) for one in answer)
    assert type_ in [one["type"] for one in answer]
    if type_ == "title":
        assert next(one for one in answer if one["type"] == "title")["item_id"].startswith("item_")


def test_suggestions_remember_what_was_searched_for(client: httpx.Client) -> None:
    search(client, "colza oil in lamps")
    deadline = time.monotonic() + 10  # what was searched for is noted once the answer is out
    types: set[str] = set()
    while not types and time.monotonic() < deadline:
        suggested = client.get("/api/search/suggestions?q=colza oil in&limit=1").json()["suggestions"]
        types = {one["type"] for one in suggested}
    assert types == {"history"}
