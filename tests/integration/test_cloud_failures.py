"""What goes wrong with cloud models, service by service: told apart, in words for the owner, never with the key."""

from __future__ import annotations

import logging
import traceback
from collections.abc import AsyncIterator

import pytest
from tests.cloud_servers.gemini import GeminiServer
from tests.cloud_servers.openai import OpenAIServer
from tests.cloud_servers.script import Refuses, Says
from tests.cloud_servers.service import Service
from tests.cloud_servers.setting import KEY, SERVICES, Ledger, all_parts, model_at, name_loopback, question
from tests.ollama_server.faults import another_program
from tests.ollama_server.wire import Reply, Request, WireServer, closed_port

from cortex.exceptions import (
    AIModelMissingError,
    AIProviderError,
    AIProviderTimeoutError,
    AIProviderUnavailableError,
)
from cortex.providers.chat_model import TextDelta, Tool
from cortex.providers.cloud import CloudChatModel

every_service = pytest.mark.parametrize("name", SERVICES)


async def failed(server: Service, name: str, *, key: str | None = KEY) -> AIProviderError | AIProviderUnavailableError:
    with pytest.raises((AIProviderError, AIProviderUnavailableError)) as caught:
        await all_parts(model_at(server, name, key=key), question())
    error = caught.value
    assert isinstance(error, AIProviderError | AIProviderUnavailableError)
    assert KEY not in "".join(traceback.format_exception(error))
    return error


@every_service
async def test_a_wrong_key(name: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    caplog.set_level(logging.DEBUG)
    with SERVICES[name](key="sk-another") as server:
        error = await failed(server, name)

    assert isinstance(error, AIProviderError)
    assert "does not accept the key. Check the key in the settings." in error.message
    assert KEY not in caplog.text
    assert not [record for record in caplog.records if record.name.startswith("LiteLLM")]
    assert KEY not in "".join(capfd.readouterr())


@every_service
async def test_too_many_requests(name: str) -> None:
    with SERVICES[name](Refuses(429, "Slow down.", headers=[("Retry-After", "7")])) as server:
        error = await failed(server, name)
        assert [one.method for one in server.seen].count("POST") == 1, "LiteLLM tried again by itself"

    assert isinstance(error, AIProviderUnavailableError)
    assert (error.retry_after, error.details) == (7.0, {"status": 429})


async def test_google_says_when_to_come_back_in_its_own_way() -> None:
    with GeminiServer(Refuses(429, "Quota exceeded.")) as server:
        assert (await failed(server, "gemini/gemini-2.5-flash")).retry_after == 37.0


async def test_a_date_to_come_back_that_is_past_is_now() -> None:
    past = [("Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT")]
    with OpenAIServer(Refuses(503, headers=past)) as server:
        assert (await failed(server, "openai/stand-in")).retry_after == 0.0


@pytest.mark.parametrize("kind", ["insufficient_quota"])
async def test_an_empty_account_is_not_worth_another_try(kind: str) -> None:
    with OpenAIServer(Refuses(429, "You exceeded your current quota.", kind)) as server:
        error = await failed(server, "openai/stand-in")

    assert isinstance(error, AIProviderError)
    assert "wants to be paid first" in error.message


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, AIProviderError),
        (402, AIProviderError),
        (403, AIProviderError),
        (404, AIModelMissingError),
        (408, AIProviderTimeoutError),
        (413, AIProviderError),
        (422, AIProviderError),
        (500, AIProviderUnavailableError),
        (502, AIProviderUnavailableError),
        (503, AIProviderUnavailableError),
        (504, AIProviderTimeoutError),
    ],
)
@every_service
async def test_every_status(name: str, status: int, expected: type[Exception]) -> None:
    with SERVICES[name](Refuses(status, "It is Tuesday.")) as server:
        error = await failed(server, name)

    assert type(error) is expected
    assert error.details == {"status": status}
    if status in (400, 413, 422):
        assert error.message.endswith("reported: It is Tuesday.")


async def test_anthropic_is_overloaded() -> None:
    with SERVICES["anthropic/claude-sonnet-4-5"](Refuses(529, "Overloaded", "overloaded_error")) as server:
        error = await failed(server, "anthropic/claude-sonnet-4-5")

    assert isinstance(error, AIProviderUnavailableError)
    assert error.details == {"status": 503}  # as others say it, so that it is worth another try


@every_service
async def test_an_error_that_repeats_the_key(name: str) -> None:
    with SERVICES[name](Refuses(400, f"I do not like {KEY} at all.")) as server:
        assert (await failed(server, name)).message.endswith("I do not like … at all.")


@every_service
async def test_redirects_are_not_followed(name: str) -> None:
    with SERVICES[name]() as elsewhere:

        async def answer(request: Request) -> Reply:
            return Reply(307, (("Location", f"{elsewhere.url}{request.path}"), ("Content-Length", "0")))

        with WireServer(answer) as server:
            model = CloudChatModel(name, api_key=KEY, api_base=server.url, recorder=Ledger())
            with pytest.raises(AIProviderError, match="points elsewhere"):
                await all_parts(model, question())
        assert elsewhere.seen == []


