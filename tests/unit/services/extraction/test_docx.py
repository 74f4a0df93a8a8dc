"""Word documents: what the styles mean, what was changed, and what is refused."""

from __future__ import annotations

import contextlib
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.samples.documents.make_books import archive
from tests.samples.documents.make_word import CONTENT_TYPES, NAMESPACES, harbour, item, paragraph, relations, run, word

from cortex.exceptions import ExtractionError
from cortex.services.extraction.docx import parse_docx

SAMPLE = Path(__file__).resolve().parents[3] / "samples" / "documents" / "harbour.docx"


def test_the_sample_is_what_its_script_makes() -> None:
    assert SAMPLE.read_bytes() == harbour()


def test_a_document_with_everything() -> None:
    document = parse_docx(SAMPLE)
    metadata = document.metadata
    assert (metadata.title, metadata.author) == ("Report on the harbour", "Ines Duarte")
    assert (metadata.language, metadata.published_at) == ("en", "2022-03-04T05:06:07Z")
    assert metadata.description == "What was found when the harbour was dredged"
    headings = [
        (document.text[block.start : block.end], block.level) for block in document.blocks if block.kind == "heading"
    ]
    assert headings == [("Harbour report", 1), ("Findings", 1), ("What to do", 2)]
    assert "The basin is <strong>deep</strong>.<sup>1</sup>" in document.html
    assert "shallow" not in document.text
    assert "hidden" not in document.text
    assert "...." not in document.text
    assert '<a href="https://example.org/survey">survey</a>' in document.html
    assert '<a href="https://example.org/charts">the charts</a>' in document.html
    assert "Dredge\nthe basin\nthe channel\nWait" in document.text
    assert "Place | Depth\nBasin | 6 m\n | 7 m\nAll measured in May" in document.text
    assert document.text.count("A box beside the text.") == 1
    assert "[The crane on the quay]" in document.text
    assert "d = 7" in document.text
    assert document.text.endswith("Measured at the old gauge.")
    assert [block.kind for block in document.blocks].count("quote") == 1
    assert document.warnings == ()


@pytest.mark.parametrize(
    ("style", "level"),
    [("Heading3", 3), ("berschrift2", 2), ("Titre1", 1), ("Ttulo4", 4), ("Nagwek2", 2), ("Heading9", 6)],
)
def test_without_styles_their_ids_have_to_do(style: str, level: int) -> None:
    (block,) = parse_docx(word(paragraph("Words", style))).blocks
    assert (block.kind, block.level) == ("heading", level)


def test_a_level_of_the_paragraph_itself_wins() -> None:
    body = paragraph("Words", "Heading3", '<w:outlineLvl w:val="9"/>') + paragraph(
        "More", properties='<w:outlineLvl w:val="0"/>'
    )
    assert [(block.kind, block.level) for block in parse_docx(word(body)).blocks] == [("paragraph", 0), ("heading", 1)]


def test_styles_that_are_based_on_one_another_end() -> None:
    styles = (
        f'<w:styles {NAMESPACES}><w:style w:styleId="a"><w:basedOn w:val="b"/></w:style>'
        '<w:style w:styleId="b"><w:basedOn w:val="a"/></w:style></w:styles>'
    )
    parts = {"word/_rels/document.xml.rels": relations(("styles", "styles.xml")), "word/styles.xml": styles}
    assert parse_docx(word(paragraph("Words", "a"), parts)).text == "Words"


def test_lists_begin_anew_and_come_back_from_depth() -> None:
    body = item("a", 0, 1) + item("b", 3, 1) + item("c", 1, 1) + item("d", 0, 1) + paragraph("x") + item("e", 2, 1)
    document = parse_docx(word(body))
    assert document.text == "a\nb\nc\nd\n\nx\n\ne"
    assert document.html.count("<ul>") == 4


def test_links_that_could_do_harm_are_text() -> None:
    body = f'<w:p><w:hyperlink r:id="rId1"><w:r><w:t>click</w:t></w:r></w:hyperlink></w:p>{paragraph("Words")}'
    for target in ("javascript:alert(1)//://", "file:///etc/passwd", "data:text/html,://"):
        parts = {"word/_rels/document.xml.rels": relations(("hyperlink", target))}
        document = parse_docx(word(body, parts))
        assert "href" not in document.html
        assert document.text == "click\n\nWords"


def test_a_link_that_nobody_ends_ends_with_its_paragraph() -> None:
    begin = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>HYPERLINK "https://example.org"</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    document = parse_docx(word(f"<w:p>{begin}{run('linked')}</w:p>{paragraph('plain')}"))
    assert document.html.count("<a ") == 1
    assert ">plain</p>" in document.html


def test_of_a_word_with_its_sound_above_the_word_stays() -> None:
    ruby = f"<w:r><w:ruby><w:rt>{run('とう')}</w:rt><w:rubyBase>{run('塔')}</w:rubyBase></w:ruby></w:r>"
    assert parse_docx(word(f"<w:p>{run('高い')}{ruby}</w:p>")).text == "高い塔"


def test_an_empty_picture_is_no_bomb() -> None:
    noise = random.Random(7).randbytes(30_000)
    parts = {"word/media/noise.png": noise, "word/media/white.bmp": bytes(3_000_000)}
    assert parse_docx(word(paragraph("Words"), parts)).text == "Words"


def test_what_is_damaged_is_read_up_to_there_and_said() -> None:
    body = f"<w:document {NAMESPACES}><w:body>{paragraph('Whole')}{paragraph('Cut')}"
    document = parse_docx(archive({"word/document.xml": body}))
    assert document.text.startswith("Whole")
    assert "damaged" in document.warnings[0]


@pytest.mark.parametrize("name", ["w:", "w:1", ":p", "w:\N{REPLACEMENT CHARACTER}"])
def test_names_that_are_none_are_passed_over(name: str) -> None:
    body = f"<w:document {NAMESPACES}><w:body>{paragraph('Before')}<{name}>x</{name}></w:body></w:document>"
    assert parse_docx(archive({"word/document.xml": body})).text == "Before"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PK\x03\x04", "damaged"),
        (archive({"[Content_Types].xml": CONTENT_TYPES, "xl/workbook.xml": "<workbook/>"}), "damaged"),
        (archive({"word/document.xml": "<workbook/>"}), "damaged"),
        (archive({"word/document.xml": "words alone"}), "damaged"),
        (word(""), "empty"),
        (word(paragraph("  ")), "empty"),
    ],
)
def test_what_is_no_document_says_so(data: bytes, reason: str) -> None:
    with pytest.raises(ExtractionError) as raised:
        parse_docx(data)
    assert raised.value.reason == reason
    assert raised.value.message.endswith(".")


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(0, len(harbour()) - 1), flips=st.lists(st.integers(0, len(harbour()) - 1), max_size=6))
def test_truncated_and_mangled_documents_are_read_or_refused(cut: int, flips: list[int]) -> None:
    data = bytearray(harbour())
    for position in flips:
        data[position] ^= 0xFF
    for broken in (bytes(data), bytes(data[:cut])):
        with contextlib.suppress(ExtractionError):
            assert parse_docx(broken).text
