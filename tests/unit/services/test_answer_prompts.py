"""Prompts that fit the model, and hold only what it may see."""

from __future__ import annotations

import re

import pytest

from cortex.domain.search import Passage
from cortex.providers.chat_model import ChatCapabilities, ChatIdentity
from cortex.providers.gateway.gateway import Target
from cortex.services.answer_prompts import MOST_PASSAGES, Prompt, Withheld, answer_prompt, condensing_request
from cortex.services.answers import Inquiry, NumberedPassage
from cortex.services.chat_history import EarlierSummary, EarlierTurn, History
from cortex.services.token_estimates import tokens_at_most

QUESTION = "Who built the lighthouse?"


def target(tokens: int = 8192, *, is_local: bool = True) -> Target:
    return Target(ChatIdentity("fake", "script", is_local, "here"), ChatCapabilities(tokens))


def passage(
    n: int, text: str = "The lighthouse was built by Ada Moreland. " * 20, *, local: bool = False
) -> NumberedPassage:
    found = Passage(
        chunk_id=f"chunk_{n}", item_id=f"item_{n}", title=f"Note {n}", url=None, text=text, heading="", start=0,
        end=len(text), page=None, content_version=1, score=1.0, cosine=0.7, bm25=1.0, matched_terms=(),
        missing_terms=(), coverage=1.0,
    )  # fmt: skip
    return NumberedPassage(n, found, local)


def turn(n: int, *, local: bool = False) -> EarlierTurn:
    return EarlierTurn(f"Question {n}?", f"Answer {n}. " * 60, 2 * n, f"msg_{n}", (), local)


def words(prompt: Prompt | Withheld | None) -> str:
    assert isinstance(prompt, Prompt)
    return "\n".join(message.content for message in prompt.request.messages)


@pytest.mark.parametrize("tokens", [1024, 2048, 4096, 8192, 131_072])
def test_it_fits_the_window(tokens: int) -> None:
    history = History(tuple(turn(n) for n in range(30)), EarlierSummary("What came first. " * 40))
    inquiry = Inquiry(QUESTION, QUESTION, tuple(passage(n) for n in range(1, 21)), history=history)
    prompt = answer_prompt(inquiry, target(tokens), thinking=False)
    assert isinstance(prompt, Prompt)
    assert prompt.request.max_tokens is not None
    assert tokens_at_most(words(prompt)) + prompt.request.max_tokens <= tokens
    assert 1 <= len(prompt.offered) <= MOST_PASSAGES
    assert "Answer 29." in words(prompt) or tokens < 2048


def test_there_is_none_where_the_question_fills_the_window() -> None:
    inquiry = Inquiry("Who? " * 2000, QUESTION, (passage(1),))
    assert answer_prompt(inquiry, target(2048), thinking=False) is None


def test_of_one_long_passage_there_is_the_beginning() -> None:
    prompt = answer_prompt(
        Inquiry(QUESTION, QUESTION, (passage(1, "Ada built it. " * 5000),)), target(2048), thinking=False
    )
    assert "Ada built it." in words(prompt)


def test_numbers_in_brackets_of_a_text_are_no_citations() -> None:
    prompt = answer_prompt(
        Inquiry(QUESTION, QUESTION, (passage(1, "Built by Ada.[4] True."),)), target(), thinking=False
    )
    assert isinstance(prompt, Prompt)
    assert "Ada.(4)" in words(prompt)
    assert re.search(r"\[4\]", prompt.request.messages[1].content) is None


def test_what_must_not_leave_is_not_in_a_request_that_leaves() -> None:
    history = History((turn(1, local=True), turn(2)), EarlierSummary("SECRET summary", (), local_only=True))
    inquiry = Inquiry(QUESTION, QUESTION, (passage(1, "SECRET text", local=True), passage(2)), history=history)
    there = answer_prompt(inquiry, target(is_local=False), thinking=False)
    assert isinstance(there, Prompt)
    assert there.withheld == 1
    assert [each.n for each in there.offered] == [2]
    assert "SECRET" not in words(there)
    assert "Answer 1." not in words(there)
    assert "Answer 2." in words(there)
    here = answer_prompt(inquiry, target(), thinking=False)
    assert {"SECRET summary", "SECRET text", "Answer 1."} <= {
        part for part in ("SECRET summary", "SECRET text", "Answer 1.") if part in words(here)
    }
    alone = Inquiry(QUESTION, QUESTION, (passage(1, local=True),))
    assert answer_prompt(alone, target(is_local=False), thinking=False) == Withheld(1)
    suggested = Inquiry(QUESTION, QUESTION, (passage(2),), history=History(suggested_here=frozenset({QUESTION})))
    assert isinstance(answer_prompt(suggested, target(is_local=False), thinking=False), Withheld)


def test_nothing_that_may_be_shown_leaves_nothing_to_condense() -> None:
    history = History((turn(1, local=True),))
    assert condensing_request("And when?", history.for_model(is_local=False), target(is_local=False)) is None
    request = condensing_request("And when?", history, target())
    assert request is not None
    assert request.messages[1].content.endswith("Last question: And when?")
