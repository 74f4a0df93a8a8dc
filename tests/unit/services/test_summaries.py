"""Extractive summaries: sentences of the text, the telling ones, always the same."""

from __future__ import annotations

import pytest

from cortex.domain.document import Block
from cortex.services.summaries import summarise

PARAGRAPHS = (
    """The harbour of Port Ellery silts up every winter. Dredging the harbour costs the town a third of its budget.
    In 1954 a storm broke the old breakwater.""",
    """A new breakwater would keep the silt out of the harbour. Engineers measured the currents for two years.
    They found that the silt comes from the river and not from the sea.""",
    "My cousin sells ice cream. The weather was pleasant. Parking is easy to find behind the church.",
    "The council therefore decided to turn the river mouth and leave the harbour breakwater as it is.",
)


def document(paragraphs: tuple[str, ...], kind: str = "paragraph") -> tuple[str, list[Block]]:
    paragraphs = tuple(" ".join(paragraph.split()) for paragraph in paragraphs)
    text = "\n\n".join(paragraphs)
    blocks = []
    start = 0
    for paragraph in paragraphs:
        blocks.append(Block(kind, start, start + len(paragraph)))  # type: ignore[arg-type] # one of the kinds
        start += len(paragraph) + 2
    return text, blocks


def test_it_says_what_the_text_is_about_in_its_own_sentences() -> None:
    text, blocks = document(PARAGRAPHS)
    summary = summarise(text, blocks, title="The harbour of Port Ellery")
    assert summary is not None
    assert "harbour" in summary
    assert "ice cream" not in summary
    assert "Parking" not in summary
    assert summary == summarise(text, blocks, title="The harbour of Port Ellery")
    places = [text.find(sentence.strip(" .")) for sentence in summary.split(". ")]
    assert -1 not in places
    assert places == sorted(places)


def test_it_is_short() -> None:
    text, blocks = document(
        tuple(f"Sentence number {n} speaks at some length about the subject {n}." for n in range(400))
    )
    summary = summarise(text, blocks)
    assert summary is not None
    assert len(summary) <= 500


def test_a_repeated_sentence_stands_there_once() -> None:
    text, blocks = document(("The tide turns at noon near the old mill.",) * 5 + PARAGRAPHS)
    summary = summarise(text, blocks)
    assert summary is not None
    assert summary.count("The tide turns at noon") <= 1


def test_chinese_and_japanese_sentences_are_sentences() -> None:
    text, blocks = document(
        ("港口每年冬天都会淤积。疏浚港口花费了全镇三分之一的预算。新的防波堤可以阻挡泥沙进入港口。天气很好。",)
    )
    summary = summarise(text, blocks, title="港口")
    assert summary is not None
    assert summary.count("。") <= 3
    assert "港口" in summary


@pytest.mark.parametrize("kind", ["code", "table", "heading"])
def test_what_is_no_prose_has_no_summary(kind: str) -> None:
    text, blocks = document(("SELECT name FROM users WHERE age > 30 ORDER BY name",), kind)
    assert summarise(text, blocks) is None


def test_nothing_has_no_summary() -> None:
    assert summarise("", []) is None
    assert summarise("…\n\n---", []) is None


def test_a_tiny_note_is_its_own_summary() -> None:
    assert summarise("Buy milk.", []) == "Buy milk."


def test_an_endless_sentence_is_cut() -> None:
    summary = summarise("word and more " * 20_000, [])
    assert summary is not None
    assert len(summary) <= 400
