"""PDF: pages, paragraphs, reasons."""

from __future__ import annotations

from pathlib import Path

import pytest

from cortex.exceptions import ExtractionError
from cortex.services.extraction.pdf import parse_pdf
from cortex.services.extraction.pdf_lines import Line, paragraphs, plain_characters, without_running_lines

SAMPLES = Path(__file__).resolve().parents[3] / "samples" / "documents"


def test_pages_paragraphs_headings_and_hyphens() -> None:
    document = parse_pdf(SAMPLES / "two-pages.pdf")
    assert document.metadata.title == "Notes on rivers"
    assert document.metadata.pages == 2
    assert document.metadata.published_at == "2024-01-02T03:04:05Z"
    kinds = [(block.kind, block.page) for block in document.blocks]
    assert kinds == [("heading", 1), ("paragraph", 1), ("paragraph", 1), ("heading", 2), ("paragraph", 2)]
    assert "a lake or another river. Small rivers" in document.text


@pytest.mark.parametrize(
    ("name", "reason", "word"),
    [
        ("locked.pdf", "encrypted", "password"),
        ("no-text.pdf", "empty", "scanned"),
        ("broken.pdf", "damaged", "damaged"),
    ],
)
def test_reasons(name: str, reason: str, word: str) -> None:
    with pytest.raises(ExtractionError) as raised:
        parse_pdf((SAMPLES / name).read_bytes())
    assert raised.value.reason == reason
    assert word in raised.value.message


def test_time_runs_out_politely() -> None:
    with pytest.raises(ExtractionError) as raised:
        parse_pdf(SAMPLES / "two-pages.pdf", seconds=-1)
    assert raised.value.reason == "too_slow"


def test_headers_and_footers_go() -> None:
    bodies = ["one apple", "two pears", "three plums", "four figs", "five limes"]
    pages = [
        [Line("The Journal"), Line(f"{body} fell"), Line(f"{body} rolled"), Line(f"Page {number}")]
        for number, body in enumerate(bodies, start=1)
    ]
    cleaned = without_running_lines(pages)
    assert [line.text for line in cleaned[0]] == ["one apple fell", "one apple rolled"]


def test_hyphenated_words_join_and_compounds_stay() -> None:
    lines = [Line("a hyphen-"), Line("ated word in the Berlin-"), Line("Brandenburg area")]
    assert paragraphs(lines, 0)[0].text == "a hyphenated word in the Berlin- Brandenburg area"


def test_ligatures_become_letters_and_the_rest_stays() -> None:
    assert plain_characters("ﬁnd ﬂow x² ½ ™") == "find flow x² ½ ™"
