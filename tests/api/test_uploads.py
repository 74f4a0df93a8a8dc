"""Files coming in: streamed, recognised by their bytes, refused with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.api.library import get, ids, refused, save
from tests.conftest import RunningServer, ServerThread
from tests.samples.documents.make_books import tides
from tests.samples.documents.make_saved_page import lamps
from tests.samples.documents.make_word import harbour

from cortex.services.extraction.sniff import DOCX

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def client(quiet_client: httpx.Client) -> httpx.Client:
    """Nothing is processed meanwhile."""
    return quiet_client


def upload(client: httpx.Client, *files: tuple[str, bytes, str], **fields: object) -> httpx.Response:
    return client.post("/api/items/upload", files=[("files", file) for file in files], data=fields)


@pytest.mark.parametrize(
    ("name", "data", "declared", "kind", "media_type"),
    [
        ("paper.pdf", PDF, "application/pdf", "pdf", "application/pdf"),
        ("paper.txt", PDF, "text/plain", "pdf", "application/pdf"),
        ("page.html", b"<!doctype html><title>x</title><p>y</p>", "text/html", "article", "text/html"),
        ("notes.md", b"# Notes\n\n- one\n", "application/octet-stream", "note", "text/markdown"),
        ("words.txt", b"Just words", "text/plain", "note", "text/plain"),
        ("tides.epub", tides(), "application/octet-stream", "file", "application/epub+zip"),
        ("harbour.docx", harbour(), "application/octet-stream", "file", DOCX),
        ("lamps.mhtml", lamps(), "application/octet-stream", "article", "multipart/related"),
    ],
)
def test_what_a_file_is_its_bytes_and_name_say(
    client: httpx.Client, name: str, data: bytes, declared: str, kind: str, media_type: str
) -> None:
    answer = upload(client, (name, data, declared))
    assert answer.status_code == 200, answer.text
    (saved,) = answer.json()["items"]
    assert saved["status"] == "pending"
    assert saved["duplicate"] is False
    item = get(client, saved["id"])
    assert (item["kind"], item["media_type"], item["filename"], item["source"]) == (kind, media_type, name, "upload")
    assert item["title"] == name.partition(".")[0]
    assert client.get(f"/api/items/{saved['id']}/original").content == data


def test_several_files_and_what_is_said_about_them(client: httpx.Client) -> None:
    shelf = client.post("/api/collections", json={"name": "Shelf"}).json()["id"]
    files = [(f"{number}.txt", f"Text {number}".encode(), "text/plain") for number in range(3)]
    answer = upload(client, *files, tags=["a, b", "c"], collection_id=shelf, note="why", source="scanner")
    assert answer.status_code == 200, answer.text
    assert [one["filename"] for one in answer.json()["items"]] == ["0.txt", "1.txt", "2.txt"]
    item = get(client, answer.json()["items"][0]["id"])
    assert [tag["name"] for tag in item["tags"]] == ["a", "b", "c"]
    assert (item["collection_id"], item["note"], item["source"]) == (shelf, "why", "scanner")


def test_the_same_bytes_are_a_duplicate_whatever_their_name(client: httpx.Client) -> None:
    first = upload(client, ("one.pdf", PDF, "application/pdf")).json()["items"][0]
    again = upload(client, ("two.pdf", PDF, "application/pdf")).json()["items"][0]
    assert (again["id"], again["duplicate"]) == (first["id"], True)
    pasted = save(client, content="Same words")
    assert upload(client, ("w.txt", b"Same words", "text/plain")).json()["items"][0]["id"] == pasted["id"]


def test_a_single_file_that_cannot_be_read_is_the_answer(client: httpx.Client) -> None:
    body = refused(
        upload(client, ("x.png", b"\x89PNG\r\n\x1a\n" + bytes(100), "image/png")), 415, "unsupported_media_type"
    )
    assert "picture" in body["message"]
    refused(upload(client, ("empty.txt", b"", "text/plain")), 422, "validation_error")
    assert ids(client) == []


def test_one_bad_file_does_not_take_the_others_with_it(client: httpx.Client) -> None:
    answer = upload(
        client, ("bad.zip", b"PK\x03\x04" + bytes(60), "application/zip"), ("ok.txt", b"Fine", "text/plain")
    )
    assert answer.status_code == 200
    assert [one["filename"] for one in answer.json()["items"]] == ["ok.txt"]
    (failed,) = answer.json()["failed"]
    assert (failed["filename"], failed["error"]) == ("bad.zip", "unsupported_media_type")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("/absolute/path.txt", "path.txt"),
        ("..\\..\\windows\\system.txt", "system.txt"),
        ("C:\\x.txt", "x.txt"),
        ("folder/nested/note.txt", "note.txt"),
        ("nul\0byte.txt", "nulbyte.txt"),
        ("ünïcödé 😀.txt", "ünïcödé 😀.txt"),
        ("..", None),
    ],
)
def test_names_are_shown_and_never_used_as_paths(
    server: RunningServer, client: httpx.Client, name: str, shown: str | None
) -> None:
    body = (
        b'--b\r\nContent-Disposition: form-data; name="files"; filename="'
        + name.encode()
        + b'"\r\nContent-Type: text/plain\r\n\r\nText\r\n--b--\r\n'
    )
    answer = client.post("/api/items/upload", content=body, headers={"Content-Type": "multipart/form-data; boundary=b"})
    assert answer.status_code in (200, 422), answer.text
    if answer.status_code == 200:
        assert answer.json()["items"][0]["filename"] == shown
    stored = {path.name for path in (server.settings.data_dir / "originals").rglob("*") if path.is_file()}
    assert all(len(one) == 64 for one in stored)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no boundary at all",
        b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\nText that is cut',
        b"--b--\r\n",
        b'--b\r\nContent-Disposition: form-data; name="note"\r\n\r\nNo file\r\n--b--\r\n',
        b"--b\r\nBroken header\r\n\r\nx\r\n--b--\r\n",
    ],
)
def test_broken_bodies_are_refused_and_leave_nothing(server: RunningServer, client: httpx.Client, body: bytes) -> None:
    answer = client.post("/api/items/upload", content=body, headers={"Content-Type": "multipart/form-data; boundary=b"})
    assert answer.status_code in (415, 422), answer.text
    assert ids(client) == []
    assert not [path for path in (server.settings.data_dir / "originals").rglob("*") if path.is_file()]


def test_other_bodies_and_unknown_collections_are_refused(server: RunningServer, client: httpx.Client) -> None:
    refused(client.post("/api/items/upload", json={"files": []}), 415, "unsupported_media_type")
    answer = upload(client, ("a.txt", b"Text", "text/plain"), collection_id="coll_x")
    refused(answer, 404, "collection_not_found")
    assert ids(client) == []


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningServer]:
    """A server that takes files of at most 2,000 bytes."""
    monkeypatch.setenv("CORTEX_LIMITS__UPLOAD_FILE", "2000")
    with ServerThread(data_dir=tmp_path / "small") as running:
        yield running


def test_a_file_over_the_limit_is_refused_and_leaves_nothing(small: RunningServer) -> None:
    with small.client() as client:
        answer = upload(client, ("ok.txt", b"Fine", "text/plain"), ("big.txt", b"x" * 2001, "text/plain"))
        body = refused(answer, 413, "payload_too_large")
        assert body["details"] == {"limit_bytes": 2000}
        assert "big.txt" in body["message"]
        assert ids(client) == []
        assert upload(client, ("fits.txt", b"x" * 2000, "text/plain")).status_code == 200
    assert len([path for path in (small.settings.data_dir / "originals").rglob("*") if path.is_file()]) == 1


def test_a_large_file_streams_to_the_disk(server: RunningServer, client: httpx.Client) -> None:
    data = PDF + b"x" * 20_000_000
    saved = upload(client, ("large.pdf", data, "application/pdf")).json()["items"][0]
    assert len(client.get(f"/api/items/{saved['id']}/original").content) == len(data)
