"""What is quoted of the passages found."""

from __future__ import annotations

import itertools
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from cortex.domain.search import Passage
from cortex.services.quotations import LONGEST, choose

TEXT = (
    "Otters of the Tay\n"
    "Otters returned to the Tay in 1994. Cleaner water brought back the eels they feed on. "
    "A holt needs undisturbed banks. The weather that year was dull.\n"
    "Counting them is hard. Spraints are counted instead, every second winter, by volunteers."
)


def passage(text: str = TEXT, **changes: object) -> Passage:
    made = Passage(
        chunk_id="chunk_1",
        item_id="item_1",
        title="Otters",
        url=None,
        text=text,
        heading="",
        start=100,
        end=100 + len(text),
        page=None,
        content_version=1,
        score=1.0,
        cosine=0.6,
        bm25=5.0,
        matched_terms=(),
        missing_terms=(),
        coverage=0.8,
    )
    return replace(made, **changes)  # type: ignore[arg-type] # fields by name


def test_each_part_of_a_question_is_answered() -> None:
    found = choose("When did otters return to the Tay, and who counts spraints?", [passage()], most=2)
    assert ["1994" in one.text for one in found] == [True, False]
    assert "volunteers" in found[1].text


def test_headings_are_not_answers() -> None:
    found = choose("When did otters return to the Tay?", [passage()], most=1)
    assert found[0].text.startswith("Otters returned")


def test_quotations_never_overlap_even_between_passages_that_do() -> None:
    shifted = passage(TEXT[18:], chunk_id="chunk_2", start=118)
    found = choose("otters Tay water eels spraints winter volunteers banks", [passage(), shifted], most=6)
    spans = sorted((one.start, one.end) for one in found)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))


def test_nothing_comes_of_nothing() -> None:
    assert choose("When did otters return?", [], most=4) == []
    assert choose("Anything?", [passage(" \n\n ")], most=4) == []


def test_a_passage_of_a_word_is_quoted_as_it_is() -> None:
    assert [one.text for one in choose("Which port?", [passage(" 8742\n"), passage("80")], most=4)] == ["8742"]


def test_an_endless_line_is_cut() -> None:
    found = choose("words", [passage("many words without an end " * 5000)], most=1)
    assert len(found[0].text) <= LONGEST


@given(question=st.text(max_size=60), text=st.text(max_size=400), start=st.integers(0, 1000))
def test_quotations_are_stretches_of_their_passage(question: str, text: str, start: int) -> None:
    source = passage(text, start=start, end=start + len(text))
    for one in choose(question, [source], most=4):
        assert start <= one.start < one.end <= source.end
        assert text[one.start - start : one.end - start] == one.text
