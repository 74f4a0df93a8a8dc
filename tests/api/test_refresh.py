"""Updating the copy of a page: what reads differently becomes its next version, and nothing is lost by trying."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.api.library import get, refused, save, undo
from tests.conftest import RunningServer
from tests.picture_site import PictureSite, let_through, serving
from tests.security.test_hostile_documents import Canary, _settled

WORDS = "The harbour is closed in winter, and opens again when the ice has gone out with the tide. " * 3


@pytest.fixture
def site(server: RunningServer) -> Iterator[PictureSite]:
    with serving() as running:
        let_through(server, running.port)
        yield running


def put_page(site: PictureSite, words: str) -> str:
    """Let the site show these words; gives the address."""
    return site.put("/harbour", f"<html><body><article><p>{words}</p></article></body></html>".encode(), "text/html")


def saved(server: RunningServer, client: httpx.Client, url: str) -> str:
    item_id: str = save(client, url=url)["id"]
    _settled(server, [item_id], 60)
    assert get(client, item_id)["status"] == "ready"
    return item_id


def refresh(server: RunningServer, client: httpx.Client, item_id: str) -> dict[str, Any]:
    answer = client.post(f"/api/items/{item_id}/refresh")
    assert answer.status_code == 200, answer.text
    _settled(server, [item_id], 60)
    refreshed: dict[str, Any] = answer.json()
    return refreshed


def test_what_reads_differently_becomes_the_next_version_and_can_be_undone(
    server: RunningServer, client: httpx.Client, site: PictureSite
) -> None:
    item_id = saved(server, client, put_page(site, WORDS))
    quote = "opens again when the ice has gone out"
    start = get(client, item_id)["content_text"].index(quote)
    marked = {"quote": quote, "start": start, "end": start + len(quote)}
    client.post(f"/api/items/{item_id}/highlights", json=marked).raise_for_status()

    put_page(site, "News of this year comes first. " + WORDS)
    refreshed = refresh(server, client, item_id)
    assert refreshed["new_version"]
    assert refreshed["content_version"] == 2
    item = get(client, item_id)
    assert item["content_text"].startswith("News of this year")
    (highlight,) = client.get(f"/api/items/{item_id}/highlights").json()["items"]
    assert item["content_text"][highlight["start"] : highlight["end"]] == quote
    assert highlight["content_version"] == 2
    assert b"News" not in client.get(f"/api/items/{item_id}/original", params={"version": 1}).content

    undo(client, refreshed["undo_id"])
    _settled(server, [item_id], 60)
    assert get(client, item_id)["content_text"].startswith("The harbour is closed")
    ledger = client.get("/api/privacy/ledger", params={"purpose": "page"}).json()
    assert [one["item_id"] for one in ledger["items"]] == [item_id, item_id]


def test_a_page_that_reads_the_same_stays_as_it_is(
    server: RunningServer, client: httpx.Client, site: PictureSite
) -> None:
    item_id = saved(server, client, put_page(site, WORDS))
    again = f"<html><body><article><p>{WORDS}</p></article><!-- another day --></body></html>"
    site.put("/harbour", again.encode(), "text/html")
    refreshed = refresh(server, client, item_id)
    assert (refreshed["new_version"], refreshed["content_version"], refreshed["undo_id"]) == (False, 1, None)


def test_a_page_that_cannot_be_fetched_or_read_takes_nothing_away(
    server: RunningServer, client: httpx.Client, site: PictureSite
) -> None:
    item_id = saved(server, client, put_page(site, WORDS))
    before = get(client, item_id)
    del site.answers["/harbour"]
    gone = refused(client.post(f"/api/items/{item_id}/refresh"), 502, "page_not_fetched")
    assert gone["message"] == "127.0.0.1 answered 404 (Not Found). What you have of it is kept as it is."
    assert gone["details"] == {"reason": "http_404"}
    site.put("/harbour", b"<html><body><script>build()</script></body></html>", "text/html")
    empty = refused(client.post(f"/api/items/{item_id}/refresh"), 502, "page_not_fetched")
    assert empty["details"] == {"reason": "empty"}
    site.put("/harbour", b"PK\x03\x04" + bytes(200), "application/zip")
    refused(client.post(f"/api/items/{item_id}/refresh"), 502, "page_not_fetched")
    assert get(client, item_id) == before


def test_a_page_inside_is_blocked(server: RunningServer, client: httpx.Client) -> None:
    with Canary() as canary:
        url = f"http://127.0.0.1:{canary.port}/page"
        item_id = save(client, url=url, content=f"<p>{WORDS}</p>", content_type="text/html")["id"]
        _settled(server, [item_id], 60)
        blocked = refused(client.post(f"/api/items/{item_id}/refresh"), 502, "page_not_fetched")
        assert blocked["details"] == {"reason": "blocked"}
        assert canary.connections == 0


def test_what_has_no_address_or_is_in_the_trash_is_not_fetched(
    server: RunningServer, client: httpx.Client, site: PictureSite
) -> None:
    note = save(client, content="A note.")["id"]
    refused(client.post(f"/api/items/{note}/refresh"), 409, "conflict")
    refused(client.post("/api/items/item_none/refresh"), 404, "item_not_found")
    item_id = saved(server, client, put_page(site, WORDS))
    client.delete(f"/api/items/{item_id}").raise_for_status()
    refused(client.post(f"/api/items/{item_id}/refresh"), 409, "conflict")
    assert site.asked == ["/harbour"]
