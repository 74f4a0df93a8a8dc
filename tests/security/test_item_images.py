"""Security rows 16, 17 and 19 for the images of saved pages: what a page names decides neither where nor what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.api.library import get, save
from tests.conftest import RunningServer, ServerThread
from tests.picture_site import Answer, PictureSite, let_through, page, png, serving
from tests.security.test_hostile_documents import Canary, _settled

SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
WRONG: dict[str, tuple[bytes, str, str]] = {
    "drawing": (SVG, "image/svg+xml", "drawing"),
    "drawing-called-png": (SVG, "image/png", "drawing"),
    "page": (b"<html><script>alert(1)</script></html>", "image/png", "not_an_image"),
    "script": (b"GIF89a=1;alert(1)", "image/gif", "too_large"),
    "pdf": (b"%PDF-1.7\n", "image/jpeg", "not_an_image"),
    "cut-off": (png()[:14], "image/png", "not_an_image"),
    "bitmap": (b"BM" + bytes(60), "image/bmp", "not_an_image"),
    "nothing": (b"", "image/png", "not_an_image"),
    "pixel-bomb": (png(1, 1, said_width=4_000_000_000), "image/png", "too_large"),
    "huge": (png() + bytes(200_000), "image/png", "too_large"),
}
INSIDE = (
    "http://127.0.0.1:{port}/x.png",
    "http://2130706433:{port}/x.png",
    "http://[::ffff:127.0.0.1]:{port}/x.png",
    "http://localhost:{port}/x.png",
    "http://0.0.0.0:{port}/x.png",
    "http://10.0.0.1/x.png",
    "http://169.254.169.254/latest/meta-data/x.png",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server that takes images of at most 100 kB."""
    directory: Path = tmp_path_factory.mktemp("library") / "data"
    with ServerThread(data_dir=directory, limits={"image_size": 100_000}) as running:
        yield running


@pytest.fixture
def site(server: RunningServer) -> Iterator[PictureSite]:
    with serving() as running:
        let_through(server, running.port)
        yield running


def reasons(server: RunningServer, client: httpx.Client, name: str, *sources: str) -> list[str | None]:
    """Why each image of a page was not fetched; None where it was."""
    url = f"https://pages.example.org/{name}"
    item_id = save(client, url=url, content=page(*sources), content_type="text/html")["id"]
    _settled(server, [item_id], 60)
    answer = client.post(f"/api/items/{item_id}/images/fetch")
    assert answer.status_code == 200, answer.text
    images: list[dict[str, Any]] = answer.json()["images"]
    assert {one["src"] for one in images if one["name"]} == {
        one["src"] for one in get(client, item_id)["images"] if one["name"]
    }
    return [one["error"]["reason"] if one["error"] else None for one in images]


def test_row_16_images_inside_are_blocked_and_nothing_connects(server: RunningServer, client: httpx.Client) -> None:
    let_through(server)
    with Canary() as canary:
        sources = [template.format(port=canary.port) for template in INSIDE]
        found = reasons(server, client, "inside", *sources)
        assert found == ["blocked"] * len(INSIDE)
        assert canary.connections == 0


def test_the_own_port_is_closed(server: RunningServer, client: httpx.Client) -> None:
    let_through(server)
    assert reasons(server, client, "own", f"http://127.0.0.1:{server.port}/api/health") == ["blocked"]


def test_row_17_a_redirect_inside_is_blocked_at_that_hop(
    server: RunningServer, client: httpx.Client, site: PictureSite
) -> None:
    with Canary() as canary:
        inside = f"http://127.0.0.1:{canary.port}/x.png"
        site.answers["/hop.png"] = Answer(status=302, location=inside)
        site.answers["/twice.png"] = Answer(status=307, location=site.url("/hop.png"))
        found = reasons(server, client, "redirected", site.url("/hop.png"), site.url("/twice.png"))
        assert found == ["blocked", "blocked"]
        assert canary.connections == 0


@pytest.mark.parametrize("name", WRONG)
def test_only_pictures_of_some_size_are_kept(
    server: RunningServer, client: httpx.Client, site: PictureSite, name: str
) -> None:
    body, media_type, reason = WRONG[name]
    before = originals(server)
    assert reasons(server, client, name, site.put(f"/{name}", body, media_type)) == [reason]
    assert len(originals(server) - before) == 1, "only the page itself"


def originals(server: RunningServer) -> set[str]:
    """The names of all stored files."""
    return {file.name for file in (server.settings.data_dir / "originals").glob("??/*")}


def test_a_picture_called_a_page_is_shown_as_a_picture(
    server: RunningServer, client: httpx.Client, site: PictureSite
) -> None:
    source = site.put("/called.html", png() + b"<script>alert(1)</script>", "text/html")
    item_id = save(client, url="https://pages.example.org/called", content=page(source))["id"]
    _settled(server, [item_id], 60)
    (image,) = client.post(f"/api/items/{item_id}/images/fetch").json()["images"]
    file = client.get(f"/api/items/{item_id}/assets/{image['name']}")
    assert file.headers["content-type"] == "image/png"
    assert file.headers["x-content-type-options"] == "nosniff"
    assert file.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert file.headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("name", ["..%2f..%2ftoken", "x" * 3000, "%00.png", "0" * 64, "0" * 64 + ".png"])
def test_no_name_leads_out_of_the_items_own_images(server: RunningServer, client: httpx.Client, name: str) -> None:
    item_id = save(client, content="A note.")["id"]
    assert client.get(f"/api/items/{item_id}/assets/{name}").status_code == 404
