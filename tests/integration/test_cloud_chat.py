"""Cloud models through LiteLLM's real code, against servers that speak as the services do."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest
from tests.cloud_servers.anthropic import AnthropicServer
from tests.cloud_servers.gemini import GeminiServer
from tests.cloud_servers.openai import OpenAIServer
from tests.cloud_servers.script import Call, Says
from tests.cloud_servers.setting import KEY, SERVICES, Ledger, all_parts, model_at, question, reroute
from tests.ollama_server.wire import Gate

from cortex.exceptions import AIProviderUnavailableError
from cortex.providers.chat_model import (
    ChatMessage,
    ChatPart,
    ChatRequest,
    Finished,
    TextDelta,
    ThoughtDelta,
    TokenUsage,
    Tool,
    ToolCall,
    ToolCalls,
)
from cortex.providers.cloud import CloudChatModel

LOOK = Tool("look", "Look it up.", {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]})
SCHEMA = {
    "type": "object",
    "properties": {"title": {"type": "string"}},
    "required": ["title"],
    "additionalProperties": False,
}
every_service = pytest.mark.parametrize("name", SERVICES)


@every_service
async def test_an_answer_comes_in_pieces_and_is_counted(name: str) -> None:
    with SERVICES[name](Says(["Bread ", "rises."], prompt_tokens=21, completion_tokens=9), key=KEY) as server:
        model = model_at(server, name)
        parts = await all_parts(model, question("Why?"))

    assert parts[:-1] == [TextDelta("Bread "), TextDelta("rises.")]
    end = parts[-1]
    assert isinstance(end, Finished)
    assert end.reason == "stop"
    if not name.startswith("mistral/"):  # LiteLLM does not ask it for the numbers, which the service sends unasked
        assert end.usage == TokenUsage(21, 9, cost_usd=0.0)


@every_service
async def test_tools_come_whole_and_their_results_go_back(name: str) -> None:
    call = Call("look", {"word": "crumb", "more": {"in": ["this", "order"]}}, "call_a1")
    with SERVICES[name](Says(calls=[call, Call("look", {"word": "crust"}, "call_b2")])) as server:
        model = model_at(server, name)
        parts = [part async for part in model.stream(question(tools=(LOOK,)))]
        server.say = "Both are good."
        (calls,) = [part for part in parts if isinstance(part, ToolCalls)]
        results = tuple(ChatMessage("tool", "found", tool_call_id=one.id, name=one.name) for one in calls.calls)
        asked = (ChatMessage("user", "Hello?"), ChatMessage("assistant", "", tool_calls=calls.calls), *results)
        answer = await all_parts(model, ChatRequest(asked, tools=(LOOK,)))

    assert [(one.name, one.arguments) for one in calls.calls] == [
        ("look", {"word": "crumb", "more": {"in": ["this", "order"]}}),
        ("look", {"word": "crust"}),
    ]
    assert len({one.id for one in calls.calls}) == 2
    end = parts[-1]
    assert isinstance(end, Finished)
    assert end.reason == "tool_calls"
    assert "".join(part.text for part in answer if isinstance(part, TextDelta)) == "Both are good."


async def test_what_tools_look_like_on_the_wire() -> None:
    with OpenAIServer() as server:
        call = ToolCall("call_1", "look", {"word": "Brot"})
        history = (
            ChatMessage("system", "Be brief."),
            ChatMessage("user", "Look."),
            ChatMessage("assistant", "", tool_calls=(call,)),
            ChatMessage("tool", "bread", tool_call_id="call_1", name="look"),
        )
        await all_parts(model_at(server, "openai/stand-in"), ChatRequest(history, tools=(LOOK,), max_tokens=50))
        body = server.seen[-1].json()

    assert body["tools"] == [
        {
            "type": "function",
            "function": {"name": "look", "description": "Look it up.", "parameters": dict(LOOK.parameters)},
        }
    ]
    assert body["messages"][2]["tool_calls"][0]["function"] == {"name": "look", "arguments": '{"word": "Brot"}'}
    assert body["messages"][3]["tool_call_id"] == "call_1"
    assert (body["max_tokens"], body["temperature"], body["stream"]) == (50, 0.0, True)


@every_service
async def test_answers_in_a_given_shape(name: str) -> None:
    with SERVICES[name](Says(['{"title": ', '"On crumbs"}'])) as server:
        parts = await all_parts(model_at(server, name), question(schema=SCHEMA))
        asked = server.seen[-1].body.decode()

    assert json.loads("".join(part.text for part in parts if isinstance(part, TextDelta))) == {"title": "On crumbs"}
    assert '"title"' in asked  # the schema went along, in the service's own place for it


async def test_a_schema_that_cannot_be_guaranteed_is_still_asked_for() -> None:
    with OpenAIServer('{"title": "x"}') as server:
        await all_parts(model_at(server, "openai/stand-in"), question(schema={**SCHEMA, "required": []}))
        asked = server.seen[-1].json()["response_format"]

    assert asked["json_schema"]["strict"] is False


@pytest.mark.parametrize("name", [name for name in SERVICES if not name.startswith("openrouter/")])
async def test_thoughts_come_apart(name: str) -> None:
    with SERVICES[name](Says(["Yes."], thoughts=["Hm, ", "well."])) as server:
        parts = await all_parts(model_at(server, name), question(thinking=True))

    assert "".join(part.text for part in parts if isinstance(part, ThoughtDelta)) == "Hm, well."
    assert [part for part in parts if isinstance(part, TextDelta)] == [TextDelta("Yes.")]


@every_service
async def test_an_answer_that_was_cut_says_so(name: str) -> None:
    with SERVICES[name](Says(["Bread ris"], was_cut=True)) as server:
        parts = await all_parts(model_at(server, name), question())

    assert isinstance(parts[-1], Finished)
    assert parts[-1].reason == "length"


async def test_a_call_of_a_tool_that_was_cut_is_none() -> None:
    with OpenAIServer(Says(calls=[Call("look", {"word": "crumb"})], was_cut=True)) as server:
        parts = await all_parts(model_at(server, "openai/stand-in"), question(tools=(LOOK,)))

    assert [type(part) for part in parts] == [Finished]


@pytest.mark.parametrize(
    "broken",
    [Says(["a", "b", "c"], dies_after=2), Says(["a", "b", "c"], stops_after=2), Says(["a", "b"], fails_after=1)],
)
@every_service
async def test_an_answer_that_breaks_off_is_no_whole_one(name: str, broken: Says) -> None:
    with SERVICES[name](broken) as server:
        model = model_at(server, name)
        parts = model.stream(question())
        assert await anext(parts) == TextDelta("a")
        with pytest.raises(AIProviderUnavailableError, match="broke off"):
            await _exhausted(parts)
        await model.aclose()
        assert [one.method for one in server.seen].count("POST") == 1


async def _exhausted(parts: AsyncGenerator[ChatPart, None]) -> None:
    async for _ in parts:
        pass


@every_service
async def test_closing_the_answer_stops_the_model(name: str) -> None:
    gate = Gate()
    with SERVICES[name](Says(["a", "b"], held_after=(1, gate))) as server:
        model = model_at(server, name)
        async with aclosing(model.stream(question())) as parts:
            assert await anext(parts) == TextDelta("a")
        assert server.left.wait(20)
        server.say = "Again."
        assert (await all_parts(model, question()))[0] == TextDelta("Again.")


@pytest.mark.parametrize(
    ("name", "server", "usd"),
    [
        ("openai/gpt-4o-mini", OpenAIServer, 1000 * 0.15e-6 + 100 * 0.6e-6),
        ("anthropic/claude-sonnet-4-5", AnthropicServer, 1000 * 3e-6 + 100 * 15e-6),
        ("gemini/gemini-2.5-flash", GeminiServer, 1000 * 0.3e-6 + 100 * 2.5e-6),
    ],
)
async def test_a_service_is_paid_for_and_in_the_ledger(
    name: str, server: type[OpenAIServer], usd: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger()
    with server(Says(["Yes."], prompt_tokens=1000, completion_tokens=100), key=KEY) as standing_in:
        reroute(monkeypatch, standing_in)
        model = CloudChatModel(name, api_key=KEY, api_base=None, recorder=ledger)
        parts = await all_parts(model, question())
        sent = len(standing_in.seen[-1].body)

    assert isinstance(parts[-1], Finished)
    assert parts[-1].usage.cost_usd == pytest.approx(usd)
    assert parts[-1].usage.is_cost_known
    assert not model.identity.is_local
    assert model.identity.name == name
    (noted,) = ledger.noted
    assert (noted.host, noted.port, noted.purpose) == (model.identity.place, 443, "cloud model")
    assert (noted.outcome, noted.status, noted.bytes_sent) == ("ok", 200, sent)
    assert noted.bytes_received > 100


async def test_a_model_without_a_price_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with OpenAIServer() as server:
        reroute(monkeypatch, server)
        model = CloudChatModel("openai/not-on-any-list", api_key=KEY, api_base=None, recorder=Ledger())
        parts = await all_parts(model, question())

    assert isinstance(parts[-1], Finished)
    assert parts[-1].usage == TokenUsage(11, 7, 0.0, is_cost_known=False)
