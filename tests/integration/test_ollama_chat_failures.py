"""What goes wrong between Cortex and a language model of an Ollama, on the wire."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from tests.ollama_server.clients import (
    QUESTION,
    chat_model,
    fails,
    installed,
    ollama_at,
    said,
)
from tests.ollama_server.faults import (
    CutJSON,
    EndsEarly,
    Fault,
    Held,
    HeldMidStream,
    KilledMidStream,
    QueueFull,
    RunnerDies,
    another_program,
)
from tests.ollama_server.frames import Said
from tests.ollama_server.generative import GenerativeOllama
from tests.ollama_server.models import ServedModel
from tests.ollama_server.replay import ReplayServer
from tests.ollama_server.wire import Gate, Reply, Request, WireServer, closed_port, whole

from cortex.exceptions import (
    AIModelMissingError,
    AIProviderTimeoutError,
    AIProviderUnavailableError,
)
from cortex.providers.chat_model import ChatCapabilities, Finished, TextDelta, TokenUsage
from cortex.providers.ollama_requests import chat_body


async def test_a_missing_model_is_named() -> None:
    with GenerativeOllama() as wire:
        async with ollama_at(wire.url) as server:
            model = chat_model(server, "llama9:1b")
            error, _ = await fails(model, AIModelMissingError, r"no model llama9:1b\. Load it down")
            assert isinstance(error, AIModelMissingError)
            known = chat_model(server, await installed(server, "tiny-chat:latest"))
            await said(known)
            del wire.models["tiny-chat:latest"]  # deleted after it was asked what it can do
            await fails(known, AIModelMissingError, "no model tiny-chat:latest")


@pytest.mark.parametrize(
    ("fault", "match"),
    [
        (KilledMidStream(2), "broke off before the answer was complete"),
        (RunnerDies(2), "stopped in the middle of its answer.*unexpected EOF"),
        (CutJSON(2), "broke off before the answer was complete"),
        (EndsEarly(2), "broke off before the answer was complete"),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_an_answer_that_breaks_off_is_never_complete(fault: Fault, match: str) -> None:
    with GenerativeOllama() as wire:
        async with ollama_at(wire.url) as server:
            model = chat_model(server, "tiny-chat")
            wire.faults["/api/chat"] = fault
            _, parts = await fails(model, AIProviderUnavailableError, match)
            assert parts == [TextDelta("one "), TextDelta("two ")]
            del wire.faults["/api/chat"]
            assert len(await said(model)) == 5


@pytest.mark.parametrize("fault", [KilledMidStream(0), RunnerDies(0), EndsEarly(0)], ids=lambda it: type(it).__name__)
async def test_an_answer_that_breaks_off_before_its_first_word_is_the_model_being_away(fault: Fault) -> None:
    with GenerativeOllama() as wire:
        wire.faults["/api/chat"] = fault
        async with ollama_at(wire.url) as server:
            _, parts = await fails(chat_model(server, "tiny-chat"), AIProviderUnavailableError)
    assert parts == []


async def test_tools_of_an_answer_that_breaks_off_are_not_called() -> None:
    with GenerativeOllama(say=lambda _: Said(tool_calls=[("create_task", {})])) as wire:
        wire.faults["/api/chat"] = RunnerDies(1)
        async with ollama_at(wire.url) as server:
            _, parts = await fails(chat_model(server, "tiny-chat"), AIProviderUnavailableError)
    assert parts == []


async def test_a_full_queue_says_when_to_come_back() -> None:
    async def busy(request: Request) -> Reply:
        reply = whole(429, {"error": "slow down"})
        return replace(reply, headers=(*reply.headers, ("Retry-After", "17")))

    with GenerativeOllama() as wire:
        wire.faults["/api/chat"] = QueueFull()
        async with ollama_at(wire.url) as server:
            model = chat_model(server, "tiny-chat")
            error, _ = await fails(model, AIProviderUnavailableError, "too much to do")
            assert isinstance(error, AIProviderUnavailableError)
            assert error.retry_after == 5.0
    with WireServer(busy) as busy_wire:
        async with ollama_at(busy_wire.url) as server:
            with pytest.raises(AIProviderUnavailableError) as failure:
                await said(chat_model(server, "tiny-chat"))
            assert failure.value.retry_after == 17.0


async def test_a_slow_first_token_is_waited_for_but_not_for_ever() -> None:
    gate = Gate()
    with GenerativeOllama() as wire:
        wire.faults["/api/chat"] = Held(gate)
        async with ollama_at(wire.url, silence_seconds=0.2) as server:
            await fails(chat_model(server, "tiny-chat"), AIProviderTimeoutError, "too long")
        assert await asyncio.to_thread(wire.left.wait, 10)
        wire.faults["/api/chat"] = Held(patient := Gate())
        async with ollama_at(wire.url, quick_seconds=0.001) as server:  # that is for questions without a model
            frames = server.chat(chat_body("tiny-chat", QUESTION, ChatCapabilities(4096), keep_alive="5m"))
            first = asyncio.create_task(anext(frames))
            assert await asyncio.to_thread(patient.reached.wait, 10)
            patient.open()
            assert (await first).message.content == "one "
            await frames.aclose()


async def test_a_recorded_cold_start_is_sat_through() -> None:
    """16 s to the first token, seconds between words: played two hundred times as fast."""
    with ReplayServer(["slow_cold_stream"], pace=0.005, described=[ServedModel("slow-chat:latest")]) as wire:
        async with ollama_at(wire.url, quick_seconds=10) as server:
            parts = await said(chat_model(server, "slow-chat"))
    assert wire.paused[0] == 16085.6
    assert sum(wire.paused) > 40_000
    assert parts[-1] == Finished("length", TokenUsage(335, 20))


async def test_closing_an_answer_stops_the_model() -> None:
    gate = Gate()
    with GenerativeOllama() as wire:
        wire.faults["/api/chat"] = HeldMidStream(2, gate)
        async with ollama_at(wire.url) as server:
            parts = chat_model(server, "tiny-chat").stream(QUESTION)
            assert [await anext(parts), await anext(parts)] == [TextDelta("one "), TextDelta("two ")]
            assert not wire.left.is_set()
            await parts.aclose()
            assert await asyncio.to_thread(wire.left.wait, 10)


async def test_cancelling_who_waits_for_the_first_word_stops_the_model() -> None:
    gate = Gate()
    with GenerativeOllama() as wire:
        wire.faults["/api/chat"] = Held(gate)
        async with ollama_at(wire.url) as server:
            waiting = asyncio.create_task(said(chat_model(server, "tiny-chat")))
            assert await asyncio.to_thread(gate.reached.wait, 10)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            assert await asyncio.to_thread(wire.left.wait, 10)


async def test_nobody_there_and_somebody_else_there() -> None:
    async with ollama_at(f"http://127.0.0.1:{closed_port()}") as server:
        model = chat_model(server, "tiny-chat")
        await fails(model, AIProviderUnavailableError, "does not answer")
        health = await model.health()
        assert not health.available
        assert "does not answer" in health.detail
    with another_program() as wire:
        async with ollama_at(wire.url) as server:
            model = chat_model(server, "tiny-chat")
            await fails(model, AIProviderUnavailableError, "does not speak as Ollama")
            health = await model.health()
            assert not health.available
            assert "does not speak as Ollama" in health.detail


async def test_another_program_that_knows_no_such_route_is_not_an_ollama_without_the_model() -> None:
    async def answer(request: Request) -> Reply:
        return Reply(404, (("Content-Type", "text/html"), ("Content-Length", "9")), b"not found")

    with WireServer(answer) as wire:
        async with ollama_at(wire.url) as server:
            model = chat_model(server, "tiny-chat")
            await fails(model, AIProviderUnavailableError, "does not speak as Ollama")
