"""Questions that lean on the one before."""

from __future__ import annotations

import pytest

from cortex.services.follow_ups import leans_back, loosely, stand_alone

FIRST = "Who built the lighthouse at Skerry Point?"


@pytest.mark.parametrize(
    "question",
    ["When was it automated?", "And in winter?", "Why?", "What about paraffin?", "Did she live there for long after?"],
)
def test_a_follow_up_takes_the_words_it_lacks(question: str) -> None:
    alone = stand_alone(question, [FIRST])
    assert alone.startswith(question)
    assert "lighthouse" in alone
    assert "Skerry".lower() in alone.lower()


@pytest.mark.parametrize(
    "question",
    ["How long does rye sourdough have to rest?", "Which treaty ended the Thirty Years' War in Europe?"],
)
def test_a_question_of_its_own_is_left_alone(question: str) -> None:
    assert not leans_back(question)
    assert stand_alone(question, [FIRST]) == question


def test_a_first_question_has_nothing_to_lean_on() -> None:
    assert stand_alone("When was it automated?", []) == "When was it automated?"


def test_a_chain_of_follow_ups_reaches_back() -> None:
    assert "lighthouse" in stand_alone("Why then?", [FIRST, "When was it automated?"])


def test_words_are_not_taken_twice() -> None:
    alone = stand_alone("Who painted it, the lighthouse?", [FIRST]).lower()
    assert alone.count("lighthouse") == 1


def test_a_long_conversation_is_no_burden() -> None:
    assert stand_alone("And that?", [FIRST, *["And that?"] * 5000]) == "And that?"


def test_quotes_and_dashes_in_a_question_demand_nothing() -> None:
    assert loosely('Who sang "There is a Way" in 1990?') == "Who sang There is a Way in 1990?"
    assert loosely("What does «-r» do, and -v?") == "What does r do, and v?"
    assert loosely("A well-known co-op, 3-4 people") == "A well-known co-op, 3-4 people"
