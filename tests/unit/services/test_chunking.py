"""Passages: exact offsets, never too long, along the document's own seams, in linear time."""

from __future__ import annotations

import re
import time
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cortex.domain.chunk import ChunkDraft
from cortex.domain.document import Block
from cortex.services.chunking import CHARACTERS_PER_TOKEN, chunk_document
from cortex.services.sentences import sentence_spans

_TOKEN = re.compile(r"\w{1,6}|[^\w\s]")


def spans(text: str) -> list[tuple[int, int]]:
    """Word pieces of at most six letters."""
    return [match.span() for match in _TOKEN.finditer(text)]


def document(*parts: tuple[str, str] | tuple[str, str, int]) -> tuple[str, list[Block]]:
    """A text and its blocks from (kind, text[, page]); headings as `h1` to `h6`."""
    text = ""
    blocks = []
    for kind, content, *page in parts:
        start = len(text)
        text += content + "\n\n"
        level = int(kind[1]) if kind[0] == "h" else 0
        name = "heading" if level else kind
        blocks.append(Block(name, start, start + len(content), level, page[0] if page else None))  # type: ignore[arg-type] # kinds come as plain texts
    return text, blocks


def cut(text: str, blocks: list[Block], size: int = 50, overlap: int = 10) -> list[ChunkDraft]:
    return chunk_document(text, blocks, token_spans=spans, max_tokens=size, overlap_tokens=overlap)


def words(count: int, word: str = "word") -> str:
    return " ".join(f"{word}{index}" for index in range(count))


def test_a_short_text_is_one_passage() -> None:
    text, blocks = document(("paragraph", "One sentence. Another one."))
    (draft,) = cut(text, blocks)
    assert text[draft.start : draft.end] == "One sentence. Another one."
    assert draft.ordinal == 0
    assert draft.heading == ()
    assert draft.token_count == len(spans("One sentence. Another one."))


def test_headings_begin_passages_and_stand_above_them() -> None:
    text, blocks = document(
        ("h1", "Bread"), ("paragraph", words(60)), ("h2", "Rye"), ("paragraph", words(60)), ("h1", "Tea"),
        ("paragraph", words(60)),
    )  # fmt: skip
    drafts = cut(text, blocks, size=100)
    assert [draft.heading for draft in drafts] == [("Bread",), ("Bread", "Rye"), ("Tea",)]
    assert [text[draft.start :].split("\n")[0] for draft in drafts] == ["Bread", "Rye", "Tea"]


def test_tiny_sections_stay_together() -> None:
    text, blocks = document(("h2", "One"), ("paragraph", "Short."), ("h2", "Two"), ("paragraph", "Also short."))
    assert len(cut(text, blocks)) == 1


def test_no_passage_crosses_a_page() -> None:
    text, blocks = document(("paragraph", "First page.", 1), ("paragraph", "Second.", 2), ("paragraph", "Still.", 2))
    assert [draft.page for draft in cut(text, blocks)] == [1, 2]


def test_paragraphs_are_kept_whole_when_that_wastes_little() -> None:
    text, blocks = document(("paragraph", words(15)), ("paragraph", words(15)), ("paragraph", words(15)))
    for draft in cut(text, blocks, size=64, overlap=0):
        assert text[draft.start : draft.end].startswith("word0 ")


def test_long_paragraphs_are_cut_between_sentences_with_an_overlap() -> None:
    sentences = [f"Sentence number {index} says something." for index in range(40)]
    text, blocks = document(("paragraph", " ".join(sentences)))
    drafts = cut(text, blocks, size=40, overlap=10)
    for draft in drafts:
        assert text[draft.start : draft.end].startswith("Sentence")
        assert text[draft.start : draft.end].endswith(".")
    for before, after in pairwise(drafts):
        assert before.start < after.start < before.end < after.end


def test_code_is_cut_between_lines() -> None:
    code = "\n".join(f"value_{index} = compute({index})" for index in range(60))
    text, blocks = document(("code", code))
    for draft in cut(text, blocks, overlap=0):
        assert text[draft.start : draft.end].startswith("value_")
        assert text[draft.end] == "\n"


@pytest.mark.parametrize("endless", ["a" * 100_000, "漢字" * 20_000, "🙂" * 30_000, "-" * 50_000, "x " * 40_000])
def test_endless_words_and_sentences_are_cut(endless: str) -> None:
    text, blocks = document(("paragraph", endless))
    drafts = cut(text, blocks, overlap=0)
    assert "".join(text[draft.start : draft.end] for draft in drafts).replace(" ", "") == endless.replace(" ", "")
    for draft in drafts:
        assert len(spans(text[draft.start : draft.end])) <= 50
        assert draft.end - draft.start <= 50 * CHARACTERS_PER_TOKEN


def test_a_text_without_blocks_is_read_as_it_stands() -> None:
    assert cut("", []) == []
    assert cut(" \n ", []) == []
    assert len(cut("Just words.", [])) == 1


def test_time_is_linear() -> None:
    text, blocks = document(*[("paragraph", words(60) + ". " + words(40) + ".")] * 4000)

    def seconds(share: int) -> float:
        part = [block for block in blocks if block.end <= len(text) // share]
        begin = time.perf_counter()
        cut(text, part)
        return time.perf_counter() - begin

    small = min(seconds(8) for _ in range(3))
    assert seconds(1) < small * 8 * 4 + 0.2


@example(parts=[("paragraph", "0:0", 1), ("paragraph", "0:0", 1)], size=2, overlap=1)  # the overlap ends a paragraph
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["paragraph", "h1", "h2", "h3", "code", "list_item", "table", "quote"]),
            st.text(max_size=400),
            st.integers(1, 3),
        ),
        max_size=12,
    ),
    st.integers(1, 40),
    st.integers(0, 60),
)
def test_every_document_is_covered_by_passages_that_fit(
    parts: list[tuple[str, str, int]], size: int, overlap: int
) -> None:
    text, blocks = document(*parts)
    drafts = cut(text, blocks, size, overlap)
    covered: set[int] = set()
    for ordinal, draft in enumerate(drafts):
        assert draft.ordinal == ordinal
        assert 0 <= draft.start < draft.end <= len(text)
        assert draft.token_count <= max(size, 1)
        covered.update(range(draft.start, draft.end))
    for before, after in pairwise(drafts):
        assert before.start < after.start
        assert before.end < after.end
    for block in blocks:
        assert all(place in covered or text[place].isspace() for place in range(block.start, block.end))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One. ", "Two! ", "Three?"]),
        ("Dr. Who met Mr. Jones. They left.", ["Dr. Who met Mr. Jones. ", "They left."]),
        ("Version 3.11 is out. Use it.", ["Version 3.11 is out. ", "Use it."]),
        ("これは文です。次の文。", ["これは文です。", "次の文。"]),
        ('He said "Go." Then he went.', ['He said "Go." ', "Then he went."]),
        ("no end", ["no end"]),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentence_spans(text, 0, len(text))] == expected
