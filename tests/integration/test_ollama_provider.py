"""Cortex talks to Ollama over the wire: what real ones were recorded saying, and everything that goes wrong."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.ollama_server import models
from tests.ollama_server.clients import ElsewhereAddress, Ledger, ollama_at
from tests.ollama_server.faults import (
    CutJSON,
    Fault,
    Held,
    HeldMidStream,
    KilledMidStream,
    QueueFull,
    RunnerDies,
    another_program,
)
from tests.ollama_server.generative import GenerativeOllama
from tests.ollama_server.replay import COMMITTED, ReplayServer
from tests.ollama_server.wire import Gate, Reply, Request, WireServer, closed_port, whole

from cortex.exceptions import AIProviderError, AIProviderUnavailableError, ValidationError
from cortex.providers.ollama import OllamaServer
from cortex.providers.ollama_answers import PullProgress

NEWER = COMMITTED / "v0.33.0-rc2"
ANSWERS = ["version", "tags", "ps_loaded", "show_tiny-chat", "show_tiny-think", "show_all-minilm", "show_missing"]
PULLS = ["pull_bad_name", "pull_missing_nonet_stream", "pull_local_registry_refused"]


async def pulled(server: OllamaServer, model: str) -> list[PullProgress]:
    return [step async for step in server.pull(model)]


async def test_a_recorded_ollama_is_understood() -> None:
    with ReplayServer(ANSWERS) as wire:
        async with ollama_at(wire.url) as server:
            assert await server.version() == "0.24.0"
            found = {model.name: model for model in await server.models()}
            assert await server.running() == ("tiny-chat:latest", "all-minilm:latest")
            chat, think = await server.show("tiny-chat"), await server.show("tiny-think")
            embedding = await server.show("all-minilm")
    assert list(found) == ["all-minilm:latest", "slow-chat:latest", "tiny-chat:latest", "tiny-think:latest"]
    minilm = found["all-minilm:latest"]
    assert (minilm.size, minilm.family, minilm.parameter_size) == (45949786, "bert", "22.57M")
    assert minilm.modified_at == "2026-11-21T07:19:05.306Z"
    assert minilm.digest.startswith("3c45a982")
    assert not minilm.is_cloud_proxy
    assert chat.capabilities == ("completion", "tools")
    assert think.capabilities == ("completion", "tools", "thinking")
    assert (embedding.capabilities, embedding.context_length, embedding.embedding_length) == (("embedding",), 512, 384)


async def test_a_newer_recorded_ollama_is_understood() -> None:
    with ReplayServer(["version", "tags", "ps_before", "show_all-minilm"], directory=NEWER) as wire:
        async with ollama_at(wire.url) as server:
            assert await server.version() == "0.33.0-rc2"
            assert len(await server.models()) == 5
            assert await server.running() == ()
            # its list of models says "completion" of this one
            assert (await server.show("all-minilm")).capabilities == ("embedding",)


@pytest.mark.parametrize("directory", [COMMITTED, NEWER], ids=["0.24", "0.33"])
async def test_recorded_errors_become_errors_of_cortex(directory: Path) -> None:
    with ReplayServer(["show_missing", *PULLS], directory=directory) as wire:
        async with ollama_at(wire.url) as server:
            with pytest.raises(AIProviderError, match="no model nope:1b") as missing:
                await server.show("nope:1b")
            assert missing.value.details == {"status": 404}
            with pytest.raises(ValidationError, match="bad name!!"):
                await pulled(server, "bad name!!")
            for name in ("does-not-exist-xyz", "http://127.0.0.1:9/library/x:latest"):
                steps = []
                with pytest.raises(AIProviderError, match="pull model manifest") as refused:  # noqa: PT012 - the steps before it count
                    async for step in server.pull(name):
                        steps.append(step.status)  # noqa: PERF401 - a comprehension would lose them
                assert steps == ["pulling manifest"]
                assert refused.value.details == {"status": None}  # 200 was sent already


async def test_a_model_is_pulled_with_progress_to_its_end() -> None:
    with GenerativeOllama(library=[models.THINKING]) as wire:
        async with ollama_at(wire.url) as server:
            steps = await pulled(server, "tiny-think")
            assert models.THINKING.name in [model.name for model in await server.models()]
    shares = [step.completed / step.total for step in steps if step.completed and step.total]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert steps[-1].is_done
    assert not any(step.is_done for step in steps[:-1])


@pytest.mark.parametrize(
    ("fault", "kind", "seen"),
    [
        (KilledMidStream(3), AIProviderUnavailableError, 3),
        (RunnerDies(3), AIProviderError, 3),
        (CutJSON(3), AIProviderUnavailableError, 3),
        (QueueFull(), AIProviderUnavailableError, 0),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_a_pull_that_goes_wrong_shows_what_was_there_and_says_so(
    fault: Fault, kind: type[Exception], seen: int
) -> None:
    with GenerativeOllama(library=[models.THINKING]) as wire:
        wire.faults["/api/pull"] = fault
        async with ollama_at(wire.url) as server:
            steps = []
            with pytest.raises(kind) as failure:  # noqa: PT012 - the steps before it count
                async for step in server.pull("tiny-think"):
                    steps.append(step)  # noqa: PERF401 - a comprehension would lose them
            assert len(steps) == seen
            assert type(failure.value) is kind
            if isinstance(fault, QueueFull):
                assert isinstance(failure.value, AIProviderUnavailableError)
                assert failure.value.retry_after == 5.0


async def test_a_pull_whose_stream_ends_early_is_not_taken_for_done() -> None:
    async def ends_early(request: Request) -> Reply:
        return whole(200, {"status": "pulling manifest"})

    with WireServer(ends_early) as wire:
        async with ollama_at(wire.url) as server:
            with pytest.raises(AIProviderUnavailableError, match="before big:70b was complete"):
                await pulled(server, "big:70b")


async def test_closing_a_pull_closes_its_connection() -> None:
    gate = Gate()
    with GenerativeOllama(library=[models.THINKING]) as wire:
        wire.faults["/api/pull"] = HeldMidStream(2, gate)
        async with ollama_at(wire.url) as server:
            steps = server.pull("tiny-think")
            await anext(steps)
            await anext(steps)
            assert await asyncio.to_thread(gate.reached.wait, 10)
            await steps.aclose()
            assert await asyncio.to_thread(wire.left.wait, 10)


async def test_a_wrong_port_is_ollama_being_away() -> None:
    async with ollama_at(f"http://127.0.0.1:{closed_port()}") as server:
        with pytest.raises(AIProviderUnavailableError, match="does not answer"):
            await server.version()
        with pytest.raises(AIProviderUnavailableError, match="does not answer"):
            await pulled(server, "tiny-think")


async def test_another_program_on_the_port_is_recognised() -> None:
    with another_program() as wire:
        async with ollama_at(wire.url) as server:
            for call in (server.version(), server.models(), server.running(), server.show("x"), pulled(server, "x")):
                with pytest.raises(AIProviderUnavailableError, match="does not speak as Ollama"):
                    await call


@pytest.mark.parametrize("value", [None, [], 7, "text", {}, {"version": 7}, {"models": [{"name": 1}]}])
async def test_json_of_another_kind_is_not_ollama(value: object) -> None:
    async def answer(request: Request) -> Reply:
        return whole(200, value)

    with WireServer(answer) as wire:
        async with ollama_at(wire.url) as server:
            for call in (server.version(), server.models()):
                with pytest.raises(AIProviderUnavailableError, match="does not speak as Ollama"):
                    await call


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (302, AIProviderError),
        (401, AIProviderError),
        (403, AIProviderError),
        (404, AIProviderUnavailableError),
        (429, AIProviderUnavailableError),
        (500, AIProviderError),
        (502, AIProviderUnavailableError),
        (503, AIProviderUnavailableError),
        (504, AIProviderUnavailableError),
    ],
)
@pytest.mark.parametrize("body", [{"error": "whatever it says"}, {"error": {"message": "x"}}, [], "x"])
async def test_the_status_decides_whatever_the_words(status: int, kind: type[Exception], body: object) -> None:
    async def answer(request: Request) -> Reply:
        return whole(status, body)

    with WireServer(answer) as wire:
        async with ollama_at(wire.url) as server:
            with pytest.raises((AIProviderError, AIProviderUnavailableError)) as failure:
                await server.version()
    if not isinstance(body, dict):  # the client itself stumbles over an error that is no object
        assert type(failure.value) is AIProviderUnavailableError
    else:
        assert type(failure.value) is kind


async def test_a_redirect_is_not_followed() -> None:
    with GenerativeOllama() as elsewhere:

        async def redirect(request: Request) -> Reply:
            return Reply(307, (("Location", f"{elsewhere.url}{request.path}"), ("Content-Length", "0")))

        with WireServer(redirect) as wire:
            async with ollama_at(wire.url) as server:
                with pytest.raises(AIProviderError, match="points elsewhere"):
                    await server.version()
        assert elsewhere.seen == []


async def test_a_silent_server_is_given_up_in_time_and_the_next_call_works() -> None:
    gate = Gate()
    with GenerativeOllama() as wire:
        wire.faults["/api/version"] = Held(gate)
        async with ollama_at(wire.url, quick_seconds=0.2) as server:
            with pytest.raises(AIProviderUnavailableError, match="took too long"):
                await server.version()
            assert await asyncio.to_thread(wire.left.wait, 10)
            wire.faults["/api/pull"] = wire.faults.pop("/api/version")
            with pytest.raises(AIProviderUnavailableError, match="took too long"):
                await pulled(server, "tiny-think")
        async with ollama_at(wire.url) as server:
            assert await server.version() == "0.24.0"


async def test_a_slow_first_token_is_waited_for() -> None:
    gate = Gate()
    with GenerativeOllama(library=[models.THINKING]) as wire:
        wire.faults["/api/pull"] = Held(gate)
        async with ollama_at(wire.url) as server:
            pull = asyncio.create_task(pulled(server, "tiny-think"))
            assert await asyncio.to_thread(gate.reached.wait, 10)
            assert not pull.done()
            gate.open()
            assert (await pull)[-1].is_done


async def test_neither_proxies_nor_keys_of_the_environment_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    monkeypatch.setenv("OLLAMA_API_KEY", "sk-secret-of-a-cloud")
    monkeypatch.setenv("OLLAMA_HOST", "http://127.0.0.1:1")
    with GenerativeOllama() as wire:
        async with ollama_at(wire.url) as server:
            await server.version()
            await server.show("tiny-chat")
    assert [request.path for request in wire.seen] == ["/api/version", "/api/show"]
    for request in wire.seen:
        assert "authorization" not in request.headers
        assert "sk-secret" not in str(request)


@pytest.mark.parametrize("variable", [{"OLLAMA_HOST": "x:abc"}, {"ALL_PROXY": "socks5h://127.0.0.1:1"}])
def test_an_environment_that_breaks_the_client_is_said_to(variable: dict[str, str]) -> None:
    """The client reads these on import, and fails there."""
    program = (
        "import asyncio, sys\n"
        "from cortex.exceptions import AIProviderUnavailableError\n"
        "from cortex.providers.ollama import OllamaServer\n"
        "from cortex.providers.server_address import parse_server_address\n"
        "try: asyncio.run(OllamaServer(parse_server_address(sys.argv[1]), None).version())\n"
        "except AIProviderUnavailableError as error: print(error)\n"
    )
    with GenerativeOllama() as wire:
        done = subprocess.run(
            [sys.executable, "-c", program, wire.url], env={**os.environ, **variable}, capture_output=True, text=True
        )
    assert "cannot work with this environment" in done.stdout, done.stderr


def test_the_client_is_not_loaded_where_no_ollama_runs() -> None:
    program = (
        "import asyncio, sys\n"
        "from cortex.exceptions import AIProviderUnavailableError\n"
        "from cortex.providers.ollama import OllamaServer\n"
        "from cortex.providers.server_address import parse_server_address\n"
        "try: asyncio.run(OllamaServer(parse_server_address('127.0.0.1:1'), None).version())\n"
        "except AIProviderUnavailableError as error: print(error, 'ollama' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.startswith("Ollama does not answer at http://127.0.0.1:1."), done.stderr
    assert done.stdout.endswith("False\n")


def test_the_client_is_not_loaded_before_it_is_needed() -> None:
    program = "import sys, cortex.main; print('ollama' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "False", done.stderr


async def test_connections_on_this_machine_need_no_entry_in_the_ledger() -> None:
    ledger = Ledger()
    with GenerativeOllama(library=[models.THINKING]) as wire:
        async with ollama_at(wire.url, ledger) as server:
            await server.models()
            await pulled(server, "tiny-think")
    assert ledger.connections == []


async def test_connections_to_another_machine_are_in_the_ledger() -> None:
    ledger = Ledger()
    with GenerativeOllama(library=[models.THINKING]) as wire:
        server = OllamaServer(ElsewhereAddress("http", "127.0.0.1", wire.port), ledger)
        await server.models()
        steps = server.pull("tiny-think")
        await anext(steps)
        await steps.aclose()
        wire.faults["/api/pull"] = KilledMidStream(2)
        with pytest.raises(AIProviderUnavailableError):
            await pulled(server, "tiny-think")
        await server.aclose()
    away = OllamaServer(ElsewhereAddress("http", "127.0.0.1", closed_port()), ledger)
    with pytest.raises(AIProviderUnavailableError):
        await away.version()
    await away.aclose()
    listed, cancelled, broken, refused = ledger.connections
    assert (listed.host, listed.port, listed.address) == ("127.0.0.1", wire.port, "127.0.0.1")
    assert (listed.purpose, listed.outcome, listed.status) == ("ollama", "ok", 200)
    assert listed.bytes_received > 300
    assert (cancelled.outcome, cancelled.status) == ("cancelled", 200)
    assert cancelled.bytes_sent > 20
    assert broken.outcome == "broken"
    assert (refused.outcome, refused.status, refused.address) == ("connect", None, None)
