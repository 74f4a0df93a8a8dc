"""Markdown, plain text and titles."""

from __future__ import annotations

from pathlib import Path

import pytest

from cortex.exceptions import ExtractionError
from cortex.services.extraction.markdown import parse_markdown, split_front_matter
from cortex.services.extraction.parse import parse_document
from cortex.services.extraction.text import parse_text

SAMPLES = Path(__file__).resolve().parents[3] / "samples" / "documents"


def test_note_with_everything() -> None:
    document = parse_markdown((SAMPLES / "note.md").read_bytes())
    assert (document.metadata.title, document.metadata.author) == ("Baking bread", "Ada Keeper, Ben Baker")
    assert document.metadata.published_at == "2024-05-06T00:00:00Z"
    assert "Flour | Water\n500 g | 350 g" in document.text
    assert "for loaf in oven:\n    loaf.turn()" in document.text
    assert "Mostly time." in document.text
    assert "alert(1)</script" not in document.html
    assert "onerror" not in document.html
    assert 'href="javascript' not in document.html
    assert '<code class="language-python">' in document.html


@pytest.mark.parametrize(
    "source", ["---\na: [\n---\ntext", "---\njust words\n---\ntext", "no front matter", "---\n---"]
)
def test_what_is_no_front_matter_stays_text(source: str) -> None:
    assert split_front_matter(source) == ({}, source)


def test_alias_bomb_in_front_matter_is_harmless() -> None:
    lines = ['a0: &a0 ["x", "x"]', *(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12))]
    document = parse_markdown(("---\n" + "\n".join(lines) + "\ntitle: *a11\n---\nbody").encode())
    assert document.text == "body"


def test_toml_front_matter() -> None:
    assert parse_markdown(b'+++\ntitle = "T"\ndate = 2024-01-02\n+++\nbody').metadata.title == "T"


@pytest.mark.parametrize("data", [b"", b" \n", b"---\ntitle: x\n---\n"])
def test_empty_markdown(data: bytes) -> None:
    with pytest.raises(ExtractionError) as raised:
        parse_markdown(data)
    assert raised.value.reason == "empty"


def test_plain_text_paragraphs_and_lines() -> None:
    wrapped = "This line was wrapped by a mail program at a fixed\nwidth, so it flows together with the one after it."
    document = parse_text(f"First\nsecond\n\n{wrapped}\n".encode())
    assert document.text == f"First\nsecond\n\n{wrapped.replace(chr(10), ' ')}"


@pytest.mark.parametrize(
    ("data", "filename", "title"),
    [
        ("# A heading\n\ntext", None, "A heading"),
        ("first words of the note. More follows", None, "first words of the note."),
        ("?!", "../../my_notes.v2.md", "my notes.v2"),
        ("?!", None, "https://example.org/a"),
    ],
)
def test_titles_of_the_untitled(data: str, filename: str | None, title: str) -> None:
    document = parse_document(data.encode(), media_type="text/markdown", filename=filename, url="https://example.org/a")
    assert document.metadata.title == title


def test_a_long_document_is_cut_at_a_block_and_says_so() -> None:
    data = b"".join(b"paragraph number %d\n\n" % number for number in range(1000))
    document = parse_document(data, media_type="text/plain", text_characters=1000)
    assert len(document.text) <= 1000
    assert document.blocks[-1].end == len(document.text)
    assert document.html.count("<p") == len(document.blocks)
    assert document.warnings


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("[rust, Reading list, 2024]", ("rust", "Reading list", "2024")),
        ('"rust, reading list"', ("rust", "reading list")),
        ('"#rust #async"', ("rust", "async")),
        ("reading list", ("reading list",)),
        ("[rust, rust, '', {a: b}, [nested]]", ("rust",)),
        ("", ()),
    ],
)
def test_tags_of_the_front_matter(written: str, meant: tuple[str, ...]) -> None:
    assert parse_markdown(f"---\ntags: {written}\n---\nbody".encode()).metadata.keywords == meant
