"""The images of a saved page: fetched on the owner's word, kept, given out, and gone with the item."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.api.library import get, refused, save
from tests.conftest import RunningServer, ServerThread
from tests.picture_site import PictureSite, gif, let_through, page, png, serving
from tests.security.test_hostile_documents import _settled


@pytest.fixture
def site(server: RunningServer) -> Iterator[PictureSite]:
    with serving() as running:
        let_through(server, running.port)
        yield running


def saved(server: RunningServer, client: httpx.Client, html: str) -> str:
    """The id of a page that is processed."""
    item_id: str = save(client, url="https://pages.example.org/bridges", content=html, content_type="text/html")["id"]
    _settled(server, [item_id], 60)
    return item_id


def fetch(client: httpx.Client, item_id: str, **body: str) -> dict[str, Any]:
    answer = client.post(f"/api/items/{item_id}/images/fetch", json=body or None)
    assert answer.status_code == 200, answer.text
    fetched: dict[str, Any] = answer.json()
    return fetched


def test_images_are_fetched_once_and_shown_as_what_they_are(
    server: RunningServer, client: httpx.Client, site: PictureSite
) -> None:
    grey, dot = site.put("/grey.png", png(30, 20)), site.put("/dot", gif(), "application/octet-stream")
    item_id = saved(server, client, page(grey, dot, grey))
    assert get(client, item_id)["images"] == []
    assert site.asked == []

    fetched = fetch(client, item_id)
    assert (fetched["fetched"], fetched["failed"]) == (2, 0)
    first, second = fetched["images"]
    name = hashlib.sha256(png(30, 20)).hexdigest() + ".png"
    assert first == {
        "src": grey, "name": name, "media_type": "image/png", "width": 30, "height": 20,
        "size": len(png(30, 20)), "error": None,
    }  # fmt: skip
    assert (second["src"], second["media_type"], second["width"]) == (dot, "image/gif", 1)

    file = client.get(f"/api/items/{item_id}/assets/{name}")
    assert file.content == png(30, 20)
    assert file.headers["content-type"] == "image/png"
    assert file.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in file.headers["content-security-policy"]
    refused(client.get(f"/api/items/{item_id}/assets/{name[:-4]}.gif"), 404, "asset_not_found")

    assert fetch(client, item_id) == fetched
    assert sorted(site.asked) == ["/dot", "/grey.png"]
    assert sorted(get(client, item_id)["images"], key=lambda one: one["src"] != grey) == [first, second]

    ledger = client.get("/api/privacy/ledger", params={"purpose": "image"}).json()["items"]
    assert {(one["item_id"], one["host"], one["outcome"]) for one in ledger} == {(item_id, "127.0.0.1", "ok")}
    assert all(one["bytes_received"] > 20 for one in ledger)


def test_the_page_as_it_looked_carries_what_was_fetched(
    server: RunningServer, client: httpx.Client, site: PictureSite
) -> None:
    site.put("/pictures/a.png", png())
    html = page("a.png", site.url("/b.png")).replace("<head>", f'<head><base href="{site.url("/pictures/")}">')
    item_id = saved(server, client, html)
    shown = {"inline": "true"}
    assert "data:" not in client.get(f"/api/items/{item_id}/original", params=shown).text
    assert fetch(client, item_id)["fetched"] == 1
    looked = client.get(f"/api/items/{item_id}/original", params=shown).text
    assert looked.count(f'src="data:image/png;base64,{base64.b64encode(png()).decode()}"') == 1
    assert "Bridge 2" in looked
    assert str(site.port) not in looked


def test_one_image_alone_is_fetched_where_only_that_is_asked_for(
    server: RunningServer, client: httpx.Client, site: PictureSite
) -> None:
    first, second = site.put("/a.png", png()), site.put("/b.png", png(3, 3))
    elsewhere = site.put("/c.png", png(4, 4))
    item_id = saved(server, client, page(first, second))
    assert [one["src"] for one in fetch(client, item_id, src=second)["images"]] == [second]
    answer = client.post(f"/api/items/{item_id}/images/fetch", json={"src": elsewhere})
    refused(answer, 422, "validation_error")
    assert site.asked == ["/b.png"]


def test_what_fails_says_why_and_keeps_nothing_else_back(
    server: RunningServer, client: httpx.Client, site: PictureSite
) -> None:
    good, gone = site.put("/good.png", png()), site.url("/gone.png")
    item_id = saved(server, client, page(gone, good))
    fetched = fetch(client, item_id)
    assert (fetched["fetched"], fetched["failed"]) == (1, 1)
    assert fetched["images"][0]["error"] == {"reason": "http_404", "message": "127.0.0.1 answered 404 (Not Found)."}
    assert {one["src"]: one["error"] is None for one in get(client, item_id)["images"]} == {good: True, gone: False}

    site.put("/gone.png", png(5, 5))
    assert fetch(client, item_id, src=gone)["images"][0]["width"] == 5
    assert all(one["error"] is None for one in get(client, item_id)["images"])


def test_what_was_fetched_stays_with_new_versions_and_over_a_restart(tmp_path: Path) -> None:
    with serving() as site:
        source = site.put("/a.png", png())
        with ServerThread(data_dir=tmp_path / "data") as server, server.client() as client:
            let_through(server, site.port)
            item_id = saved(server, client, page(source))
            images = fetch(client, item_id)["images"]
            changed = {"content": page(source) + "<p>And more words.</p>", "content_type": "text/html"}
            client.put(f"/api/items/{item_id}", json=changed).raise_for_status()
            _settled(server, [item_id], 60)
            assert get(client, item_id)["images"] == images
        with ServerThread(data_dir=tmp_path / "data") as server, server.client() as client:
            assert get(client, item_id)["images"] == images
            assert client.get(f"/api/items/{item_id}/assets/{images[0]['name']}").content == png()
        assert site.asked == ["/a.png"]


def test_a_file_that_two_items_show_goes_with_the_last_of_them(
    server: RunningServer, client: httpx.Client, site: PictureSite
) -> None:
    source = site.put("/a.png", png())
    first = saved(server, client, page(source))
    second = save(client, url="https://pages.example.org/other", content=page(source, "x"), content_type="text/html")
    _settled(server, [second["id"]], 60)
    name = fetch(client, first)["images"][0]["name"]
    assert fetch(client, second["id"], src=source)["images"][0]["name"] == name
    file = server.application.blobs.path_of(name.partition(".")[0])
    client.delete(f"/api/items/{first}", params={"permanent": True}).raise_for_status()
    assert file.exists()
    assert client.get(f"/api/items/{second['id']}/assets/{name}").content == png()
    client.delete(f"/api/items/{second['id']}", params={"permanent": True}).raise_for_status()
    assert not file.exists()


def test_housekeeping_leaves_fetched_images_alone(
    server: RunningServer, client: httpx.Client, site: PictureSite
) -> None:
    item_id = saved(server, client, page(site.put("/a.png", png())))
    name = fetch(client, item_id)["images"][0]["name"]
    file = server.application.blobs.path_of(name.partition(".")[0])
    os.utime(file, (0, 0))
    asyncio.run_coroutine_threadsafe(server.application.housekeeping.run(), server.loop).result(60)
    assert client.get(f"/api/items/{item_id}/assets/{name}").content == png()


def test_what_has_no_page_or_is_in_the_trash_has_no_images_to_fetch(
    server: RunningServer, client: httpx.Client, site: PictureSite
) -> None:
    refused(client.post("/api/items/item_none/images/fetch"), 404, "item_not_found")
    item_id = saved(server, client, page(site.put("/a.png", png())))
    client.delete(f"/api/items/{item_id}").raise_for_status()
    refused(client.post(f"/api/items/{item_id}/images/fetch"), 409, "conflict")
    assert site.asked == []


@contextmanager
def limited(folder: Path, **limits: int) -> Iterator[tuple[PictureSite, RunningServer, httpx.Client]]:
    """A site, and a server of its own with these limits that may fetch from it."""
    with serving() as site, ServerThread(data_dir=folder / "data", limits=limits) as server, server.client() as client:
        let_through(server, site.port)
        yield site, server, client


def test_only_so_many_images_are_kept_of_one_page(tmp_path: Path) -> None:
    with limited(tmp_path, item_images=2) as (site, server, client):
        sources = [site.put(f"/{side}.png", png(side, side)) for side in (1, 2, 3)]
        item_id = saved(server, client, page(*sources[:2]))
        assert fetch(client, item_id)["fetched"] == 2
        changed = {"content": page(*sources), "content_type": "text/html"}
        client.put(f"/api/items/{item_id}", json=changed).raise_for_status()
        _settled(server, [item_id], 60)
        assert [one["error"] and one["error"]["reason"] for one in fetch(client, item_id)["images"]] == [
            None,
            None,
            "limit",
        ]
        assert "/3.png" not in site.asked


def test_images_of_earlier_versions_take_no_room_from_what_is_shown(tmp_path: Path) -> None:
    with limited(tmp_path, item_images=2) as (site, server, client):
        sources = [site.put(f"/{side}.png", png(side, side)) for side in (1, 2, 3, 4)]
        item_id = saved(server, client, page(*sources[:2]))
        assert fetch(client, item_id)["fetched"] == 2
        changed = {"content": page(*sources[2:]), "content_type": "text/html"}
        client.put(f"/api/items/{item_id}", json=changed).raise_for_status()
        _settled(server, [item_id], 60)
        assert fetch(client, item_id)["fetched"] == 2


def test_a_page_does_not_decide_how_many_connections_are_made(tmp_path: Path) -> None:
    with limited(tmp_path, item_images=3) as (site, server, client):
        item_id = saved(server, client, page(*(site.url(f"/{number}.png") for number in range(20))))
        fetched = fetch(client, item_id)
        assert (fetched["fetched"], fetched["failed"], len(site.asked)) == (0, 20, 3)
        fetch(client, item_id)
        assert len(set(site.asked)) == 6, "those that were not tried before come first"


def test_images_of_one_item_have_a_size_together(tmp_path: Path) -> None:
    with limited(tmp_path, item_images_size=3000) as (site, server, client):
        sources = [site.put(f"/{number}.png", png() + bytes(1000)) for number in range(6)]
        item_id = saved(server, client, page(*sources))
        assert fetch(client, item_id)["fetched"] == 2
        kept = [one["size"] for one in get(client, item_id)["images"] if one["size"]]
        assert sum(kept) <= 3000
