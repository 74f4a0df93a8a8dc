"""Books, Word documents and saved pages from the upload to the reader: text, search, highlights, the original."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.api.library import get, save
from tests.conftest import RunningServer
from tests.picture_site import let_through, serving
from tests.samples.documents.make_books import archive, epub, tides
from tests.samples.documents.make_saved_page import lamps
from tests.samples.documents.make_word import harbour
from tests.security.test_hostile_documents import _settled

from cortex.services.extraction.sniff import DOCX


@pytest.fixture
def client(server: RunningServer) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


def read(server: RunningServer, client: httpx.Client, name: str, data: bytes) -> dict[str, Any]:
    """Upload a file and give its item once Cortex is through with it."""
    answer = client.post("/api/items/upload", files={"files": (name, data, "application/octet-stream")})
    assert answer.status_code == 200, answer.text
    (saved,) = answer.json()["items"]
    _settled(server, [saved["id"]], 60)
    return get(client, saved["id"])


def test_a_book_is_read_found_marked_and_given_back(server: RunningServer, client: httpx.Client) -> None:
    book = read(server, client, "tides.epub", tides())
    assert (book["status"], book["kind"], book["title"]) == ("ready", "file", "The Book of Tides")
    assert (book["author"], book["language"]) == ("Mara Lindqvist", "en")
    assert book["published_at"] == "2021-05-04T00:00:00Z"
    assert "<h2" in book["content_html"]
    assert 'href="moon' not in book["content_html"]
    found = client.post("/api/search", json={"query": "spring tide"}).json()["results"]
    assert book["id"] in [one["item_id"] for one in found]
    quote = "Shallow ones fall dry."
    start = book["content_text"].index(quote)
    marked = client.post(
        f"/api/items/{book['id']}/highlights", json={"quote": quote, "start": start, "end": start + len(quote)}
    )
    assert marked.status_code in (200, 201), marked.text
    original = client.get(f"/api/items/{book['id']}/original")
    assert original.content == tides()
    assert original.headers["content-type"] == "application/epub+zip"
    assert 'filename="tides.epub"' in original.headers["content-disposition"]


def test_a_word_document_and_a_saved_page_are_read_and_given_back(server: RunningServer, client: httpx.Client) -> None:
    report = read(server, client, "harbour.docx", harbour())
    assert (report["status"], report["kind"], report["title"]) == ("ready", "file", "Report on the harbour")
    assert report["author"] == "Ines Duarte"
    assert "Deep water knows no haste." in report["content_text"]
    page = read(server, client, "lamps.mhtml", lamps())
    assert (page["status"], page["kind"], page["title"]) == ("ready", "article", "Harbour lamps")
    assert "trim the wicks" in page["content_text"]
    for item, data, media_type in ((report, harbour(), DOCX), (page, lamps(), "multipart/related")):
        original = client.get(f"/api/items/{item['id']}/original")
        assert original.content == data
        assert original.headers["content-type"].startswith(media_type)
        assert original.headers["content-disposition"].startswith("attachment")


def test_a_book_behind_an_address_is_fetched_and_read(server: RunningServer, client: httpx.Client) -> None:
    with serving() as site:
        let_through(server, site.port)
        saved = save(client, url=site.put("/shelf/tides.epub", tides(), "application/epub+zip"))
        _settled(server, [saved["id"]], 60)
    book = get(client, saved["id"])
    assert (book["status"], book["kind"], book["title"]) == ("ready", "file", "The Book of Tides")
    assert client.get(f"/api/items/{saved['id']}/original").content == tides()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (tides()[:1500], "damaged"),
        (epub("<package/>", {}), "chapters"),
        (archive({"mimetype": "application/epub+zip"}), "no EPUB"),
    ],
)
def test_a_broken_book_fails_with_a_sentence_and_is_kept(
    server: RunningServer, client: httpx.Client, data: bytes, said: str
) -> None:
    book = read(server, client, "broken.epub", data)
    assert book["status"] == "failed"
    assert said in book["error"]["message"]
    assert client.get(f"/api/items/{book['id']}/original").content == data