@every_service
async def test_nobody_answers(name: str) -> None:
    model = CloudChatModel(name, api_key=KEY, api_base=f"http://127.0.0.1:{closed_port()}", recorder=Ledger())
    with pytest.raises(AIProviderUnavailableError, match="cannot be reached"):
        await all_parts(model, question())


@every_service
async def test_another_program_answers(name: str) -> None:
    with another_program() as server:
        model = CloudChatModel(name, api_key=KEY, api_base=server.url, recorder=Ledger())
        with pytest.raises(AIProviderUnavailableError, match="does not speak as"):
            await all_parts(model, question())


@every_service
async def test_a_withheld_answer(name: str) -> None:
    with SERVICES[name](Says(["Well, "], was_withheld=True)) as server:
        error = await failed(server, name)

    assert isinstance(error, AIProviderError)
    assert "withheld" in error.message


async def test_openrouter_says_that_whoever_it_asked_broke_off() -> None:
    with OpenAIServer(Says(["a"], finish_reason="error")) as server:
        error = await failed(server, "openrouter/anthropic/claude-sonnet-4.5")

    assert isinstance(error, AIProviderUnavailableError)
    assert "broke off" in error.message


async def test_arguments_that_are_not_json() -> None:
    async def answer(request: Request) -> Reply:
        if request.method == "GET":
            return Reply(404, (("Content-Length", "0"),))

        async def frames() -> AsyncIterator[bytes]:
            call = '{"index":0,"id":"c","type":"function","function":{"name":"look","arguments":"{\\"word\\": "}}'
            yield b'data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,'
            yield b'"delta":{"role":"assistant","tool_calls":[%b]},"finish_reason":null}]}\n\n' % call.encode()
            yield b'data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,'
            yield b'"delta":{},"finish_reason":"tool_calls"}]}\n\ndata: [DONE]\n\n'

        return Reply(200, (("Content-Type", "text/event-stream"), ("Transfer-Encoding", "chunked")), frames=frames())

    with WireServer(answer) as server:
        model = CloudChatModel("openai/m", api_key=None, api_base=server.url, recorder=Ledger())
        with pytest.raises(AIProviderError, match="cannot be read"):
            await all_parts(model, question(tools=(Tool("look", "Look.", {"type": "object", "properties": {}}),)))


async def test_a_server_that_refuses_tools_is_remembered_as_unable() -> None:
    look = Tool("look", "Look.", {"type": "object", "properties": {}})
    refusal = Refuses(400, "tools are not supported by this model")
    with OpenAIServer(lambda body: refusal if "tools" in body else "Without, then.") as server:
        model = model_at(server, "openai/stand-in")
        assert (await model.capabilities()).tools
        with pytest.raises(AIProviderError, match="not supported"):
            await all_parts(model, question(tools=(look,)))
        assert not (await model.capabilities()).tools
        assert (await model.capabilities()).schema
        assert (await all_parts(model, question(tools=(look,))))[0] == TextDelta("Without, ")


async def test_a_key_is_never_sent_unencrypted_to_another_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    name_loopback(monkeypatch, "models.example")
    with OpenAIServer() as server:
        address = f"http://models.example:{server.port}/v1"
        for name in SERVICES:
            model = CloudChatModel(name, api_key=KEY, api_base=address, recorder=Ledger())
            with pytest.raises(AIProviderError, match="unencrypted; nothing was sent"):
                await all_parts(model, question())
            assert not (await model.health()).available
        assert server.seen == []


async def test_what_goes_to_another_machine_is_in_the_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    name_loopback(monkeypatch, "models.example")
    ledger = Ledger()
    with OpenAIServer(Says(["a", "b"], dies_after=1)) as server:
        model = CloudChatModel(
            "openai/stand-in", api_key=None, api_base=f"http://models.example:{server.port}/v1", recorder=ledger
        )
        assert not model.identity.is_local
        assert model.identity.place == f"models.example:{server.port}"
        with pytest.raises(AIProviderUnavailableError):
            await all_parts(model, question())
        assert [one.path for one in server.seen if "authorization" in one.headers] == []

    assert {(noted.host, noted.port, noted.purpose) for noted in ledger.noted} == {
        ("models.example", server.port, "cloud model")
    }
    assert [noted.outcome for noted in ledger.noted] == ["ok", "ok", "ok", "broken"]
    assert ledger.noted[-1].address == "127.0.0.1"
    assert ledger.noted[-1].bytes_sent > 50


async def test_an_ollama_here_that_passes_on_to_its_cloud_is_not_local() -> None:
    ledger = Ledger()
    with OpenAIServer() as server:
        model = model_at(server, "openai/gpt-oss:120b-cloud", key=None, ledger=ledger)
        await all_parts(model, question())

    assert (model.identity.is_local, model.identity.place) == (False, "ollama.com")
    assert [(noted.host, noted.purpose, noted.outcome) for noted in ledger.noted] == [
        ("ollama.com", "cloud model", "ok")
    ]


async def test_a_service_without_a_key_is_not_asked() -> None:
    model = CloudChatModel("anthropic/claude-sonnet-4-5", api_key=None, api_base=None, recorder=Ledger())

    with pytest.raises(AIProviderError, match="There is no key for api"):
        await all_parts(model, question())
    assert not (await model.health()).available
