"""Pages: main content, metadata, character sets, and pages that were built to hurt."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from cortex.exceptions import ExtractionError
from cortex.services.extraction.decoding import decode
from cortex.services.extraction.html import parse_html

SAMPLES = Path(__file__).resolve().parents[3] / "samples" / "documents"
URL = "https://shore.example/notes/tides?utm_source=x"


def test_article_without_its_surroundings() -> None:
    document = parse_html((SAMPLES / "article.html").read_bytes(), url=URL)
    for phrase in (
        "Moon pulls the water",
        "Bristol | 12 m",
        "    return 2 * cos(t)   # metres",
        "worked it out by hand",
    ):
        assert phrase in document.text
    for phrase in ("About us", "Imprint", "alert", "color:red"):
        assert phrase not in document.text
    for forbidden in ("<script", "<iframe", "onclick", "onerror", "javascript:", " src="):
        assert forbidden not in document.html
    assert [image.url for image in document.images] == ["https://shore.example/img/tide.png"]


def test_a_page_that_leaves_out_head_and_body() -> None:
    """As HTML allows; the parser knows HTML 4 alone and takes an `article` behind a `title` for a part of the head."""
    article = "<article><h1>Tides</h1><p>The Moon pulls the sea up twice a day.</p></article>"
    page = f"<!doctype html><title>Tides</title>{article}"
    assert "The Moon pulls the sea up twice a day." in parse_html(page.encode()).text


def test_metadata() -> None:
    metadata = parse_html((SAMPLES / "article.html").read_bytes(), url=URL).metadata
    assert (metadata.title, metadata.author, metadata.site_name) == (
        "How tides work", "Ada Keeper", "The Shore Notebook",
    )  # fmt: skip
    assert metadata.published_at == "2024-03-05T08:00:00Z"
    assert metadata.language == "en"
    assert metadata.canonical_url == "https://shore.example/notes/tides"
    assert metadata.description == "Why the sea rises twice a day."


def test_language_is_detected_where_the_page_does_not_say() -> None:
    german = "<p>Der Fluss fließt langsam durch das weite Tal, und am Ufer stehen alte Weiden und Erlen.</p>" * 3
    assert parse_html(german.encode()).metadata.language == "de"


@pytest.mark.parametrize(
    ("data", "declared"),
    [
        ("Grüße".encode(), None),
        ("Grüße".encode("latin-1"), "iso-8859-1"),
        ('<meta charset="windows-1252">Grüße'.encode("cp1252"), None),
        (b"\xef\xbb\xbf" + "Grüße".encode(), "latin-1"),
        ("Grüße".encode("utf-16"), None),
        ("Grüße, и ещё".encode(), "ascii-but-unknown"),
    ],
)
def test_character_sets(data: bytes, declared: str | None) -> None:
    assert "Grüße" in decode(data, declared)


def test_japanese_without_a_declaration() -> None:
    text = "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。" * 5
    assert text in decode(
        f'<meta http-equiv="content-type" content="text/html; charset=shift_jis">{text}'.encode("cp932")
    )
    assert decode(text.encode("euc_jp")) == text


@pytest.mark.parametrize("data", [b" \n ", b"<html><body><script>x()</script></body></html>", b"<!-- nothing -->"])
def test_pages_without_text_are_empty(data: bytes) -> None:
    with pytest.raises(ExtractionError) as raised:
        parse_html(data)
    assert raised.value.reason == "empty"


@pytest.mark.parametrize("tag", ["div", "b", "ul><li", "blockquote", "table><tr><td", "p><span", "a href=/x"])
def test_ten_thousand_levels(tag: str) -> None:
    started = time.process_time()
    document = parse_html((f"<{tag}>" * 10_000 + "the treasure is at the bottom").encode())
    assert "the treasure is at the bottom" in document.text
    assert time.process_time() - started < 5


def test_ten_megabytes() -> None:
    paragraph = "<p>" + "The quick brown fox jumps over the lazy dog. " * 30 + "</p>\n"
    started = time.process_time()
    document = parse_html(("<article>" + paragraph * (10_000_000 // len(paragraph))).encode())
    assert len(document.text) > 9_000_000
    assert time.process_time() - started < 10


@pytest.mark.parametrize("hostile", ["[" * 100_000, '{"@graph":' * 5_000, '{"@type":"Article","headline":{"a":[]}}'])
def test_hostile_json_ld(hostile: str) -> None:
    page = f'<script type="application/ld+json">{hostile}</script><p>Some text that can be read.</p>'
    assert parse_html(page.encode()).text == "Some text that can be read."


def test_text_has_no_nul_no_surrogate_and_is_composed() -> None:
    document = parse_html(b"<p>Cafe&#x301; a\x00b &#xd800; &#xfffe;</p>")
    assert "Café" in document.text
    assert not any(ord(character) < 9 or 0xD800 <= ord(character) <= 0xDFFF for character in document.text)
