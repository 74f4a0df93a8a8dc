"""Security rows 19 and 24 through the whole system: what a saved page points at, and archives full of surprises."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Callable

import httpx
import pytest
from tests.api.library import get, refused, save
from tests.conftest import RunningServer
from tests.security.test_hostile_documents import Canary, _settled

POINTING = """<!doctype html><html><head><title>Pointing inside</title>
<link rel="icon" href="{canary}/favicon.ico"><link rel="canonical" href="{canary}/canonical">
<link rel="alternate" type="application/rss+xml" href="{canary}/feed.xml"><link rel="amphtml" href="{canary}/amp">
<meta property="og:image" content="{canary}/og.png"><meta http-equiv="refresh" content="0; url={canary}/refresh">
<base href="{canary}/"></head><body><article><h1>Pointing inside</h1>
<p>A page that names many addresses, and none of them may be asked for by whoever only reads the page.</p>
<img src="{canary}/a.png" srcset="{canary}/b.png 2x"><iframe src="{canary}/frame"></iframe>
<video src="{canary}/v.mp4" poster="{canary}/p.png"></video><a href="{canary}/link">a link</a></article>
</body></html>"""


def test_row_19_what_a_page_points_at_is_not_fetched(server: RunningServer, client: httpx.Client) -> None:
    with Canary() as canary:
        page = POINTING.replace("{canary}", f"http://127.0.0.1:{canary.port}")
        item_id = save(client, url="https://pages.example.org/pointing", content=page)["id"]
        _settled(server, [item_id], 60)
        item = get(client, item_id)
        assert item["status"] == "ready", item["error"]
        client.get(f"/api/items/{item_id}/original").raise_for_status()
        assert canary.connections == 0
    assert client.get("/api/privacy/ledger").json()["total"] == 0
    assert not [
        part for part in (" src=", "srcset", "<iframe", "<video", "<base", "<meta") if part in item["content_html"]
    ]


def _zip(name: str, content: bytes = b"x", *, link: bool = False) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo(name)
        entry.compress_type = zipfile.ZIP_DEFLATED
        if link:
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, content)
    return packed.getvalue()


ARCHIVES: dict[str, Callable[[], bytes]] = {
    "up": lambda: _zip("../escaped"),
    "absolute": lambda: _zip("/tmp/escaped"),
    "backslash": lambda: _zip("..\\escaped"),
    "drive": lambda: _zip("C:\\escaped"),
    "symlink": lambda: _zip("link", b"/etc/passwd", link=True),
    "bomb": lambda: _zip("zeros", bytes(20 << 20)),
    "nested": lambda: _zip("inner.zip", _zip("zeros", bytes(20 << 20))),
}


@pytest.mark.parametrize("name", ["archive.zip", "page.html"])
@pytest.mark.parametrize("archive", ARCHIVES)
def test_row_24_archives_are_refused_with_the_reason(
    server: RunningServer, client: httpx.Client, archive: str, name: str
) -> None:
    before = {path.name for path in server.settings.data_dir.parent.iterdir()}
    answer = client.post("/api/items/upload", files={"f": (name, ARCHIVES[archive]())})
    refused(answer, 415, "unsupported_media_type")
    assert {path.name for path in server.settings.data_dir.parent.iterdir()} == before
    assert not [path for path in server.settings.data_dir.rglob("*") if "escaped" in path.name]
    assert _kept(server) < 1 << 20, "disk use is bounded"


@pytest.mark.parametrize("name", ["book.epub", "letter.docx"])
@pytest.mark.parametrize("archive", ARCHIVES)
def test_row_24_an_archive_that_only_calls_itself_a_document_fails_with_the_reason(
    server: RunningServer, client: httpx.Client, archive: str, name: str
) -> None:
    """Real books and Word documents that attack: test_hostile_archives.py."""
    packed = io.BytesIO(ARCHIVES[archive]())
    with zipfile.ZipFile(packed, "a") as made:
        made.comment = name.encode()  # the same bytes would be the same item
    data = packed.getvalue()
    before = _kept(server)
    answer = client.post("/api/items/upload", files={"f": (name, data)})
    assert answer.is_success, answer.text
    item_id = answer.json()["items"][0]["id"]
    _settled(server, [item_id], 30)
    item = get(client, item_id)
    assert item["status"] == "failed"
    assert not item["content_text"]
    assert item["error"]["message"]
    assert not [path for path in server.settings.data_dir.parent.rglob("*") if "escaped" in path.name]
    assert _kept(server) - before == len(data), "the original, and nothing that was in it"


def _kept(server: RunningServer) -> int:
    """Bytes of the originals."""
    originals = server.settings.data_dir / "originals"
    return sum(path.stat().st_size for path in originals.rglob("*") if path.is_file())
