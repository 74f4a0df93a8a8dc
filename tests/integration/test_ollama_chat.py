"""Cortex asks a language model of an Ollama over the wire: what it sends, what it makes of answers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import pytest
from tests.ollama_server import models
from tests.ollama_server.clients import (
    QUESTION,
    ElsewhereAddress,
    Ledger,
    bodies,
    chat_model,
    fails,
    installed,
    ollama_at,
    said,
)
from tests.ollama_server.faults import (
    Held,
)
from tests.ollama_server.frames import Said
from tests.ollama_server.generative import GenerativeOllama
from tests.ollama_server.models import ServedModel
from tests.ollama_server.replay import ReplayServer
from tests.ollama_server.wire import Gate, Reply, Request, WireServer, whole

from cortex.exceptions import (
    AIProviderError,
)
from cortex.providers.chat_model import (
    ChatCapabilities,
    ChatIdentity,
    ChatMessage,
    ChatRequest,
    Finished,
    TextDelta,
    ThoughtDelta,
    TokenUsage,
    Tool,
    ToolCall,
    ToolCalls,
)
from cortex.providers.ollama import OllamaServer
from cortex.providers.ollama_chat import OllamaChatModel

SEARCH = Tool("search_notes", "Looks notes up.", {"type": "object", "properties": {"query": {"type": "string"}}})
SCHEMA = {"type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"]}


async def test_an_answer_comes_in_pieces_and_says_what_it_took() -> None:
    with GenerativeOllama() as wire:
        async with ollama_at(wire.url) as server:
            model = chat_model(server, await installed(server, "tiny-chat:latest"))
            parts = await said(model)
    assert parts == [*map(TextDelta, ("one ", "two ", "three ", "four ")), Finished("stop", TokenUsage(18, 4))]


async def test_what_is_sent_cuts_nothing_and_does_not_load_the_model_twice() -> None:
    with GenerativeOllama([replace(models.CHAT, context_length=131_072)]) as wire:
        async with ollama_at(wire.url) as server:
            model = OllamaChatModel(server, await installed(server, "tiny-chat:latest"), keep_alive="-1")
            await model.preload()
            await said(model)
            await said(model, replace(QUESTION, max_tokens=2, temperature=0.5))
        loaded, first, second = bodies(wire)
    assert loaded == {
        "model": "tiny-chat:latest", "messages": [], "keep_alive": -1, "options": {"num_ctx": 8192},
    }  # fmt: skip
    assert first == {
        "model": "tiny-chat:latest",
        "messages": [{"role": "user", "content": "one two three four"}],
        "stream": True,
        "keep_alive": -1,
        "truncate": False,
        "shift": False,
        "options": {"num_ctx": 8192, "num_predict": 8192, "temperature": 0.0},
    }
    assert second["options"] == {"num_ctx": 8192, "num_predict": 2, "temperature": 0.5}
    assert wire.loads == [("tiny-chat:latest", 8192)]


async def test_an_answer_that_was_cut_says_so() -> None:
    with GenerativeOllama() as wire:
        async with ollama_at(wire.url) as server:
            parts = await said(chat_model(server, "tiny-chat"), replace(QUESTION, max_tokens=2))
    assert parts == [TextDelta("one "), TextDelta("two "), Finished("length", TokenUsage(18, 2))]


async def test_what_is_too_long_is_refused_instead_of_cut() -> None:
    with GenerativeOllama() as wire:
        async with ollama_at(wire.url) as server:
            model = OllamaChatModel(server, "tiny-chat", keep_alive="5m", context_limit=3)
            error, _ = await fails(model, AIProviderError, "exceeds the context length")
    assert isinstance(error, AIProviderError)
    assert error.details == {"status": 400}


@pytest.mark.parametrize(
    ("name", "asked", "sent"),
    [("tiny-think", False, False), ("tiny-think", True, True), ("tiny-chat", False, None), ("tiny-chat", True, None)],
)
async def test_a_model_thinks_only_when_asked_and_able(name: str, asked: bool, sent: bool | None) -> None:
    thought = Said(content=["The", " end"], thinking=["Let me", " see"])
    words = Said(content=["The", " end"])
    with GenerativeOllama(
        [models.CHAT, models.THINKING], say=lambda body: thought if body["model"] == "tiny-think" else words
    ) as wire:
        async with ollama_at(wire.url) as server:
            parts = await said(chat_model(server, name), replace(QUESTION, thinking=asked))
    assert bodies(wire)[0].get("think") is sent
    thoughts = [part.text for part in parts if isinstance(part, ThoughtDelta)]
    assert thoughts == (["Let me", " see"] if sent else [])
    assert [part.text for part in parts if isinstance(part, TextDelta)] == ["The", " end"]


async def test_tools_are_offered_called_and_answered() -> None:
    calls: Sequence[tuple[str, dict[str, Any]]] = [("search_notes", {"query": "coffee"}), ("read_item", {"id": 7})]
    with GenerativeOllama(say=lambda _: Said(content=["Looking."], tool_calls=calls)) as wire:
        async with ollama_at(wire.url) as server:
            model = chat_model(server, "tiny-chat")
            asked = replace(QUESTION, tools=(SEARCH,))
            text, called, end = await said(model, asked)
            assert isinstance(called, ToolCalls)
            answer = ChatMessage("tool", "3 notes", tool_call_id=called.calls[0].id, name="search_notes")
            history = (*QUESTION.messages, ChatMessage("assistant", "Looking.", called.calls), answer)
            await said(model, replace(asked, messages=history))
        first, second = bodies(wire)
    assert text == TextDelta("Looking.")
    assert [(call.name, dict(call.arguments)) for call in called.calls] == list(calls)
    assert isinstance(end, Finished)
    assert end.reason == "tool_calls"
    assert first["tools"] == [
        {
            "type": "function",
            "function": {
                "name": "search_notes",
                "description": "Looks notes up.",
                "parameters": {"type": "object", "properties": {"query": {"type": "string"}}},
            },
        }
    ]
    assert second["messages"][1]["tool_calls"] == [
        {"id": "call_00000000", "function": {"name": "search_notes", "arguments": {"query": "coffee"}}},
        {"id": "call_00000001", "function": {"name": "read_item", "arguments": {"id": 7}}},
    ]
    assert second["messages"][2] == {
        "role": "tool", "content": "3 notes", "tool_name": "search_notes", "tool_call_id": "call_00000000",
    }  # fmt: skip


async def test_calls_without_ids_get_some_and_calls_of_several_frames_come_together() -> None:
    async def answer(request: Request) -> Reply:
        if request.path == "/api/show":
            return whole(200, models.show(models.CHAT))
        call = {"function": {"name": "read_item", "arguments": None}}
        message = {"role": "assistant", "content": "", "tool_calls": [call, call]}
        return whole(200, {"model": "m", "message": message, "done": True, "done_reason": "stop"})

    with WireServer(answer) as wire:
        async with ollama_at(wire.url) as server:
            called, end = await said(chat_model(server, "tiny-chat"))
    assert isinstance(called, ToolCalls)
    assert [(call.name, call.arguments) for call in called.calls] == [("read_item", {})] * 2
    assert all(call.id.startswith("call_") for call in called.calls)
    assert called.calls[0].id != called.calls[1].id
    assert end == Finished("tool_calls")


async def test_a_schema_is_sent() -> None:
    with GenerativeOllama(say=lambda _: Said(content=['{"answer":', ' "x"}'])) as wire:
        async with ollama_at(wire.url) as server:
            parts = await said(chat_model(server, "tiny-chat"), replace(QUESTION, schema=SCHEMA))
    assert bodies(wire)[0]["format"] == SCHEMA
    assert "".join(part.text for part in parts if isinstance(part, TextDelta)) == '{"answer": "x"}'


async def test_any_text_can_be_asked() -> None:
    odd = 'half a surrogate \ud800, a null \x00, "quotes", 日本語'
    with GenerativeOllama(say=lambda _: Said(content=["ok"])) as wire:
        async with ollama_at(wire.url) as server:
            await said(chat_model(server, "tiny-chat"), ChatRequest((ChatMessage("user", odd),)))
    assert bodies(wire)[0]["messages"][0]["content"] == odd


@pytest.mark.parametrize(
    ("served", "expected"),
    [
        (models.CHAT, ChatCapabilities(4096, tools=True, schema=True)),
        (models.THINKING, ChatCapabilities(4096, tools=True, schema=True, thinking=True)),
        (models.PLAIN, ChatCapabilities(4096, schema=True)),
        (replace(models.CHAT, context_length=1_000_000), ChatCapabilities(8192, tools=True, schema=True)),
        (models.CLOUD, ChatCapabilities(4096, tools=True, schema=False)),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
async def test_capabilities_are_what_the_server_says(served: ServedModel, expected: ChatCapabilities) -> None:
    with GenerativeOllama([served]) as wire:
        async with ollama_at(wire.url) as server:
            assert await chat_model(server, served.name).capabilities() == expected


async def test_capabilities_are_asked_once_for_each_digest() -> None:
    with GenerativeOllama() as wire:
        async with ollama_at(wire.url) as server:
            found = await installed(server, "tiny-chat:latest")
            for _ in range(2):
                model = chat_model(server, found)
                await model.capabilities()
                await said(model)
            await asyncio.gather(*(server.abilities(replace(found, digest="at once")) for _ in range(5)))
            assert len(bodies(wire, "/api/show")) == 2
            await chat_model(server, replace(found, digest="another")).capabilities()
            assert len(bodies(wire, "/api/show")) == 3


async def test_what_a_model_cannot_do_is_not_asked_of_it() -> None:
    with GenerativeOllama([models.EMBEDDING, models.PLAIN]) as wire:
        async with ollama_at(wire.url) as server:
            for name, sentence in (("all-minilm", "Ollama says of it embedding"), ("tiny-plain", "cannot use tools")):
                model = chat_model(server, name)
                with pytest.raises(AIProviderError, match=sentence):
                    await said(model, replace(QUESTION, tools=(SEARCH,)))
    assert bodies(wire) == []


async def test_a_complete_answer_leaves_its_connection_to_the_next_question() -> None:
    with GenerativeOllama() as wire:
        async with ollama_at(wire.url) as server:
            await server.version()
            opened = wire.opened
            model = chat_model(server, "tiny-chat")
            for _ in range(3):
                async with aclosing(model.stream(QUESTION)) as parts:
                    async for part in parts:
                        if isinstance(part, Finished):
                            break
            assert len(bodies(wire)) == 3
            assert wire.opened == opened


async def test_many_answers_at_once_are_neither_lost_nor_mixed() -> None:
    def question(number: int) -> ChatRequest:
        return ChatRequest((ChatMessage("user", " ".join(f"w{number}-{index}" for index in range(40))),))

    with GenerativeOllama() as wire:
        async with ollama_at(wire.url) as server:
            model = chat_model(server, await installed(server, "tiny-chat:latest"))
            answers = await asyncio.gather(*(said(model, question(number)) for number in range(50)))
    for number, parts in enumerate(answers):
        text = "".join(part.text for part in parts if isinstance(part, TextDelta))
        assert text.strip() == question(number).messages[0].content
        assert isinstance(parts[-1], Finished)


async def test_health_says_whether_the_model_is_there_and_in_memory() -> None:
    with GenerativeOllama([models.CHAT, models.CLOUD]) as wire:
        async with ollama_at(wire.url) as server:
            model = chat_model(server, "tiny-chat")
            health = await model.health()
            assert (health.available, health.loaded) == (True, False)
            await model.preload()
            assert (await model.health()).loaded
            await model.unload()
            assert not (await model.health()).loaded
            missing = await chat_model(server, "llama9").health()
            assert (missing.available, "no model llama9" in missing.detail) == (False, True)
            cloud = await chat_model(server, models.CLOUD.name).health()
            assert (cloud.available, cloud.loaded) == (True, True)
            assert cloud.detail.endswith("(runs at ollama.com)")
        assert bodies(wire, "/api/generate") == [{"model": "tiny-chat", "keep_alive": 0}]


async def test_recorded_loading_and_unloading() -> None:
    before = ["show_tiny-chat", "tags", "chat_preload", "unload", "ps_loaded"]
    with ReplayServer(before) as wire:
        async with ollama_at(wire.url) as server:
            model = chat_model(server, "tiny-chat")
            await model.preload()
            assert (await model.health()).loaded
            await model.unload()
    with ReplayServer(["tags", "ps_after_unload"]) as wire:
        async with ollama_at(wire.url) as server:
            assert not (await chat_model(server, "tiny-chat").health()).loaded


async def test_loading_may_take_longer_than_a_quick_question() -> None:
    gate = Gate()
    with GenerativeOllama() as wire:
        wire.faults["/api/chat"] = Held(gate)
        async with ollama_at(wire.url, quick_seconds=0.001) as server:
            loading = asyncio.create_task(server.preload("tiny-chat", keep_alive="5m"))
            assert await asyncio.to_thread(gate.reached.wait, 10)
            gate.open()
            await loading
    assert wire.loads == [("tiny-chat:latest", None)]


async def test_an_ollama_here_is_local_and_its_proxies_of_a_cloud_are_not() -> None:
    with GenerativeOllama([models.CHAT, models.CLOUD]) as wire:
        async with ollama_at(wire.url) as server:
            here = chat_model(server, await installed(server, "tiny-chat:latest"))
            cloud = chat_model(server, await installed(server, models.CLOUD.name))
            unnamed = chat_model(server, "qwen3-coder:480b-cloud")
        place = f"127.0.0.1:{wire.port}"
    assert here.identity == ChatIdentity("ollama", "tiny-chat:latest", True, place)
    assert cloud.identity == ChatIdentity("ollama", models.CLOUD.name, False, "ollama.com")
    assert unnamed.identity == ChatIdentity("ollama", "qwen3-coder:480b-cloud", False, "ollama.com")
    elsewhere = OllamaServer(ElsewhereAddress("http", "nas.lan", 11434), Ledger())
    identity = OllamaChatModel(elsewhere, "tiny-chat", keep_alive="5m").identity
    assert identity == ChatIdentity("ollama", "tiny-chat", False, "nas.lan:11434")


async def test_a_name_that_turns_out_to_be_a_proxy_is_asked_nothing() -> None:
    hidden = ServedModel("my-own:latest", remote_host="https://ollama.com:443")
    with GenerativeOllama([hidden]) as wire:
        async with ollama_at(wire.url) as server:
            model = chat_model(server, "my-own")
            assert model.identity.is_local  # the name does not say
            await fails(model, AIProviderError, "does not run here but at https://ollama.com:443. Nothing was sent")
    assert bodies(wire) == []


async def test_what_leaves_the_machine_is_in_the_ledger() -> None:
    ledger = Ledger()
    with GenerativeOllama([models.CHAT, models.CLOUD]) as wire:
        async with ollama_at(wire.url, ledger) as server:
            await said(chat_model(server, "tiny-chat"))
            cloud = chat_model(server, models.CLOUD.name)
            await cloud.preload()  # there is nothing to load
            assert ledger.connections == []
            end = (await said(cloud))[-1]
            assert isinstance(end, Finished)
            assert not end.usage.is_cost_known
        (proxied,) = ledger.connections
        assert (proxied.host, proxied.port, proxied.address) == ("ollama.com", 443, None)
        assert (proxied.purpose, proxied.outcome, proxied.status) == ("ollama", "ok", 200)
        assert proxied.bytes_sent > 100
        elsewhere = OllamaServer(ElsewhereAddress("http", "127.0.0.1", wire.port), ledger)
        await said(OllamaChatModel(elsewhere, "tiny-chat", keep_alive="5m"))
        await elsewhere.aclose()
    shown, asked = ledger.connections[1:]
    assert (shown.host, shown.port, shown.outcome) == ("127.0.0.1", wire.port, "ok")
    assert (asked.host, asked.outcome) == ("127.0.0.1", "ok")
    assert asked.bytes_received > 300


async def test_ids_that_a_model_gave_are_kept() -> None:
    with ReplayServer(["show_tiny-chat", "chat_tools_stream"]) as wire:
        async with ollama_at(wire.url) as server:
            parts = await said(chat_model(server, "tiny-chat"), replace(QUESTION, tools=(SEARCH,)))
    call = ToolCall("call_8yl50zu4", "search_notes", {"query": "coffee brewing", "limit": 3})
    assert parts == [ToolCalls((call,)), Finished("tool_calls", TokenUsage(162, 4))]
