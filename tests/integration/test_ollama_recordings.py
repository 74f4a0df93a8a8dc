"""Every recording of a real Ollama is played to Cortex's own client, or it is said here why it cannot concern it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import SHARED
from tests.ollama_server.clients import QUESTION, bodies, chat_model, ollama_at
from tests.ollama_server.models import ServedModel
from tests.ollama_server.replay import COMMITTED, Recording, ReplayServer, load, names

from cortex.exceptions import (
    AIModelMissingError,
    AIProviderError,
    AIProviderUnavailableError,
    CortexError,
    ValidationError,
)
from cortex.providers.chat_model import (
    ChatMessage,
    ChatPart,
    ChatRequest,
    Finished,
    TextDelta,
    ThoughtDelta,
    TokenUsage,
    Tool,
    ToolCalls,
)
from cortex.providers.ollama import OllamaServer

OLDER, NEWER = "0.24.0", "0.33.0-rc2"
CONCERNS_OTHERS = {
    "cors_*": "pages in browsers ask for these; Cortex's server sends no Origin",
    "host_*": "other names in the Host header; Cortex sends the address that it connects to",
    "v1_*": "OpenAI's protocol is LiteLLM's; test_ollama_compatible_stand_in.py holds the stand-in against them",
    "generate_*": "Cortex asks through /api/chat; test_ollama_stand_in.py holds the stand-in against them",
    "embeddings_legacy": "Cortex asks through /api/embed",
    "root_get": "Cortex asks for /api/version",
    "status": "Cortex goes by each model's remote_host, not by whether a cloud is allowed",
    "copy_missing": "Cortex copies no models",
    "delete_missing": "Cortex deletes no models",
}
_REFUSED, _AWAY, _MISSING = AIProviderError, AIProviderUnavailableError, AIModelMissingError
CHATS: dict[str, dict[str, str | type[CortexError]]] = {
    OLDER: {
        **dict.fromkeys(("chat_stream", "chat_nostream", "chat_length", "chat_after_disconnect"), "length"),
        **dict.fromkeys(("chat_after_runner_killed", "chat_bad_role", "chat_format_json"), "length"),
        **dict.fromkeys(("chat_format_schema_cut", "chat_logprobs", "chat_long_prompt"), "length"),
        **dict.fromkeys(("chat_think_default", "chat_think_false", "chat_think_stream"), "length"),
        **dict.fromkeys(("chat_tool_result", "chat_unknown_option", "slow_cold_stream", "slow_warm_stream"), "length"),
        **dict.fromkeys(("chat_format_schema_nostream", "chat_format_schema_stream", "chat_stop_natural"), "stop"),
        **dict.fromkeys(("chat_image_unsupported", "chat_long_history"), "stop"),
        **dict.fromkeys(("chat_tools_nostream", "chat_tools_stream"), "tool_calls"),
        **dict.fromkeys(("chat_bad_json", "chat_bad_keepalive", "chat_bad_option_type", "chat_empty_body"), _REFUSED),
        **dict.fromkeys(("chat_format_bad", "chat_long_prompt_notruncate", "chat_no_model"), _REFUSED),
        **dict.fromkeys(("chat_think_unsupported", "chat_tools_unsupported", "chat_with_embed_model"), _REFUSED),
        "chat_missing_model": _MISSING,
        "chat_queue_full": _AWAY,
        **dict.fromkeys(("midstream_runner_killed", "midstream_server_sigkill", "midstream_server_sigterm"), _AWAY),
    },
    NEWER: {
        **dict.fromkeys(("chat_bad_json", "chat_bad_keepalive", "chat_bad_option_type", "chat_empty_body"), _REFUSED),
        **dict.fromkeys(("chat_format_bad", "chat_no_model", "chat_bad_role", "chat_nostream"), _REFUSED),
        **dict.fromkeys(("chat_think_unsupported", "chat_tools_unsupported", "chat_with_embed_model"), _REFUSED),
        "chat_missing_model": _MISSING,
    },
}
_VECTORS: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("embed_single", "embed_empty_string"), (384,)),
    "embed_batch": (384, 384),
    "embed_empty_list": (),
    **dict.fromkeys(("embed_dimensions", "embed_with_chat_model"), (8,)),
    **dict.fromkeys(("embed_long_default", "embed_long_truncate_true"), (8,)),
}
_LONG = {f"embed_{name}": _REFUSED for name in ("bad_type", "long_truncate_false", "mixed_truncate_false")}
EMBEDS: dict[str, dict[str, tuple[int, ...] | type[CortexError]]] = {
    OLDER: {**_VECTORS, **_LONG, "embed_missing_model": _MISSING},
    NEWER: {"embed_single": _REFUSED, "embed_missing_model": _MISSING},
}
_MODELS = ("all-minilm:latest", "slow-chat:latest", "tiny-chat:latest", "tiny-think:latest")
_TOLD: dict[str, object] = {
    "show_all-minilm": ("embedding",),
    "show_tiny-chat": ("completion", "tools"),
    "show_tiny-think": ("completion", "tools", "thinking"),
    "show_missing": _MISSING,
    "pull_bad_name": ValidationError,
    **dict.fromkeys(("pull_missing_nonet_stream", "pull_local_registry_refused"), (["pulling manifest"], _REFUSED)),
    "pull_missing_nonet_nostream": ([], _REFUSED),
    **dict.fromkeys(("not_found_route", "wrong_method"), _AWAY),  # said to a request that every Ollama knows
}
CONTROL: dict[str, dict[str, object]] = {
    OLDER: {
        **_TOLD,
        "version": OLDER,
        "tags": _MODELS,
        "ps_before": ("all-minilm:latest",),
        "ps_loaded": ("tiny-chat:latest", "all-minilm:latest"),
        "ps_after_unload": ("all-minilm:latest",),
        **dict.fromkeys(("chat_preload", "unload"), None),
    },
    NEWER: {**_TOLD, "version": NEWER, "tags": (*_MODELS[:3], "tiny-plain:latest", _MODELS[3]), "ps_before": ()},
}


def _directory(version: str, name: str) -> Path:
    """Where a recording is: most are committed, long ones are only among the evaluation data."""
    for root in (COMMITTED, SHARED / "data" / "ollama"):
        directory = root if version == OLDER else root / f"v{version}"
        if (directory / f"{name}.json").exists():
            return directory
    pytest.skip("this recording is too long to be committed, and the evaluation data (../shared) is not here")


def _cases(tables: dict[str, dict[str, Any]]) -> list[Any]:
    return [
        pytest.param(version, name, expected, id=f"{version}-{name}")
        for version, table in tables.items()
        for name, expected in table.items()
    ]


@pytest.mark.parametrize("version", [OLDER, NEWER])
@pytest.mark.parametrize("root", [COMMITTED, SHARED / "data" / "ollama"], ids=["committed", "shared"])
def test_no_recording_is_left_out(root: Path, version: str) -> None:
    directory = root if version == OLDER else root / f"v{version}"
    if not directory.is_dir():
        pytest.skip("the evaluation data (../shared) is not here")
    played = CHATS[version].keys() | EMBEDS[version].keys() | CONTROL[version].keys()
    found = set(names(directory))
    left = {name for name in found - played if not any(fnmatch(name, pattern) for pattern in CONCERNS_OTHERS)}
    assert not left
    assert not {name for name in played if any(fnmatch(name, pattern) for pattern in CONCERNS_OTHERS)}
    if root != COMMITTED:
        assert found >= played


@pytest.mark.parametrize(("version", "name", "expected"), _cases(CHATS))
async def test_a_recorded_chat(version: str, name: str, expected: str | type[CortexError]) -> None:
    directory = _directory(version, name)
    recording = load(name, directory)
    model = _asked(recording).get("model", "tiny-chat")
    able = ServedModel(f"{model}:latest" if ":" not in model else model, ("completion", "tools", "thinking"))
    parts: list[ChatPart] = []
    error: CortexError | None = None
    with ReplayServer([name], directory=directory, described=[able], whatever=True) as wire:
        async with ollama_at(wire.url) as server:
            try:
                async with aclosing(chat_model(server, model).stream(_request(recording))) as stream:
                    async for part in stream:
                        parts.append(part)  # noqa: PERF401 - a comprehension would lose what came before an error
            except CortexError as failure:
                error = failure
    messages = [value["message"] for value in _values(recording) if "message" in value]
    assert _joined(parts, TextDelta) == "".join(message["content"] for message in messages)
    assert _joined(parts, ThoughtDelta) == "".join(message.get("thinking", "") for message in messages)
    sent = bodies(wire)[0]
    assert [sent.get(key) for key in ("tools", "format")] == [
        value if not isinstance(value, str) else None for value in map(_asked(recording).get, ("tools", "format"))
    ]
    if isinstance(expected, str):
        assert error is None
        end = _values(recording)[-1]
        assert parts[-1] == Finished(
            expected,  # type: ignore[arg-type] # one of the reasons, from the table
            TokenUsage(end["prompt_eval_count"], end["eval_count"]),
        )
        called = [dict(call.arguments) for part in parts if isinstance(part, ToolCalls) for call in part.calls]
        assert called == ([{"query": "coffee brewing", "limit": 3}] if expected == "tool_calls" else [])
    else:
        assert type(error) is expected
        assert not any(isinstance(part, Finished | ToolCalls) for part in parts)


@pytest.mark.parametrize(("version", "name", "expected"), _cases(EMBEDS))
async def test_recorded_vectors(version: str, name: str, expected: tuple[int, ...] | type[CortexError]) -> None:
    async def ask(server: OllamaServer) -> tuple[int, ...]:
        vectors = await server.embed("all-minilm", ["x"], keep_alive="5m", seconds=20)
        return tuple(len(vector) for vector in vectors)

    assert await _outcome(version, name, ask) == expected


@pytest.mark.parametrize(("version", "name", "expected"), _cases(CONTROL))
async def test_what_else_was_recorded(version: str, name: str, expected: object) -> None:
    if name.startswith("pull"):
        assert await _pulled(version, name) == (expected if isinstance(expected, tuple) else ([], expected))
        return

    async def ask(server: OllamaServer) -> object:
        match name.partition("_")[0]:
            case "show":
                return (await server.show("nope:1b")).capabilities
            case "tags":
                return tuple(sorted(model.name for model in await server.models()))
            case "ps":
                return await server.running()
            case "chat":
                await server.preload("tiny-chat", keep_alive="5m")
                return None
            case "unload":
                await server.unload("tiny-chat")
                return None
            case _:
                return await server.version()

    assert await _outcome(version, name, ask) == expected


async def _outcome(version: str, name: str, ask: Callable[[OllamaServer], Awaitable[object]]) -> object:
    """What the client makes of a recording: its value, or the class of its error."""
    with ReplayServer([name], directory=_directory(version, name), whatever=True) as wire:
        async with ollama_at(wire.url) as server:
            try:
                return await ask(server)
            except CortexError as error:
                return type(error)


async def _pulled(version: str, name: str) -> tuple[list[str], type[CortexError] | None]:
    steps: list[str] = []
    with ReplayServer([name], directory=_directory(version, name), whatever=True) as wire:
        async with ollama_at(wire.url) as server:
            try:
                async for step in server.pull("does-not-exist-xyz"):
                    steps.append(step.status)  # noqa: PERF401 - a comprehension would lose what came before an error
            except CortexError as error:
                return steps, type(error)
    return steps, None


def _asked(recording: Recording) -> dict[str, Any]:
    body = recording.request_body
    return body if isinstance(body, dict) else {}


def _request(recording: Recording) -> ChatRequest:
    """What was asked then, as Cortex asks it."""
    asked = _asked(recording)
    messages = [
        ChatMessage(message["role"], message["content"], name=message.get("tool_name"))
        for message in asked.get("messages", [])
    ]
    schema = asked.get("format")
    return ChatRequest(
        tuple(messages) or QUESTION.messages,
        tools=tuple(
            Tool(tool["function"]["name"], tool["function"]["description"], tool["function"]["parameters"])
            for tool in asked.get("tools", [])
        ),
        schema=schema if isinstance(schema, dict) else None,
        max_tokens=(asked.get("options") or {}).get("num_predict"),
        thinking=bool(asked.get("think")),
    )


def _values(recording: Recording) -> list[dict[str, Any]]:
    return [json.loads(line) for line in recording.lines or (recording.body,)]


def _joined(parts: list[ChatPart], kind: type[TextDelta] | type[ThoughtDelta]) -> str:
    return "".join(part.text for part in parts if isinstance(part, kind))
