"""Answers that a language model writes, over the API: cited, checked, stopped, broken off, and kept on the machine."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from tests.api.chat_library import LIGHTHOUSE, QUESTION, chat, converse, fill, receive, send, until_end
from tests.conftest import RunningServer, ServerThread

from cortex.exceptions import AIProviderUnavailableError
from cortex.providers.chat_model import (
    ChatCapabilities,
    ChatPart,
    ChatRequest,
    Finished,
    TextDelta,
    ThoughtDelta,
    TokenUsage,
)
from cortex.providers.fake_chat import FakeChatModel, Script

IDS: dict[str, str] = {}
GOING_ON = '{"questions": ["What did paraffin replace in 1890?", "Who won the chess final?"], "title": "Skerry Point"}'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for these tests, with the small library in it."""
    with ServerThread(data_dir=tmp_path_factory.mktemp("written") / "data") as running:
        with running.client() as http:
            IDS.update(fill(running, http))
        yield running


@pytest.fixture
def conversation(client: httpx.Client) -> str:
    return converse(client)


@contextmanager
def models(server: RunningServer, *used: FakeChatModel) -> Iterator[None]:
    """The server asks these."""
    choice = server.application.intelligence.models
    choice.use(*used)
    try:
        yield
    finally:
        choice.use()


def answers(words: str | Sequence[ChatPart], *, condensed: str = "When was the lighthouse automated?") -> Script:
    """Writes `words` to every question, and what is needed around it."""

    def say(request: ChatRequest) -> Sequence[ChatPart] | str:
        if request.schema is not None:
            return GOING_ON
        if "rewrite the last question" in request.messages[0].content:
            return condensed
        return words

    return say


def answering(model: FakeChatModel) -> list[ChatRequest]:
    """The requests for an answer."""
    return [request for request in model.requests if "Passages:" in request.messages[-1].content]


def number_of(request: ChatRequest, words: str) -> str:
    """The number under which a request offers the passage with these words."""
    before = request.messages[1].content.partition(words)[0]
    return before.rpartition(' n="')[2].partition('"')[0]


def ask(server: RunningServer, conversation: str, message: object = QUESTION) -> list[dict[str, Any]]:
    with chat(server, conversation) as socket:
        send(socket, message if isinstance(message, dict) else {"message": message})
        return until_end(socket)


def test_a_first_question_is_one_call_cited_and_checked(server: RunningServer, conversation: str) -> None:
    words = (
        "It was built in 1871 by Ada Moreland【1†source】. It was automated in 1923 [^1]. The sea is cold there [7]."
    )
    model = FakeChatModel(answers(words))
    with models(server, model):
        events = ask(server, conversation)
    first = next(place for place, event in enumerate(events) if event["type"] == "chunk")
    assert [event["type"] for event in events[:first]] == ["status", "status", "sources"]
    told = events[1]
    assert (told["stage"], told["provider"], told["model"], told["local"]) == ("answering", "fake", "script", True)
    assert len(answering(model)) == 1
    assert model.requests[0] is answering(model)[0]
    message = events[-1]["message"]
    assert message["content"] == (
        "It was built in 1871 by Ada Moreland[1]. It was automated in 1923 [1]. The sea is cold there."
    )
    assert "".join(event["content"] for event in events if event["type"] == "chunk") == message["content"]
    assert (message["provider"], message["model"], message["found"]) == ("fake", "script", True)
    (citation,) = message["citations"]
    assert citation["verified"]
    assert "Ada Moreland" in citation["quote"]
    assert [
        (message["content"][claim["start"] : claim["end"]], claim["citations"], claim["supported"], claim["reason"])
        for claim in message["claims"]
    ] == [
        ("It was built in 1871 by Ada Moreland[1].", [1], True, None),
        ("It was automated in 1923 [1].", [1], False, "numbers"),
        ("The sea is cold there.", [], False, "uncited"),
    ]
