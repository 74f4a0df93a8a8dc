"""Pages saved whole: the page in the message, and nothing else of it."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.samples.documents.make_saved_page import ADDRESS, PAGE, lamps, message, part

from cortex.exceptions import ExtractionError
from cortex.services.extraction.mhtml import parse_mhtml

SAMPLE = Path(__file__).resolve().parents[3] / "samples" / "documents" / "lamps.mhtml"


def test_the_sample_is_what_its_script_makes() -> None:
    assert SAMPLE.read_bytes() == lamps()


def test_a_saved_page() -> None:
    document = parse_mhtml(SAMPLE.read_bytes())
    assert (document.metadata.title, document.metadata.author) == ("Harbour lamps", "Ines Duarte")
    assert "so that the pilots’ boats find their way home." in document.text
    assert f'href="{ADDRESS}mole"' in document.html
    assert "Buy lamps" not in document.text
    assert "#123456" not in document.text


def test_the_part_that_the_message_starts_with_is_the_page() -> None:
    frame = part("text/html", "https://ads.example/", b"<p>Buy lamps now, all of you.</p>")
    page = part("text/html; charset=utf-8", ADDRESS, PAGE.encode(), extra="Content-ID: <root>\n")
    assert "Harbour lamps" in parse_mhtml(message(frame, page, head=';\n\tstart="<root>"')).text
    assert "Buy lamps" in parse_mhtml(message(frame, page)).text


def test_the_charset_of_the_part_counts_and_the_subject_is_a_title() -> None:
    page = part("text/html; charset=iso-8859-1", ADDRESS, "<p>Die Brücke ist geöffnet.</p>".encode("latin-1"))
    document = parse_mhtml(message(page))
    assert document.text == "Die Brücke ist geöffnet."
    assert document.metadata.title == "Harbour lamps"


def test_a_subject_in_no_known_charset_is_no_title() -> None:
    page = part("text/html", ADDRESS, b"<p>Words of a page.</p>")
    document = parse_mhtml(message(page).replace(b"=?utf-8?Q?", b"=?utf\xff8?Q?"))
    assert (document.metadata.title, document.text) == (None, "Words of a page.")


def test_addresses_inside_the_computer_are_no_base() -> None:
    page = part("text/html", "file:///C:/page.html", b'<p>Words with <a href="next.html">a link</a>.</p>')
    document = parse_mhtml(message(page).replace(ADDRESS.encode(), b"file:///C:/page.html"))
    assert document.text == "Words with a link."
    assert "href" not in document.html


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (message(), "damaged"),
        (message(part("image/gif", "x", b"GIF89a", encoding="base64")), "damaged"),
        (message(part("multipart/mixed", "x", b"")), "damaged"),
        (message(part("text/html", ADDRESS, b"")), "empty"),
    ],
)
def test_what_holds_no_page_says_so(data: bytes, reason: str) -> None:
    with pytest.raises(ExtractionError) as raised:
        parse_mhtml(data)
    assert raised.value.reason == reason
    assert raised.value.message.endswith(".")


@settings(max_examples=40, deadline=None)
@given(cut=st.integers(0, len(lamps()) - 1), flips=st.lists(st.integers(0, len(lamps()) - 1), max_size=6))
def test_truncated_and_mangled_messages_are_read_or_refused(cut: int, flips: list[int]) -> None:
    data = bytearray(lamps())
    for position in flips:
        data[position] ^= 0xFF
    for broken in (bytes(data), bytes(data[:cut])):
        with contextlib.suppress(ExtractionError):
            assert parse_mhtml(broken).text
