"""What the stand-in serves under `/v1` has the shapes that a real Ollama was recorded serving there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.ollama_server import compatible, models
from tests.ollama_server.faults import Fault, KilledMidStream, QueueFull, RunnerDies
from tests.ollama_server.frames import Said
from tests.ollama_server.generative import GenerativeOllama
from tests.ollama_server.replay import Recording, load
from tests.ollama_server.shapes import each_once, shape

WORDS = Said(content=["The", " main", " section"], done_reason="length")
SCRIPTS = {
    "v1_chat_tools_stream": Said(tool_calls=[("get_current_weather", {"city": "Paris"})]),
    "v1_chat_think_stream": Said(content=["You"], thinking=["The question", " asks"], done_reason="length"),
    "v1_chat_schema": Said(content=['{"answer": "x"}']),
}
GENERATED = [
    *("v1_models", "v1_model", "v1_chat_nostream", "v1_chat_schema", "v1_chat_stream", "v1_chat_stream_nousage"),
    *("v1_chat_think_stream", "v1_chat_tools_stream", "v1_chat_missing", "v1_chat_missing_stream"),
    *("v1_chat_tools_unsupported", "v1_embeddings", "v1_embeddings_base64", "v1_embeddings_missing"),
]


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=20) as client:
        yield client


def _ask(http: httpx.Client, url: str, recording: Recording) -> httpx.Response:
    body = recording.request_body
    return (
        http.request(recording.method, f"{url}{recording.path}", json=body)
        if body
        else http.get(f"{url}{recording.path}")
    )


def _events(text: str) -> list[Any]:
    """The parsed chunks; the word at the end as it is."""
    data = [line.removeprefix("data: ") for line in text.splitlines() if line]
    return [line if line == "[DONE]" else json.loads(line) for line in data]


def _parsed(text: str, content_type: str) -> list[Any]:
    return _events(text) if content_type == "text/event-stream" else [json.loads(text)]


@pytest.mark.parametrize("name", GENERATED)
def test_answers_have_the_shapes_of_the_recorded_ones(http: httpx.Client, name: str) -> None:
    recording = load(name)
    said = SCRIPTS.get(name, WORDS)
    with GenerativeOllama((models.CHAT, models.THINKING, models.PLAIN, models.EMBEDDING), say=lambda _: said) as server:
        answer = _ask(http, server.url, recording)
    content_type = dict(recording.headers)["Content-Type"]
    assert answer.status_code == recording.status
    assert answer.headers["content-type"] == content_type
    recorded = _parsed("".join(recording.lines or (recording.body,)), content_type)
    made = _parsed(answer.text, content_type)
    # as text, so that the order of keys counts as well
    assert json.dumps(each_once(map(shape, made))) == json.dumps(each_once(map(shape, recorded)))
    if content_type == "text/event-stream":
        assert made[-1] == recorded[-1] == "[DONE]"
        assert _reasons(made) == _reasons(recorded)


def _reasons(events: list[Any]) -> set[str | None]:
    return {choice["finish_reason"] for event in events if event != "[DONE]" for choice in event["choices"]}


def test_a_runner_that_dies_leaves_an_empty_delta_and_nothing_else(http: httpx.Client) -> None:
    recording = load("v1_midstream_runner_killed")
    with GenerativeOllama(say=lambda _: WORDS) as server:
        server.faults[compatible.CHAT] = RunnerDies(2)
        answer = http.post(f"{server.url}{compatible.CHAT}", json={**recording.request_body, "model": "tiny-chat"})
    made, recorded = _events(answer.text), _events("".join(recording.lines or ()))
    assert json.dumps(each_once(map(shape, made))) == json.dumps(each_once(map(shape, recorded)))
    ends = [{key: end[key] for key in ("model", "choices")} for end in (made[-1], recorded[-1])]
    assert (
        ends[0]
        == ends[1]
        == {
            "model": "",
            "choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}],
        }
    )


@pytest.mark.parametrize("fault", [KilledMidStream(1), QueueFull()], ids=lambda it: type(it).__name__)
def test_faults_show_on_this_side_too(http: httpx.Client, fault: Fault) -> None:
    with GenerativeOllama(say=lambda _: WORDS) as server:
        server.faults[compatible.CHAT] = fault
        asked = {"model": "tiny-chat", "messages": [{"role": "user", "content": "x"}], "stream": True}
        if isinstance(fault, QueueFull):
            answer = http.post(f"{server.url}{compatible.CHAT}", json=asked)
            assert answer.status_code == 503
            assert answer.json()["error"]["type"] == "api_error"
        else:
            with pytest.raises(httpx.RemoteProtocolError):
                http.post(f"{server.url}{compatible.CHAT}", json=asked)


def test_the_script_sees_what_was_asked_in_native_words(http: httpx.Client) -> None:
    asked: list[dict[str, Any]] = []

    def say(body: dict[str, Any]) -> Said:
        asked.append(body)
        return WORDS

    call = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": '{"x": 1}'}}
    messages = [
        {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": "2"},
    ]
    with GenerativeOllama((models.THINKING,), say=say) as server:
        body = {"model": "tiny-think", "messages": messages, "max_tokens": 2, "reasoning_effort": "none"}
        answer = http.post(f"{server.url}{compatible.CHAT}", json=body).json()
    assert asked[0]["messages"][0]["content"] == "ab"
    assert asked[0]["messages"][1]["tool_calls"] == [{"id": "call_1", "function": {"name": "f", "arguments": {"x": 1}}}]
    assert (asked[0]["think"], asked[0]["stream"]) == (False, False)
    assert answer["choices"][0]["message"]["content"] == "The main"
    assert answer["choices"][0]["finish_reason"] == "length"
