"""The gateway over the wire: an Ollama that dies, is busy, is slow, in front of one that is not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace

import pytest
from tests.ollama_server import models
from tests.ollama_server.clients import chat_model, ollama_at
from tests.ollama_server.faults import Held, HeldMidStream, KilledMidStream, QueueFull, RunnerDies
from tests.ollama_server.generative import GenerativeOllama
from tests.ollama_server.wire import Gate

from cortex.domain.model_call import ModelCall
from cortex.exceptions import AIProviderUnavailableError
from cortex.providers.chat_model import ChatMessage, ChatModel, ChatRequest, TextDelta
from cortex.providers.gateway.deadlines import Deadlines
from cortex.providers.gateway.gateway import Gateway, Target
from cortex.providers.gateway.notices import Notice
from cortex.providers.ollama_embedder import OllamaEmbedder

FIRST, SECOND = replace(models.CHAT, name="first:latest"), replace(models.CHAT, name="second:latest")
QUESTION = ChatRequest((ChatMessage("user", "one two three four"),))
WHOLE = "one two three four "


class Wire:
    """Two Ollamas with a model each, and a gateway that asks the first one first."""

    def __init__(self) -> None:
        self.primary = GenerativeOllama([FIRST])
        self.fallback = GenerativeOllama([SECOND])
        self.models: list[ChatModel] = []
        self.calls: list[ModelCall] = []
        self.notices: list[Notice] = []
        self.slept: list[float] = []
        self.gateway = self.patient(None)

    def patient(self, deadlines: Deadlines | None) -> Gateway:
        """A gateway with these deadlines; None for its own."""
        given = {} if deadlines is None else {"deadlines": lambda *_, **__: deadlines}
        return Gateway(self._chain, book=self.calls.append, sleep=self._sleep, **given)  # type: ignore[arg-type] # one of them

    async def _chain(self, _: str | None) -> list[ChatModel]:
        return self.models

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    async def ask(self) -> tuple[str, str]:
        """Who answers, and what is shown, also of an answer that breaks off."""
        who, shown = "", ""
        answer = self.gateway.stream(lambda _: QUESTION, purpose="chat", tell=self.notices.append)
        try:
            async with aclosing(answer) as parts:
                async for part in parts:
                    if isinstance(part, Target):
                        who = part.identity.model
                    elif isinstance(part, TextDelta):
                        shown += part.text
        except AIProviderUnavailableError as error:
            return who, f"{shown}| {error.message}"
        return who, shown


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    made = Wire()
    async with AsyncExitStack() as stack:
        for server, model in ((made.primary, FIRST), (made.fallback, SECOND)):
            stack.enter_context(server)
            client = await stack.enter_async_context(ollama_at(server.url))
            made.models.append(chat_model(client, model.name))
        yield made
        await made.gateway.aclose()


@pytest.mark.parametrize("fault", [KilledMidStream(2), RunnerDies(2)])
async def test_a_primary_that_dies_in_mid_answer(wire: Wire, fault: KilledMidStream | RunnerDies) -> None:
    wire.primary.faults["/api/chat"] = fault
    who, shown = await wire.ask()
    assert who == "first:latest"
    partial, _, sentence = shown.partition("|")
    assert partial == "one two ", "what was written is kept, and nothing of another answer is behind it"
    assert "What was written is kept; ask again" in sentence
    wire.primary.faults["/api/chat"] = QueueFull()
    assert await wire.ask() == ("second:latest", WHOLE), "the next question goes to the fallback"
    assert wire.slept == [], "nobody waits for a busy server with another one at hand"
    assert await wire.ask() == ("second:latest", WHOLE)
    states = await wire.gateway.health()
    assert [(model.name, model.state) for model in states] == [
        ("ollama/first:latest", "open"),
        ("ollama/second:latest", "closed"),
    ]
    asked = len(wire.primary.seen)
    assert await wire.ask() == ("second:latest", WHOLE)
    assert len(wire.primary.seen) == asked, "it is left alone"
    assert [call.outcome for call in wire.calls] == ["broken", "failed", "ok", "failed", "ok", "ok"]


async def test_a_busy_server_is_asked_again_when_there_is_no_other(wire: Wire) -> None:
    del wire.models[1]
    wire.primary.faults["/api/chat"] = QueueFull()

    async def calm_down(seconds: float) -> None:
        wire.slept.append(seconds)
        wire.primary.faults.clear()

    wire.gateway = Gateway(wire._chain, book=wire.calls.append, sleep=calm_down)
    assert await wire.ask() == ("first:latest", WHOLE)
    assert len(wire.slept) == 1
    assert wire.slept[0] >= 5, "as long as the server's being busy takes"
    assert [notice.kind for notice in wire.notices] == ["retrying"]


async def test_a_slow_first_token_sends_the_question_to_the_fallback_and_frees_the_server(wire: Wire) -> None:
    gate = Gate()
    wire.primary.faults["/api/chat"] = Held(gate)
    wire.gateway = wire.patient(Deadlines(first_part=0.3, idle=30, may_repeat_long=False))
    assert await wire.ask() == ("second:latest", WHOLE)
    assert wire.primary.left.wait(30), "the generation was not stopped"
    assert [notice.kind for notice in wire.notices] == ["falling_back"]
    assert "still be loading" in wire.notices[0].sentence
    gate.open()


async def test_a_slow_first_token_is_waited_for_without_a_fallback_and_said(wire: Wire) -> None:
    del wire.models[1]
    gate = Gate()
    wire.primary.faults["/api/chat"] = Held(gate)
    told = asyncio.Event()

    def tell(notice: Notice) -> None:
        wire.notices.append(notice)
        told.set()

    asking = asyncio.create_task(wire.gateway.complete(lambda _: QUESTION, purpose="chat", tell=tell))
    await told.wait()
    gate.open()
    assert (await asking).text == WHOLE
    assert wire.notices[0].kind == "reading"


async def test_closing_a_stream_stops_the_model_and_the_next_in_line_is_served(wire: Wire) -> None:
    gate = Gate()
    wire.primary.faults["/api/chat"] = HeldMidStream(1, gate)
    streams = [wire.gateway.stream(lambda _: QUESTION, purpose="chat") for _ in range(2)]
    for stream in streams:
        assert isinstance(await anext(stream), Target)
        assert await anext(stream) == TextDelta("one ")
    wire.primary.faults.clear()
    queued = asyncio.Event()

    async def wait_in_line() -> str:
        completion = await wire.gateway.complete(
            lambda _: QUESTION, purpose="chat", patience="interactive", tell=lambda _: queued.set()
        )
        return completion.text

    waiting = asyncio.create_task(wait_in_line())
    await queued.wait()
    for stream in streams:
        await stream.aclose()
    assert await waiting == WHOLE
    assert wire.primary.left.wait(30)
    gate.open()


async def test_200_callers_and_no_mixed_answers_over_few_connections(wire: Wire) -> None:
    async def ask(number: int) -> str:
        request = ChatRequest((ChatMessage("user", f"answer {number} to {number}"),))
        return (await wire.gateway.complete(lambda _: request, purpose="chat", patience="interactive")).text

    answers = await asyncio.gather(*(ask(number) for number in range(200)))
    assert answers == [f"answer {number} to {number} " for number in range(200)]
    asked = [request for request in wire.primary.seen if request.path == "/api/chat"]
    assert len(asked) == 200
    assert wire.primary.opened < 20, "connections are used again"


async def test_vectors_are_asked_for_again_when_the_server_is_busy() -> None:
    slept: list[float] = []
    with GenerativeOllama() as server:
        async with ollama_at(server.url) as client:

            async def calm_down(seconds: float) -> None:
                slept.append(seconds)
                server.faults.clear()

            async def nobody(_: str | None) -> list[ChatModel]:
                return []

            embedder = Gateway(nobody, sleep=calm_down).resilient(OllamaEmbedder(client, models.EMBEDDING.name))
            await embedder.identify()
            server.faults["/api/embed"] = QueueFull()
            vectors = await embedder.embed([f"text {number}" for number in range(40)], purpose="document")
    assert vectors.shape[0] == 40
    assert len(slept) == 1
