"""The vocabulary of tags."""

from __future__ import annotations

import httpx
import pytest
from tests.api.library import get, ids, refused, save, undo


@pytest.fixture
def client(quiet_client: httpx.Client) -> httpx.Client:
    """Nothing is processed meanwhile."""
    return quiet_client


@pytest.fixture
def tagged(client: httpx.Client) -> list[str]:
    """Three items with tags, and one in the trash."""
    items = [
        save(client, content="1", tags=["python", "code"])["id"],
        save(client, content="2", tags=["python"])["id"],
        save(client, content="3", tags=["py", "code"])["id"],
    ]
    gone = save(client, content="4", tags=["python", "gone"])["id"]
    client.delete(f"/api/items/{gone}")
    return items


def counts(client: httpx.Client, **params: str) -> dict[str, int]:
    return {tag["name"]: tag["count"] for tag in client.get("/api/tags", params=params).json()["items"]}


def names(client: httpx.Client, item_id: str) -> list[str]:
    return [tag["name"] for tag in get(client, item_id)["tags"]]


def test_tags_are_counted_over_live_items(client: httpx.Client, tagged: list[str]) -> None:
    page = client.get("/api/tags").json()
    assert page["total"] == 3
    assert page["items"][0] == {"name": "code", "count": 2, "by_user": 2}
    assert counts(client) == {"code": 2, "python": 2, "py": 1}
    assert counts(client, q="PY") == {"python": 2, "py": 1}
    first = client.get("/api/tags", params={"limit": 2}).json()
    rest = client.get("/api/tags", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [tag["name"] for tag in first["items"] + rest["items"]] == ["code", "python", "py"]
    assert rest["next_cursor"] is None


def test_renaming_reaches_every_item_and_is_undone(client: httpx.Client, tagged: list[str]) -> None:
    changed = client.put("/api/tags/python", json={"name": "Snake"}).json()
    assert (changed["name"], changed["into"], changed["merged"], changed["items"]) == ("python", "Snake", False, 3)
    assert names(client, tagged[0]) == ["Snake", "code"]
    undo(client, changed["undo_id"])
    assert names(client, tagged[0]) == ["python", "code"]


def test_a_tag_may_change_its_case(client: httpx.Client, tagged: list[str]) -> None:
    changed = client.put("/api/tags/python", json={"name": "Python"}).json()
    assert names(client, tagged[1]) == ["Python"]
    undo(client, changed["undo_id"])
    assert names(client, tagged[1]) == ["python"]


def test_merging_wants_to_be_meant_shows_what_it_does_and_is_undone(client: httpx.Client, tagged: list[str]) -> None:
    client.put(f"/api/items/{tagged[1]}", json={"tags": ["python", "py"]})
    refused(client.put("/api/tags/py", json={"name": "python"}), 409, "conflict")
    body = {"name": "Python", "merge": True}
    preview = client.put("/api/tags/py", json=body, params={"preview": "true"}).json()
    assert preview == {
        "name": "py",
        "into": "python",
        "merged": True,
        "items": 2,
        "carrying_both": 1,
        "undo_id": None,
    }
    assert counts(client)["py"] == 2
    changed = client.put("/api/tags/py", json=body).json()
    assert counts(client) == {"python": 3, "code": 2}
    assert names(client, tagged[2]) == ["code", "python"]
    undo(client, changed["undo_id"])
    assert counts(client) == {"python": 2, "code": 2, "py": 2}
    assert names(client, tagged[2]) == ["py", "code"]


def test_tags_that_mean_the_same_and_unused_ones_are_named(client: httpx.Client, tagged: list[str]) -> None:
    for content, tag in (("5", "Python's"), ("6", "web-scraper"), ("7", "Web Scrapers"), ("8", "web-scraper")):
        save(client, content=content, tags=[tag])
    save(client, content="10", tags=["C", "C++", "C#"])
    lonely = save(client, content="9", tags=["lonely"])["id"]
    client.put(f"/api/items/{lonely}", json={"tags": []})
    found = client.get("/api/tags/suggestions").json()
    assert {"name": "Web Scrapers", "count": 1, "into": "web-scraper", "into_count": 2} in found["merges"]
    assert not {"C", "C++", "C#"} & {merge["name"] for merge in found["merges"]}
    # What lies in the trash still has its tag when it comes back.
    assert found["unused"] == ["lonely"]
    assert client.delete("/api/tags/lonely").status_code == 204
    assert client.get("/api/tags/suggestions").json()["unused"] == []


def test_deleting_a_tag_takes_it_off_and_is_undone(client: httpx.Client, tagged: list[str]) -> None:
    answer = client.delete("/api/tags/code")
    assert answer.status_code == 204
    assert ids(client, tag="code") == []
    undo(client, answer.headers["X-Undo-Id"])
    assert sorted(ids(client, tag="code")) == sorted([tagged[0], tagged[2]])
    assert names(client, tagged[0]) == ["python", "code"]


def test_names_with_slashes_and_spaces_work(client: httpx.Client) -> None:
    item_id = save(client, content="x", tags=["a/b c", "ü?"])["id"]
    assert client.put("/api/tags/a%2Fb%20c", json={"name": "d/e"}).status_code == 200
    assert client.delete("/api/tags/%C3%BC%3F").status_code == 204
    assert names(client, item_id) == ["d/e"]


def test_unknown_tags_and_bad_names_are_refused(client: httpx.Client, tagged: list[str]) -> None:
    refused(client.put("/api/tags/nothing", json={"name": "x"}), 404, "tag_not_found")
    refused(client.put("/api/tags/nothing", json={"name": "x"}, params={"preview": "true"}), 404, "tag_not_found")
    refused(client.delete("/api/tags/nothing"), 404, "tag_not_found")
    refused(client.put("/api/tags/python", json={"name": "  "}), 422, "validation_error")
