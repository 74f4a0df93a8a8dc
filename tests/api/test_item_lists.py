"""Lists of items: filters, orders, pages, facets."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.api.library import ids, refused, save


@pytest.fixture
def client(quiet_client: httpx.Client) -> httpx.Client:
    """Nothing is processed meanwhile."""
    return quiet_client


@pytest.fixture
def library(client: httpx.Client) -> dict[str, str]:
    """Five items of several kinds, in the order of saving."""
    shelf = client.post("/api/collections", json={"name": "Shelf"}).json()["id"]
    inner = client.post("/api/collections", json={"name": "Inner", "parent_id": shelf}).json()["id"]
    saved = {
        "note": save(client, title="Banana", content="One", tags=["fruit", "yellow"])["id"],
        "page": save(
            client, title="apple", url="https://www.example.com/2", content="<p>Two</p>", tags=["fruit"],
            collection_id=shelf, source="extension",
        )["id"],
        "blog": save(
            client, title="Cherry", url="https://blog.example.com/3", content="<p>3</p>", collection_id=inner
        )["id"],
        "video": save(client, title="Date", url="https://youtu.be/dQw4w9WgXcQ", content="<p>4</p>")["id"],
        "gone": save(client, title="Elder", content="Five", tags=["fruit"])["id"],
    }  # fmt: skip
    client.delete(f"/api/items/{saved['gone']}")
    client.put(f"/api/items/{saved['note']}", json={"favourite": True})
    client.put(f"/api/items/{saved['blog']}", json={"local_only": True})
    client.put(f"/api/items/{saved['page']}", json={"archived": True})
    return {**saved, "shelf": shelf, "inner": inner}


@pytest.mark.parametrize(
    ("params", "names"),
    [
        ({}, ["video", "blog", "page", "note"]),
        ({"sort": "created_at"}, ["note", "page", "blog", "video"]),
        ({"sort": "title"}, ["page", "note", "blog", "video"]),
        ({"sort": "-title"}, ["video", "blog", "note", "page"]),
        ({"kind": "note"}, ["note"]),
        ({"kind": ["note", "video"]}, ["video", "note"]),
        ({"tag": "FRUIT"}, ["page", "note"]),
        ({"tag": ["fruit", "yellow"]}, ["note"]),
        ({"tag": "nothing"}, []),
        ({"source": "extension"}, ["page"]),
        ({"site": "example.com"}, ["blog", "page"]),
        ({"site": "blog.example.com"}, ["blog"]),
        ({"site": "youtube.com"}, ["video"]),
        ({"favourite": "true"}, ["note"]),
        ({"favourite": "false"}, ["video", "blog", "page"]),
        ({"archived": "true"}, ["page"]),
        ({"local_only": "true"}, ["blog"]),
        ({"local_only": "false"}, ["video", "page", "note"]),
        ({"trashed": "true"}, ["gone"]),
        ({"created_after": "2999-01-01"}, []),
        ({"created_before": "2999-01-01", "created_after": "2020-01-01T00:00:00Z"}, ["video", "blog", "page", "note"]),
        ({"offset": 2, "limit": 1}, ["page"]),
    ],
)
def test_lists_filter_and_sort(
    client: httpx.Client, library: dict[str, str], params: dict[str, Any], names: list[str]
) -> None:
    assert ids(client, **params) == [library[name] for name in names]


def test_a_collection_holds_what_lies_in_those_nested_in_it(client: httpx.Client, library: dict[str, str]) -> None:
    assert ids(client, collection_id=library["shelf"]) == [library["blog"], library["page"]]
    assert ids(client, collection_id=library["inner"]) == [library["blog"]]


def test_facets_count_the_whole_list(client: httpx.Client, library: dict[str, str]) -> None:
    page = client.get("/api/items", params={"facets": "true", "limit": 1}).json()
    assert page["total"] == 4
    facets = {name: {one["value"]: one["count"] for one in values} for name, values in page["facets"].items()}
    assert facets["kind"] == {"article": 2, "note": 1, "video": 1}
    assert facets["tag"] == {"fruit": 2, "yellow": 1}
    assert facets["site"] == {"example.com": 1, "blog.example.com": 1, "youtube.com": 1}
    assert facets["collection"] == {library["shelf"]: 1, library["inner"]: 1}
    assert list(facets["month"].values()) == [4]
    fewer = client.get("/api/items", params={"facets": "true", "facet_limit": 1}).json()["facets"]
    assert [one["value"] for one in fewer["tag"]] == ["fruit"]
    filtered = client.get("/api/items", params={"facets": "true", "tag": "fruit"}).json()["facets"]
    assert {one["value"] for one in filtered["kind"]} == {"note", "article"}
    assert client.get("/api/items").json()["facets"] is None


@pytest.mark.parametrize("sort", ["-created_at", "created_at", "title", "-title", "-published_at", "-updated_at"])
def test_cursors_walk_the_whole_list_once_whatever_comes_and_goes(client: httpx.Client, sort: str) -> None:
    saved = [save(client, title=f"Title {number % 3}", content=f"Text {number}")["id"] for number in range(7)]
    seen: list[str] = []
    cursor = None
    while True:
        params: dict[str, Any] = {"limit": 2, "sort": sort, **({"cursor": cursor} if cursor else {})}
        page = client.get("/api/items", params=params).json()
        assert page["total"] >= 6
        seen += [item["id"] for item in page["items"]]
        if len(seen) == 2:
            client.delete(f"/api/items/{seen[0]}")
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(saved)


def test_a_cursor_of_another_list_is_refused(client: httpx.Client) -> None:
    for number in range(3):
        save(client, content=f"Text {number}")
    cursor = client.get("/api/items", params={"limit": 1}).json()["next_cursor"]
    refused(client.get("/api/items", params={"cursor": cursor, "sort": "title"}), 422, "validation_error")
    refused(client.get("/api/items", params={"cursor": "nonsense"}), 422, "validation_error")


@pytest.mark.parametrize(
    "params",
    [
        {"limit": 0},
        {"limit": 201},
        {"offset": -1},
        {"status": "x"},
        {"kind": "x"},
        {"sort": "x"},
        {"created_after": "x"},
    ],
)
def test_parameters_out_of_range_are_refused(client: httpx.Client, params: dict[str, Any]) -> None:
    refused(client.get("/api/items", params=params), 422, "validation_error")
