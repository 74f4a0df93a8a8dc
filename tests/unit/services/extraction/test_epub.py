"""EPUB: chapters in their order, what the book says of itself, and what is refused."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.samples.documents.make_books import archive, dykes, epub, tides

from cortex.exceptions import ExtractionError
from cortex.services.extraction.epub import parse_epub
from cortex.services.extraction.parse import parse_document
from cortex.services.extraction.sniff import EPUB

SAMPLES = Path(__file__).resolve().parents[3] / "samples" / "documents"
PACKAGE = (
    '<package><metadata><title>T</title></metadata><manifest><item id="c" href="c.xhtml" '
    'media-type="application/xhtml+xml"/></manifest><spine><itemref idref="c"/></spine></package>'
)


def page(body: str) -> str:
    return f'<html xmlns="http://www.w3.org/1999/xhtml"><head/><body>{body}</body></html>'


def small(body: str, **parts: str | bytes) -> bytes:
    return epub(PACKAGE, {"OEBPS/c.xhtml": page(body), **parts})


def test_the_samples_are_what_their_script_makes() -> None:
    assert (SAMPLES / "tides.epub").read_bytes() == tides()
    assert (SAMPLES / "dykes.epub").read_bytes() == dykes()


def test_a_book_with_everything() -> None:
    document = parse_epub(SAMPLES / "tides.epub")
    metadata = document.metadata
    assert (metadata.title, metadata.author) == ("The Book of Tides", "Mara Lindqvist")
    assert (metadata.language, metadata.published_at) == ("en", "2021-05-04T00:00:00Z")
    assert metadata.site_name == "Harbour Press"
    assert metadata.description == "How the sea rises and falls, told for people who live beside it."
    assert metadata.pages is None
    headings = [document.text[block.start : block.end] for block in document.blocks if block.kind == "heading"]
    assert headings == ["The pull of the moon", "Harbours", "Springs and neaps", "Notes"]
    assert "goes out again—because of the moon." in document.text
    assert "The sun pulls as well" in document.text
    assert "[Two bulges of water, one towards the moon]" in document.text
    assert "Phase | Tide\nNew moon | Spring" in document.text
    assert 'href="https://example.org/almanac"' in document.html
    assert document.html.count("href=") == 1
    assert "<sup>1</sup>" in document.html
    assert document.images == ()
    assert document.warnings == ()
    assert "Contents" not in document.text


def test_blocks_cover_the_text_and_the_html_says_where_they_are() -> None:
    document = parse_epub(SAMPLES / "tides.epub")
    end = 0
    for block in document.blocks:
        assert not document.text[end : block.start].strip()
        assert f'data-start="{block.start}"' in document.html
        end = block.end
    assert end == len(document.text)


def test_an_old_book_with_a_broken_and_a_missing_chapter() -> None:
    document = parse_epub(SAMPLES / "dykes.epub")
    assert document.metadata.author == "Jens Petersen"
    assert document.metadata.published_at == "1999-03-01T00:00:00Z"
    assert document.text.startswith("Vor der Flut\n\nDer Deich schützt das Land")
    assert "wurde\nwieder höher gebaut." in document.text
    assert document.warnings == ("Damaged parts of the book that could not be read: 3.",)


def test_the_name_of_the_contents_makes_a_heading_of_a_paragraph_that_says_the_same() -> None:
    document = parse_epub(tides())
    assert document.text.count("Springs and neaps") == 1
    assert "<h2" in document.html.partition("Springs and neaps")[0][-60:]


def _locked(algorithm: str) -> Mapping[str, str | bytes]:
    return {
        "META-INF/encryption.xml": '<encryption xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData>'
        f'<enc:EncryptionMethod Algorithm="{algorithm}"/><enc:CipherData><enc:CipherReference URI="OEBPS/c.xhtml"/>'
        "</enc:CipherData></enc:EncryptedData></encryption>"
    }


def test_a_sellers_lock_is_told_and_scrambled_fonts_are_none() -> None:
    with pytest.raises(ExtractionError, match="DRM") as raised:
        parse_epub(small("<p>x</p>", **_locked("http://www.w3.org/2001/04/xmlenc#aes128-cbc")))
    assert raised.value.reason == "encrypted"
    assert parse_epub(small("<p>words</p>", **_locked("http://www.idpf.org/2008/embedding"))).text == "words"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PK\x03\x04 and no more", "damaged"),
        (archive({"mimetype": "application/epub+zip", "x.txt": "no package"}), "damaged"),
        (epub("<package/>", {}), "damaged"),
        (epub("no markup at all", {}), "damaged"),
        (epub(PACKAGE, {}), "damaged"),
        (epub(PACKAGE, {"OEBPS/c.xhtml": archive({"inner.txt": "nested"})}), "damaged"),
        (small('<img src="page1.png" alt=""/>'), "empty"),
    ],
)
def test_what_is_no_book_says_so(data: bytes, reason: str) -> None:
    with pytest.raises(ExtractionError) as raised:
        parse_epub(data)
    assert raised.value.reason == reason
    assert raised.value.message.endswith(".")


def test_time_runs_out_politely() -> None:
    parts = {f"OEBPS/{n}.xhtml": page(f"<p>Chapter {n}</p>") for n in range(3)}
    items = "".join(f'<item id="c{n}" href="{n}.xhtml" media-type="application/xhtml+xml"/>' for n in range(3))
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(3))
    package = f"<package><manifest>{items}</manifest><spine>{spine}</spine></package>"
    with pytest.raises(ExtractionError) as raised:
        parse_epub(epub(package, parts), seconds=-1)
    assert raised.value.reason == "too_slow"


def test_prefixes_that_nobody_declared_are_read_as_they_are_meant() -> None:
    package = PACKAGE.replace("<title>T</title>", '<dc:title>T</dc:title><dc:creator opf:role="edt">E</dc:creator>')
    document = parse_epub(epub(package, {"OEBPS/c.xhtml": page('<p epub:type="x">words</p>')}))
    assert (document.metadata.title, document.metadata.author, document.text) == ("T", "E", "words")


def test_a_book_without_a_title_is_called_as_its_file() -> None:
    package = PACKAGE.replace("<title>T</title>", "")
    document = parse_document(epub(package, {"OEBPS/c.xhtml": page("<p>12</p>")}), media_type=EPUB, filename="a_b.epub")
    assert document.metadata.title == "a b"


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(0, len(tides()) - 1), flips=st.lists(st.integers(0, len(tides()) - 1), max_size=6))
def test_truncated_and_mangled_books_are_read_or_refused(cut: int, flips: list[int]) -> None:
    data = bytearray(tides())
    for position in flips:
        data[position] ^= 0xFF
    for broken in (bytes(data), bytes(data[:cut])):
        with contextlib.suppress(ExtractionError):
            assert parse_epub(broken).text
