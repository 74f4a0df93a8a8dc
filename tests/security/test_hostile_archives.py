"""Security rows 24 and 25 for documents that are archives: slips, bombs, links, nesting and entities, for real."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import httpx
import pytest
from tests.conftest import RunningServer
from tests.samples.documents.make_books import archive, epub, tides
from tests.samples.documents.make_word import CORE, NAMESPACES, NOTES, STYLES, harbour, paragraph, relations, word
from tests.security.test_hostile_documents import Canary, _settled

from cortex.services.extraction.sniff import DOCX

PACKAGE = (
    '<package><metadata><title>T</title></metadata><manifest><item id="c" href="{href}" '
    'media-type="application/xhtml+xml"/></manifest><spine><itemref idref="c"/></spine></package>'
)
PAGE = "<html><body><p>Harmless words</p></body></html>"
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12)
)
ROOT = relations(("officeDocument", "word/document.xml"), ("core-properties", "docProps/core.xml"))
BOOK = "OEBPS/content.opf", "OEBPS/c.xhtml"


@pytest.fixture(scope="module")
def client(server: RunningServer) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


def _with(data: bytes, name: str, content: str | bytes = "evil", mode: int = 0) -> bytes:
    """`data`, an archive, with one more part."""
    out = io.BytesIO(data)
    with ZipFile(out, "a", ZIP_DEFLATED) as file:
        info = ZipInfo(name)
        info.compress_type = ZIP_DEFLATED
        info.external_attr = mode << 16
        file.writestr(info, content)
    return out.getvalue()


def _renamed(data: bytes, old: str, new: str) -> bytes:
    """`data`, an archive, with a part under a name that no packer would write."""
    assert len(old) == len(new)
    return data.replace(old.encode(), new.encode())


def _book(**parts: str | bytes) -> bytes:
    return epub(PACKAGE.format(href="c.xhtml"), {BOOK[1]: PAGE, **parts})


def _overlapping() -> bytes:
    """Many names for one packed part, which makes a bomb of any size without a bad ratio in any part."""
    data = bytearray(_with(_book(), "big", bytes(900_000)))
    start = data.rindex(b"PK\x01\x02")
    end = data.rindex(b"PK\x05\x06")
    record, tail = bytes(data[start:end]), bytearray(data[end:])
    copies = 3000
    count = int.from_bytes(tail[10:12], "little") + copies
    size = int.from_bytes(tail[12:16], "little") + copies * len(record)
    tail[8:10] = tail[10:12] = count.to_bytes(2, "little")
    tail[12:16] = size.to_bytes(4, "little")
    return bytes(data[:end]) + record * copies + bytes(tail)


ARCHIVES: dict[str, tuple[Callable[[], bytes], str]] = {
    "slip": (lambda: _with(_book(), "../outside.txt"), "outside"),
    "slip in the middle": (lambda: _with(_book(), "OEBPS/../../outside.txt"), "outside"),
    "absolute": (lambda: _with(_book(), "/tmp/outside.txt"), "outside"),
    "backslashes": (lambda: _with(_book(), "..\\outside.txt"), "outside"),
    "drive": (lambda: _with(_book(), "C:\\outside.txt"), "outside"),
    "nul": (lambda: _renamed(_with(_book(), "outside_x.txt"), "outside_x.txt", "outside\0x.txt"), "outside"),
    "symlink": (lambda: _with(_book(), "OEBPS/link", "/etc/passwd", 0o120777), "outside"),
    "bomb in a chapter": (lambda: _book(**{BOOK[1]: bytes(40_000_000)}), "unpacks to too much"),
    "bomb beside": (lambda: _with(_book(), "OEBPS/bomb.bin", bytes(40_000_000)), "unpacks to too much"),
    "bomb of many parts": (
        lambda: _book(**{f"OEBPS/{number}": bytes(900_000) for number in range(40)}),
        "unpacks to too much",
    ),
    "bomb of names for one part": (_overlapping, "unpacks to too much"),
    "many parts": (lambda: _book(**{f"p{number}": "" for number in range(20_001)}), "20,000 parts"),
    "word slip": (lambda: _with(harbour(), "word/../../outside.txt"), "outside"),
    "word bomb": (
        lambda: word(paragraph(" " * 40_000_000)),
        "unpacks to too much",
    ),
    "word picture bomb": (lambda: _with(harbour(), "word/media/image1.png", bytes(40_000_000)), "unpacks to too much"),
    "chapter outside": (lambda: epub(PACKAGE.format(href="../../../etc/passwd"), {}), "none of its chapters"),
    "chapter is an archive": (lambda: _book(**{BOOK[1]: tides()}), "none of its chapters"),
    "chapter is an archive of archives": (
        lambda: _book(**{BOOK[1]: archive({"a.zip": tides()})}),
        "none of its chapters",
    ),
}


@pytest.mark.parametrize("kind", ARCHIVES)
def test_row_24_archives_that_attack_are_refused_with_the_reason(
    server: RunningServer, client: httpx.Client, kind: str
) -> None:
    make, reason = ARCHIVES[kind]
    data = make()
    before = _files(server)
    saved = _upload(client, data)
    _settled(server, [saved], 30)
    item = client.get(f"/api/items/{saved}").json()
    assert item["status"] == "failed", item["content_text"]
    assert reason in item["error"]["message"]
    new = {path: size for path, size in _files(server).items() if path not in before and "originals" in path.parts}
    assert list(new.values()) == [len(data)], "the original is kept, and nothing was unpacked beside it"
    assert not list(server.settings.data_dir.rglob("outside*"))
    assert not Path("/tmp/outside.txt").exists()


ENTITIES = {
    "external entity": '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>',
    "external entity over the network": '<!DOCTYPE x [<!ENTITY f SYSTEM "http://127.0.0.1:{port}/x">]>',
    "parameter entity": '<!DOCTYPE x [<!ENTITY % f SYSTEM "http://127.0.0.1:{port}/x"> %f;]>',
    "billion laughs": LAUGHS + "]>",
}


@pytest.mark.parametrize("part", BOOK)
@pytest.mark.parametrize("kind", ENTITIES)
def test_row_25_entities_are_refused(server: RunningServer, client: httpx.Client, kind: str, part: str) -> None:
    with Canary() as canary:
        doctype = '<?xml version="1.0"?>' + ENTITIES[kind].replace("{port}", str(canary.port))
        reference = "&m;" if kind == "billion laughs" else "&f;"
        parts = {BOOK[0]: PACKAGE.format(href="c.xhtml").replace(">T<", f">T {reference}<"), BOOK[1]: PAGE}
        parts[part] = doctype + parts[part].replace("Harmless", reference)
        saved = _upload(client, epub(parts[BOOK[0]], {BOOK[1]: parts[BOOK[1]]}))
        started = time.monotonic()
        _settled(server, [saved], 15)
        assert time.monotonic() - started < 15
        assert canary.connections == 0
    item = client.get(f"/api/items/{saved}").json()
    assert item["status"] == "failed"
    assert "entities" in item["error"]["message"]


@pytest.mark.parametrize("part", ["word/document.xml", "word/styles.xml", "word/footnotes.xml", "docProps/core.xml"])
@pytest.mark.parametrize("kind", ENTITIES)
def test_row_25_entities_in_word_documents_are_refused(
    server: RunningServer, client: httpx.Client, kind: str, part: str
) -> None:
    with Canary() as canary:
        doctype = ENTITIES[kind].replace("{port}", str(canary.port))
        parts = {"word/styles.xml": STYLES, "word/footnotes.xml": NOTES, "docProps/core.xml": CORE}
        body = f"<w:document {NAMESPACES}><w:body>{paragraph('Harmless words')}</w:body></w:document>"
        parts = {"word/document.xml": body, **parts}
        parts[part] = doctype + parts[part].replace("Harmless", "&m;" if kind == "billion laughs" else "&f;")
        named = relations(("styles", "styles.xml"), ("footnotes", "footnotes.xml"))
        data = archive({"_rels/.rels": ROOT, "word/_rels/document.xml.rels": named, **parts})
        saved = _upload(client, data)
        _settled(server, [saved], 15)
        assert canary.connections == 0
    item = client.get(f"/api/items/{saved}").json()
    assert (item["status"], item["media_type"]) == ("failed", DOCX)
    assert "entities" in item["error"]["message"]


def test_row_25_an_external_subset_is_not_asked_for(server: RunningServer, client: httpx.Client) -> None:
    with Canary() as canary:
        page = f'<!DOCTYPE html SYSTEM "http://127.0.0.1:{canary.port}/evil.dtd">{PAGE}'
        saved = _upload(client, _book(**{BOOK[1]: page}))
        _settled(server, [saved], 15)
        assert canary.connections == 0
    assert client.get(f"/api/items/{saved}").json()["content_text"] == "Harmless words"


def _upload(client: httpx.Client, data: bytes) -> str:
    answer = client.post("/api/items/upload", files={"files": ("a.epub", data, "application/epub+zip")})
    assert answer.status_code == 200, answer.text
    saved: str = answer.json()["items"][0]["id"]
    return saved


def _files(server: RunningServer) -> dict[Path, int]:
    folder = server.settings.data_dir
    return {Path(root, name): Path(root, name).stat().st_size for root, _, names in os.walk(folder) for name in names}
