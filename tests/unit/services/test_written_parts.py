from __future__ import annotations

import pytest

from cortex.domain.document import Block
from cortex.services.token_estimates import tokens_at_most
from cortex.services.written_parts import plan_parts


def document(sections: int, sentences: int) -> tuple[str, list[Block]]:
    text, blocks = "", []
    for number in range(sections):
        for kind, words in (
            ("heading", f"Section {number}"),
            ("paragraph", " ".join(f"Sentence {place} of section {number} says little." for place in range(sentences))),
        ):
            blocks.append(Block(kind, len(text), len(text) + len(words), 1 if kind == "heading" else 0, None))  # type: ignore[arg-type] # both are kinds
            text += words + "\n\n"
    return text, blocks


def test_a_document_that_fits_is_one_part() -> None:
    text, blocks = document(2, 3)
    plan = plan_parts(text, blocks, room=1000)
    assert (plan.of, plan.is_sampled) == (1, False)
    assert text[plan.parts[0].start : plan.parts[0].end] == text.strip()


@pytest.mark.parametrize("room", [128, 300, 1000])
def test_parts_fit_and_hold_everything_in_order(room: int) -> None:
    text, blocks = document(12, 20)
    plan = plan_parts(text, blocks, room=room, most=10_000)
    parts = [text[part.start : part.end] for part in plan.parts]
    assert all(tokens_at_most(part) <= room for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert [part.number for part in plan.parts] == list(range(1, plan.of + 1))


def test_parts_end_at_headings_where_that_wastes_little() -> None:
    text, blocks = document(8, 20)
    plan = plan_parts(text, blocks, room=400)
    assert sum(text[part.start :].startswith("Section") for part in plan.parts) == len(plan.parts)


def test_of_a_book_parts_are_spread_over_it() -> None:
    text, blocks = document(300, 20)
    plan = plan_parts(text, blocks, room=300, most=24)
    assert plan.is_sampled
    assert len(plan.parts) == 24
    assert plan.parts[0].number == 1
    assert plan.parts[-1].number == plan.of


@pytest.mark.parametrize("text", ["語" * 5000, "x" * 5000, "1 " * 5000, "🙂" * 3000])
def test_any_script_fits(text: str) -> None:
    plan = plan_parts(text, [], room=200, most=10_000)
    assert all(tokens_at_most(text[part.start : part.end]) <= 200 for part in plan.parts)


def test_no_room_is_refused() -> None:
    with pytest.raises(ValueError, match="fits"):
        plan_parts("text", [], room=10)
