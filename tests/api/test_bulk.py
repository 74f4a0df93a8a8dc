"""Many items at once, each action undone again."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.api.library import get, ids, refused, save, undo

from cortex.domain.ids import new_id


@pytest.fixture
def client(quiet_client: httpx.Client) -> httpx.Client:
    """Nothing is processed meanwhile."""
    return quiet_client


@pytest.fixture
def three(client: httpx.Client) -> list[str]:
    """Three items, two of which are tagged."""
    return [
        save(client, title="One", content="1", tags=["x"])["id"],
        save(client, title="Two", content="2", tags=["x", "y"])["id"],
        save(client, title="Three", content="3")["id"],
    ]


def bulk(client: httpx.Client, **body: object) -> dict[str, Any]:
    answer = client.post("/api/items/bulk", json=body)
    assert answer.status_code == 200, answer.text
    done: dict[str, Any] = answer.json()
    return done


def state(client: httpx.Client, item_ids: list[str]) -> list[tuple[object, ...]]:
    found = [get(client, item_id) for item_id in item_ids]
    return [
        (
            tuple((tag["name"], tag["by"]) for tag in item["tags"]),
            item["collection_id"],
            item["archived"],
            item["favourite"],
            item["deleted_at"],
        )
        for item in found
    ]


@pytest.mark.parametrize(
    ("action", "more", "field", "value"),
    [
        ("archive", {}, "archived", True),
        ("favourite", {}, "favourite", True),
        ("tag", {"tags": ["x", "new"]}, "tags", None),
        ("untag", {"tags": ["X"]}, "tags", None),
        ("move", {"collection_id": "SHELF"}, "collection_id", "SHELF"),
        ("delete", {}, "deleted_at", None),
    ],
)
def test_each_action_is_done_and_undone(
    client: httpx.Client, three: list[str], action: str, more: dict[str, Any], field: str, value: object
) -> None:
    shelf = client.post("/api/collections", json={"name": "Shelf"}).json()["id"]
    more = {name: shelf if one == "SHELF" else one for name, one in more.items()}
    before = state(client, three)
    done = bulk(client, ids=three, action=action, **more)
    assert done["done"] == 3
    assert done["failed"] == []
    after = [get(client, item_id)[field] for item_id in three]
    if action == "tag":
        names = [[tag["name"] for tag in tags] for tags in after]
        assert names == [["x", "new"], ["x", "y", "new"], ["x", "new"]]
    elif action == "untag":
        assert [[tag["name"] for tag in tags] for tags in after] == [[], ["y"], []]
    elif action == "delete":
        assert all(after)
    else:
        assert after == [shelf if value == "SHELF" else value] * 3
    undo(client, done["undo_id"])
    assert state(client, three) == before


def test_restoring_unarchiving_and_moving_out(client: httpx.Client, three: list[str]) -> None:
    bulk(client, ids=three, action="archive")
    assert bulk(client, ids=three, action="unarchive")["done"] == 3
    assert not any(get(client, item_id)["archived"] for item_id in three)
    bulk(client, ids=three, action="delete")
    restored = bulk(client, filters={}, action="restore")
    assert restored["done"] == 3
    undo(client, restored["undo_id"])
    assert ids(client) == []
    assert bulk(client, ids=three, action="restore")["done"] == 3
    assert bulk(client, ids=three, action="move", collection_id=None)["done"] == 3


def test_failures_are_named_and_the_others_done(client: httpx.Client, three: list[str]) -> None:
    client.delete(f"/api/items/{three[0]}")
    done = bulk(client, ids=[*three, "item_nothing"], action="archive")
    assert done["done"] == 2
    assert {one["id"]: one["error"] for one in done["failed"]} == {
        three[0]: "conflict",
        "item_nothing": "item_not_found",
    }
    assert all(one["message"] for one in done["failed"])


def test_filters_choose_the_items(client: httpx.Client, three: list[str]) -> None:
    assert bulk(client, filters={"tag": "x"}, action="archive")["done"] == 2
    assert ids(client, archived=True) == [three[1], three[0]]
    assert bulk(client, filters={"tag": ["x", "y"], "kind": "note"}, action="delete")["done"] == 1
    assert bulk(client, filters={"archived": False}, action="favourite")["done"] == 1


def test_retrying_starts_again(client: httpx.Client, three: list[str]) -> None:
    done = bulk(client, ids=three[:1], action="retry")
    assert done["done"] == 1
    assert get(client, three[0])["status"] == "pending"


def test_emptying_the_trash_is_for_good(client: httpx.Client, three: list[str]) -> None:
    bulk(client, ids=three[:2], action="delete")
    done = bulk(client, filters={"trashed": True}, action="delete", permanent=True)
    assert (done["done"], done["undo_id"]) == (2, None)
    assert ids(client, trashed=True) == []
    assert ids(client) == three[2:]


def test_nothing_is_done_where_more_match_than_were_counted(client: httpx.Client, three: list[str]) -> None:
    bulk(client, ids=three[:2], action="delete")
    counted = {"filters": {"trashed": True}, "action": "delete", "permanent": True, "at_most": 2}
    bulk(client, ids=three[2:], action="delete")
    refused(client.post("/api/items/bulk", json=counted), 409, "conflict")
    assert len(ids(client, trashed=True)) == 3
    assert bulk(client, **counted, except_ids=[three[2]])["done"] == 2
    assert ids(client, trashed=True) == three[2:]
    restore = {"filters": {"trashed": True}, "action": "restore"}
    save(client, title="Four", content="4")
    refused(
        client.post("/api/items/bulk", json={"filters": {}, "action": "archive", "at_most": 0}), 422, "validation_error"
    )
    assert bulk(client, **restore, at_most=1)["done"] == 1
    refused(client.post("/api/items/bulk", json={"filters": {}, "action": "archive", "at_most": 1}), 409, "conflict")
    assert ids(client, archived=True) == []


def test_what_is_not_in_the_trash_is_not_deleted_for_good(client: httpx.Client, three: list[str]) -> None:
    bulk(client, ids=three[:1], action="delete")
    done = bulk(client, ids=[*three, "item_nothing"], action="delete", permanent=True)
    assert done["done"] == 1
    assert {one["id"]: one["error"] for one in done["failed"]} == {
        three[1]: "conflict",
        three[2]: "conflict",
        "item_nothing": "item_not_found",
    }
    assert ids(client) == [three[2], three[1]]
    for filters in ("{}", '{"tag": "x"}'):
        body = f'{{"filters": {filters}, "action": "delete", "permanent": true}}'
        answer = client.post("/api/items/bulk", content=body, headers={"Content-Type": "application/json"})
        refused(answer, 422, "validation_error")
    assert ids(client) == [three[2], three[1]]


def test_some_of_what_the_filters_match_can_be_left_out(client: httpx.Client, three: list[str]) -> None:
    assert bulk(client, filters={}, except_ids=[three[1], "item_nothing"], action="archive")["done"] == 2
    assert ids(client, archived=False) == [three[1]]
    answer = client.post("/api/items/bulk", json={"ids": three, "except_ids": three[:1], "action": "archive"})
    refused(answer, 422, "validation_error")


def test_filters_tell_what_stays_on_this_device(client: httpx.Client, three: list[str]) -> None:
    client.put(f"/api/items/{three[0]}", json={"local_only": True})
    assert bulk(client, filters={"local_only": True}, action="archive")["done"] == 1
    assert ids(client, archived=True) == three[:1]


def test_filters_tell_read_from_unread(client: httpx.Client, three: list[str]) -> None:
    client.put(f"/api/items/{three[0]}", json={"read_progress": 1})
    client.put(f"/api/items/{three[1]}", json={"read_progress": 0.5})
    assert ids(client, read=True) == three[:1]
    assert ids(client, read=False) == [three[2], three[1]]
    assert bulk(client, filters={"read": False}, action="archive")["done"] == 2


def test_only_the_owner_deletes_many_for_good(client: httpx.Client, three: list[str]) -> None:
    key = client.post("/api/auth/keys", json={"name": "script", "scope": "write"}).json()["key"]
    body = {"ids": three, "action": "delete", "permanent": True}
    answer = client.post("/api/items/bulk", json=body, headers={"Authorization": f"Bearer {key}"})
    refused(answer, 403, "forbidden")
    assert len(ids(client)) == 3


@pytest.mark.parametrize(
    "body",
    [
        {"action": "archive"},
        {"ids": [], "action": "archive"},
        {"ids": ["a"], "filters": {}, "action": "archive"},
        {"ids": ["a"], "action": "explode"},
        {"ids": ["a"], "action": "tag"},
        {"filters": {"colour": "red"}, "action": "archive"},
    ],
)
def test_unclear_requests_are_refused(client: httpx.Client, three: list[str], body: dict[str, object]) -> None:
    refused(client.post("/api/items/bulk", json=body), 422, "validation_error")


def test_an_unknown_collection_moves_nothing(client: httpx.Client, three: list[str]) -> None:
    answer = client.post("/api/items/bulk", json={"ids": three, "action": "move", "collection_id": "coll_x"})
    refused(answer, 404, "collection_not_found")


@pytest.mark.parametrize("field", ["collection_id", "parent_id", "ids", "tag", "site", "source"])
def test_lone_surrogates_name_nothing_and_are_no_error(client: httpx.Client, three: list[str], field: str) -> None:
    odd = '"\\ud800\\u0000"'
    requests = {
        "collection_id": ("/api/items", f'{{"content": "y", "collection_id": {odd}}}'),
        "parent_id": ("/api/collections", f'{{"name": "y", "parent_id": {odd}}}'),
        "ids": ("/api/items/bulk", f'{{"ids": [{odd}], "action": "archive"}}'),
    }
    filtered = ("/api/items/bulk", f'{{"filters": {{"{field}": {odd}}}, "action": "archive"}}')
    path, body = requests.get(field, filtered)
    answer = client.post(path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (200, 404), answer.text
    assert ids(client, archived=True) == []


def test_as_many_can_be_named_as_it_says(client: httpx.Client, three: list[str]) -> None:
    others = [new_id("item") for _ in range(99_999)]
    done = bulk(client, filters={}, except_ids=[three[0], *others], action="archive")
    assert done["done"] == 2
    done = bulk(client, ids=[three[0], *others], action="archive")
    assert (done["done"], len(done["failed"])) == (1, 99_999)
    assert all(get(client, item_id)["archived"] for item_id in three)
