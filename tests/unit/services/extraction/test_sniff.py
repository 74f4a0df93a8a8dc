"""The bytes decide what a document is."""

from __future__ import annotations

import pytest
from tests.samples.documents.make_books import archive, tides
from tests.samples.documents.make_saved_page import lamps
from tests.samples.documents.make_word import harbour

from cortex.exceptions import ExtractionError
from cortex.services.extraction.sniff import DOCX, MHTML, sniff

BOOK = tides()
PACKED = archive({"META-INF/container.xml": "<container/>"})
ODT = archive({"mimetype": "application/vnd.oasis.opendocument.text", "META-INF/manifest.xml": ""})


@pytest.mark.parametrize(
    ("head", "declared", "filename", "expected"),
    [
        (b"%PDF-1.7\n", "text/html", None, "application/pdf"),
        (b"\n\n%PDF-1.4", "application/octet-stream", "x.bin", "application/pdf"),
        (b"<!DOCTYPE html><p>x", "text/plain", None, "text/html"),
        (b"<p>x", "text/html; charset=utf-8", None, "text/html"),
        (b"<?xml version='1.0'?><html xmlns='x'>", "application/xhtml+xml", None, "text/html"),
        (b"# Title\n<div>", "text/markdown", None, "text/markdown"),
        (b"# Title", "application/octet-stream", "note.MD", "text/markdown"),
        (b"# Title", "text/plain", "note.md", "text/markdown"),
        (b"just words", "", None, "text/plain"),
        (b"just words", "text/plain", "page.html", "text/html"),
        ("words".encode("utf-16"), "text/plain", None, "text/plain"),
        (b"BMW is a make of car", "text/plain", None, "text/plain"),
        (BOOK, "application/octet-stream", "x.zip", "application/epub+zip"),
        (BOOK, "text/html", None, "application/epub+zip"),
        (PACKED, "", None, "application/epub+zip"),
        (archive({"a": ""}), "", "Book.EPUB", "application/epub+zip"),
        (b"<!DOCTYPE html><p>Sign in", "application/epub+zip", "book.epub", "text/html"),
        (harbour(), "application/octet-stream", "x.zip", DOCX),
        (lamps(), "application/octet-stream", "x.bin", MHTML),
        (lamps(), "message/rfc822", "page.mht", MHTML),
        (b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>x", "", "page.mht", MHTML),
        (b"MIME-Version: 1.0\nContent-Type: text/html\n\nA note on mail", "text/plain", None, "text/plain"),
        (archive({"a": ""}), "application/octet-stream", "letter.docx", DOCX),
    ],
)
def test_supported(head: bytes, declared: str, filename: str | None, expected: str) -> None:
    assert sniff(head, declared=declared, filename=filename) == expected


@pytest.mark.parametrize(
    ("head", "declared"),
    [
        (b"PK\x03\x04\x14\x00", "text/html"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (bytes(range(256)) * 4, "text/plain"),
        (b"plain words", "image/png"),
        (b"{}", "application/json"),
        (b"From: x", "multipart/related"),
        (b"no book", "application/epub+zip"),
        (ODT, "application/epub+zip"),
        (b"no letter", DOCX),
        (b"no message", MHTML),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), DOCX),
        (archive({"a": ""}), "application/zip"),
    ],
)
def test_unsupported(head: bytes, declared: str) -> None:
    with pytest.raises(ExtractionError) as raised:
        sniff(head, declared=declared)
    assert raised.value.reason == "unsupported"
