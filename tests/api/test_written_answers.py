"""Answers that a language model writes, over the API: cited, checked, stopped, broken off, and kept on the machine."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from tests.api.chat_library import QUESTION, chat, converse, fill, ready, receive, send, until_end
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


def test_a_follow_up_is_condensed_by_exactly_one_call(server: RunningServer, conversation: str) -> None:
    model = FakeChatModel(answers("It was automated a century later [1]."))
    with models(server, model):
        ask(server, conversation)
        asked = len(model.requests)
        message = ask(server, conversation, "And when was it automated?")[-1]["message"]
    new = [request for request in model.requests[asked:] if request.schema is None]
    assert "Last question: And when was it automated?" in new[0].messages[-1].content
    assert new[1:] == [answering(model)[-1]]
    assert "The owner asked: Who built" in new[1].messages[1].content
    assert new[1].messages[1].content.endswith("Question: And when was it automated?")
    assert "automated" in message["citations"][0]["quote"]
    calls = [sum(len(m.content.split()) for m in request.messages) for request in new]
    assert message["usage"]["prompt_tokens"] == sum(calls)


def test_a_follow_up_that_stands_alone_needs_no_call(server: RunningServer, conversation: str) -> None:
    model = FakeChatModel(answers("Sixteen hours [1]."))
    with models(server, model):
        ask(server, conversation)
        asked = len(answering(model))
        before = len(model.requests)
        ask(server, conversation, "How long does a rye sourdough rest before baking?")
    new = [request for request in model.requests[before:] if request.schema is None]
    assert new == answering(model)[asked:]


@pytest.mark.parametrize("sign", ["[none] ", "**[NONE]**: ", ""])
def test_what_the_passages_do_not_answer_is_not_found(server: RunningServer, conversation: str, sign: str) -> None:
    model = FakeChatModel(answers(f"{sign}Your library does not say who painted the lighthouse [9]."))
    with models(server, model):
        message = ask(server, conversation, "Who painted the lighthouse at Skerry Point?")[-1]["message"]
    assert message["content"] == "Your library does not say who painted the lighthouse."
    assert (message["found"], message["citations"], message["claims"], message["suggestions"]) == (False, [], [], [])


def test_how_to_go_on_comes_after_the_answer_and_is_kept(
    server: RunningServer, client: httpx.Client, conversation: str
) -> None:
    model = FakeChatModel(answers("It was built in 1871 by Ada Moreland [1]."))
    with models(server, model), chat(server, conversation) as socket:
        send(socket, {"message": QUESTION})
        done = until_end(socket)[-1]
        after = receive(socket)
    assert after == {
        "type": "suggestions",
        "seq": done["seq"] + 1,
        "message_id": done["message"]["id"],
        "items": ["What did paraffin replace in 1890?"],
    }
    settled(server)
    kept = client.get(f"/api/conversations/{conversation}").json()
    assert kept["messages"][1]["suggestions"] == after["items"]
    assert kept["title"] == "Skerry Point"
    assert kept["messages"][1]["usage"]["total_tokens"] > done["message"]["usage"]["total_tokens"]


HARBOUR = "\n\n".join(
    f"## {heading}\n\n" + " ".join(f"{sentence} The harbour master noted it in volume {n}." for n in range(12))
    for heading, sentence in (
        ("Tides at Tarbert", "The spring tide at Tarbert harbour rises four metres."),
        ("Dues at Tarbert", "The harbour dues at Tarbert are ten pounds a night."),
        ("Moorings at Tarbert", "The moorings at Tarbert harbour hold boats of twelve metres."),
    )
)


def test_without_a_model_the_library_itself_says_how_to_go_on(
    server: RunningServer, client: httpx.Client, conversation: str
) -> None:
    body = {"title": "Tarbert harbour", "content": HARBOUR, "content_type": "text/markdown"}
    ready(server, client.post("/api/items", json=body).raise_for_status().json()["id"])
    with chat(server, conversation) as socket:
        send(socket, {"message": "How high does the spring tide rise at Tarbert harbour?"})
        told = next(event for event in until_end(socket) if event.get("stage") == "answering")
        assert (told["provider"], told["model"], told["local"]) == ("embedded", "extractive", True)
        assert told["message"].endswith("The answer is quoted instead.")
        questions = receive(socket)["items"]
    assert questions == stored(server, conversation)["suggestions"]
    assert any("Dues at Tarbert" in question or "Moorings at Tarbert" in question for question in questions)
    for question in questions:
        asked = client.post(f"/api/conversations/{converse(client)}/messages", json={"content": question})
        assert asked.json()["found"]


class Held:
    """Says its first words, then holds until it is let go, or breaks off."""

    def __init__(self, server: RunningServer, *, fails: bool = False):
        self.closed = asyncio.Event()
        self._go_on = asyncio.Event()
        self._fails = fails
        self._loop = server.loop

    def model(self) -> FakeChatModel:
        """A model that does so."""
        model = FakeChatModel(answers(""), model="broken" if self._fails else "held")
        model.stream = self._stream  # type: ignore[method-assign] # the same, held
        return model

    async def _stream(self, request: ChatRequest) -> AsyncGenerator[ChatPart, None]:
        try:
            yield TextDelta("It was built in 1817 [1]. It has [")
            if self._fails:
                raise AIProviderUnavailableError("The model went away.")
            await self._go_on.wait()
            yield TextDelta("1] a lamp.")
            yield Finished("stop", TokenUsage(10, 5))
        finally:
            self.closed.set()

    def let_go(self) -> None:
        self._loop.call_soon_threadsafe(self._go_on.set)


def test_stopping_keeps_what_was_written_and_stops_the_model(server: RunningServer, conversation: str) -> None:
    held = Held(server)
    with models(server, held.model()), chat(server, conversation) as socket:
        send(socket, {"message": QUESTION})
        while receive(socket)["type"] != "chunk":
            pass
        send(socket, {"type": "cancel"})
        message = until_end(socket)[-1]["message"]
        asyncio.run_coroutine_threadsafe(held.closed.wait(), server.loop).result(10)
    assert (message["status"], message["content"]) == ("cancelled", "It was built in 1817 [1]. It has")
    assert [citation["n"] for citation in message["citations"]] == [1]
    assert message["claims"][0]["reason"] == "numbers"


def test_a_model_that_breaks_off_leaves_what_it_wrote_and_the_next_one_goes_on(
    server: RunningServer, conversation: str
) -> None:
    held = Held(server, fails=True)
    second = FakeChatModel(answers("Ada Moreland built it [1]."), model="second")
    with models(server, held.model(), second):
        events = ask(server, conversation)
        assert (events[-1]["type"], events[-1]["error"]) == ("error", "ai_provider_unavailable")
        message = stored(server, conversation)
        assert (message["status"], message["content"]) == ("failed", "It was built in 1817 [1]. It has")
        assert "What was written is kept; ask again" in message["error"]["message"]
    with models(server, second):
        assert ask(server, conversation)[-1]["message"]["model"] == "second"


def test_a_lost_connection_is_taken_up_again(server: RunningServer, conversation: str) -> None:
    held = Held(server)
    with models(server, held.model()):
        with chat(server, conversation) as socket:
            send(socket, {"message": QUESTION})
            seen = [receive(socket)]
            while seen[-1]["type"] != "chunk":
                seen.append(receive(socket))
        held.let_go()
        with chat(server, conversation) as socket:
            send(socket, {"resume": {"message_id": seen[-1]["message_id"], "seq": seen[-1]["seq"]}})
            rest = until_end(socket)
    content = "".join(event["content"] for event in (*seen, *rest) if event["type"] == "chunk")
    assert rest[-1]["message"]["content"] == content == "It was built in 1817 [1]. It has [1] a lamp."


def test_the_first_model_away_the_second_answers_and_is_named(server: RunningServer, conversation: str) -> None:
    away, there = FakeChatModel(answers(""), model="away"), FakeChatModel(answers("Ada Moreland [1]."), model="there")
    away.available = False
    with models(server, away, there):
        events = ask(server, conversation)
        assert next(event for event in events if event.get("stage") == "answering")["model"] == "there"
        assert events[-1]["message"]["model"] == "there"
        named = {"message": QUESTION, "model": "fake/away"}
        quoted = ask(server, conversation, named)[-1]["message"]
        assert (quoted["provider"], quoted["model"]) == ("embedded", "extractive")
        assert ask(server, conversation, {"message": QUESTION, "model": "elsewhere"})[-1]["error"] == "validation_error"
        assert ask(server, conversation, {"message": QUESTION, "model": "there"})[-1]["message"]["model"] == "there"


def test_thoughts_come_apart_and_only_where_they_are_wanted(
    server: RunningServer, client: httpx.Client, conversation: str
) -> None:
    parts: list[ChatPart] = [ThoughtDelta("Who was it?"), TextDelta("Ada Moreland built it [1].")]
    model = FakeChatModel(answers(parts), capabilities=ChatCapabilities(8192, schema=True, thinking=True))
    with models(server, model):
        ask(server, conversation)
        assert [request.thinking for request in answering(model)] == [False]
        client.put("/api/settings/ai", json={"thinking": True}).raise_for_status()
        events = ask(server, conversation)
        client.put("/api/settings/ai", json={"thinking": False}).raise_for_status()
    assert answering(model)[-1].thinking
    assert [event["content"] for event in events if event["type"] == "thought"] == ["Who was it?"]
    assert events[-1]["message"]["thoughts"] == "Who was it?"
    assert events[-1]["message"]["content"] == "Ada Moreland built it [1]."


def test_what_must_not_leave_is_withheld_from_a_model_elsewhere(
    server: RunningServer, client: httpx.Client, conversation: str
) -> None:
    body = {"content": "# Keepers\n\nAda Moreland kept the lighthouse at Skerry Point until 1899, in secret.",
            "content_type": "text/markdown"}  # fmt: skip
    secret = client.post("/api/items", json=body).raise_for_status().json()["id"]
    ready(server, secret)
    client.put(f"/api/items/{secret}", json={"local_only": True}).raise_for_status()
    elsewhere = FakeChatModel(answers("It was Ada Moreland [1]."), model="elsewhere", is_local=False)
    here = FakeChatModel(answers("She kept it until 1899 [1]."), model="here")
    try:
        with models(server, elsewhere):
            events = ask(server, conversation)
            told = next(event for event in events if event.get("stage") == "answering")
            assert (told["local"], told["withheld"]) == (False, 1)
            only = {"message": "Who kept the lighthouse?", "scope": {"item_ids": [secret]}}
            quoted = ask(server, conversation, only)
            assert quoted[-1]["message"]["model"] == "extractive"
            reason = next(event for event in quoted if event.get("stage") == "answering")["message"]
            assert reason.startswith("1 passage may not leave this device")
        with models(server, here):
            ask(server, conversation, "Until when did Ada Moreland keep the lighthouse at Skerry Point?")
        suggested = stored(server, conversation)["suggestions"][0]
        with models(server, elsewhere):
            ask(server, conversation, "And who built it?")
            assert ask(server, conversation, suggested)[-1]["message"]["model"] == "extractive"
            ask(server, conversation, "And who built it?")
        everything = json.dumps([[m.content for m in request.messages] for request in elsewhere.requests])
        assert "secret" not in everything
        assert "1899" not in everything
        assert "Keepers" not in everything
        assert suggested not in everything
        assert "The owner asked: Who built the lighthouse" in everything
    finally:
        client.delete(f"/api/items/{secret}", params={"permanent": True}).raise_for_status()


def test_an_answer_that_was_cut_off_shows_it(server: RunningServer, conversation: str) -> None:
    parts: list[ChatPart] = [TextDelta("Ada Moreland built it [1] in"), Finished("length", TokenUsage(10, 5))]
    with models(server, FakeChatModel(answers(parts), model="cut")):
        assert ask(server, conversation)[-1]["message"]["content"] == "Ada Moreland built it [1] in …"


def test_a_long_conversation_is_summed_up(server: RunningServer, client: httpx.Client, conversation: str) -> None:
    long = "The lighthouse at Skerry Point was built in 1871 by Ada Moreland [1]. " * 12

    def say(request: ChatRequest) -> str:
        if "keep the minutes" in request.messages[0].content:
            return "MINUTES: the owner asked who built the lighthouse: Ada Moreland."
        said = answers(long)(request)
        assert isinstance(said, str)
        return said

    model = FakeChatModel(say)
    with models(server, model):
        for _ in range(6):
            ask(server, conversation)
            settled(server)
        asked = answering(model)[-1].messages[1].content
    assert "MINUTES" in asked
    assert asked.count("The owner asked:") < 6
    first = client.get(f"/api/conversations/{conversation}").json()["messages"][0]["id"]
    client.delete(f"/api/conversations/{conversation}/messages/{first}").raise_for_status()
    with models(server, model):
        ask(server, conversation)
    assert "MINUTES" not in answering(model)[-1].messages[1].content


def test_a_client_of_plain_json_gets_the_answer_too(
    server: RunningServer, client: httpx.Client, conversation: str
) -> None:
    with models(server, FakeChatModel(answers("Ada Moreland built it [1]."))):
        answer = client.post(f"/api/conversations/{conversation}/messages", json={"content": QUESTION})
    message = answer.raise_for_status().json()
    assert [citation["verified"] for citation in message["citations"]] == [True]
    assert [claim["supported"] for claim in message["claims"]] == [True]


def stored(server: RunningServer, conversation: str) -> dict[str, Any]:
    """The last message, once nothing is thought of any more."""
    settled(server)
    with server.client() as http:
        found: dict[str, Any] = http.get(f"/api/conversations/{conversation}").json()["messages"][-1]
    return found


def settled(server: RunningServer) -> None:
    """Wait until nothing is thought of in the background."""
    asyncio.run_coroutine_threadsafe(server.application.answering.settled(), server.loop).result(30)
