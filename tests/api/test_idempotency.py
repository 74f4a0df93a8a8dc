"""The same write twice is done once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from tests.api.library import ids, refused
from tests.conftest import RunningServer

KEY = {"Idempotency-Key": "one"}


@pytest.fixture
def client(quiet_client: httpx.Client) -> httpx.Client:
    """Nothing is processed meanwhile."""
    return quiet_client


def test_the_same_request_gets_the_first_answer_again(client: httpx.Client) -> None:
    body = {"content": "Once"}
    first = client.post("/api/items", json=body, headers=KEY)
    again = client.post("/api/items", json=body, headers=KEY)
    assert first.json()["duplicate"] is False
    assert again.status_code == 200
    assert again.content == first.content
    assert again.headers["content-type"] == first.headers["content-type"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert client.post("/api/items", json=body).json()["duplicate"] is True


def test_writes_without_a_natural_duplicate_are_done_once_too(client: httpx.Client) -> None:
    for _ in range(3):
        assert client.post("/api/collections", json={"name": "One"}, headers=KEY).status_code == 201
    assert client.get("/api/collections").json()["total"] == 1


def test_another_request_under_the_key_is_a_conflict(client: httpx.Client) -> None:
    assert client.post("/api/items", json={"content": "Once"}, headers=KEY).status_code == 200
    refused(client.post("/api/items", json={"content": "Other"}, headers=KEY), 409, "conflict")
    refused(client.post("/api/collections", json={"content": "Once"}, headers=KEY), 409, "conflict")
    assert len(ids(client)) == 1


def test_an_answer_without_a_body_keeps_its_undo_id(client: httpx.Client) -> None:
    item_id = client.post("/api/items", json={"content": "x"}).json()["id"]
    first = client.delete(f"/api/items/{item_id}", headers=KEY)
    again = client.delete(f"/api/items/{item_id}", headers=KEY)
    assert first.status_code == again.status_code == 204
    assert first.headers["X-Undo-Id"] == again.headers["X-Undo-Id"]


def test_failures_are_tried_again(client: httpx.Client) -> None:
    body = {"name": "Inner", "parent_id": "coll_x"}
    refused(client.post("/api/collections", json=body, headers=KEY), 404, "collection_not_found")
    assert client.post("/api/items", json={"content": "x"}, headers=KEY).status_code == 200


def test_two_at_once_are_one(server: RunningServer, client: httpx.Client) -> None:
    def make(_: int) -> str:
        with server.client() as own:
            answer = own.post("/api/collections", json={"name": "One"}, headers=KEY)
        assert answer.status_code == 201
        return str(answer.json()["id"])

    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(make, range(16)))
    assert len(made) == 1
    assert client.get("/api/collections").json()["total"] == 1


def test_keys_of_different_callers_do_not_meet(server: RunningServer, client: httpx.Client) -> None:
    key = client.post("/api/auth/keys", json={"name": "extension", "scope": "capture"}).json()["key"]
    own = client.post("/api/items", json={"content": "Mine"}, headers=KEY).json()
    headers = {**KEY, "Authorization": f"Bearer {key}"}
    other = client.post("/api/items", json={"content": "Theirs"}, headers=headers)
    assert other.status_code == 200
    assert other.json()["id"] != own["id"]


def test_uploads_are_done_once_by_what_is_in_them(client: httpx.Client) -> None:
    def send(data: bytes, note: str = "") -> httpx.Response:
        files = [("files", ("a.txt", data, "text/plain"))]
        return client.post("/api/items/upload", files=files, data={"note": note}, headers=KEY)

    first = send(b"Text")
    assert first.json()["items"][0]["duplicate"] is False
    assert send(b"Text").json() == first.json()
    refused(send(b"Other"), 409, "conflict")
    refused(send(b"Text", "with a note"), 409, "conflict")


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_keys_that_are_none_are_refused(client: httpx.Client, key: str) -> None:
    answer = client.post("/api/items", json={"content": "x"}, headers={"Idempotency-Key": key})
    refused(answer, 422, "validation_error")
    assert ids(client) == []
