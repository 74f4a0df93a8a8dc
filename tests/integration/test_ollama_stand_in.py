"""The stand-in Ollama says what a real one was recorded saying: byte for byte in replay, in shape when it generates."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.conftest import SHARED
from tests.ollama_server import models, replay
from tests.ollama_server.frames import Said
from tests.ollama_server.generative import GenerativeOllama
from tests.ollama_server.replay import COMMITTED, Recording, ReplayServer, load
from tests.ollama_server.shapes import each_once, shape

from cortex.providers.embedded import EmbeddedEmbedder

ALL = SHARED / "data" / "ollama"
NEWER = COMMITTED / "v0.33.0-rc2"
CALL = Said(tool_calls=[("search_notes", {"query": "coffee brewing", "limit": 3})])
THOUGHT = Said(content=["The", " main"], thinking=["The question", " asks"], done_reason="length")
WORDS = Said(content=["The", " main", " section"], done_reason="length")
SCRIPTS = {"chat_tools_stream": CALL, "chat_tools_nostream": CALL} | dict.fromkeys(
    ("chat_think_stream", "chat_think_default"), THOUGHT
)
GENERATED = [
    *("version", "tags", "ps_loaded", "show_missing", "not_found_route", "wrong_method"),
    *("chat_stream", "chat_nostream", "chat_stop_natural", "chat_length", "chat_preload", "chat_missing_model"),
    *("chat_think_stream", "chat_think_default", "chat_think_unsupported", "chat_tools_stream", "chat_tools_nostream"),
    *("chat_tools_unsupported", "chat_with_embed_model", "chat_bad_json", "chat_no_model"),
    *("generate_stream", "generate_nostream", "unload"),
    *("embed_single", "embed_batch", "embed_empty_list", "embed_missing_model"),
    *("pull_bad_name", "pull_missing_nonet_stream", "pull_missing_nonet_nostream"),
]


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=20) as client:
        yield client


def _ask(http: httpx.Client, url: str, recording: Recording) -> httpx.Response:
    """Send what was sent when the recording was made."""
    body = recording.request_body
    content = None if body is None else (body if isinstance(body, str) else json.dumps(body)).encode()
    headers = {"Content-Type": "application/json"} if content is not None else {}
    return http.request(recording.method, f"{url}{recording.path}", content=content, headers=headers)


def _values(answer: httpx.Response) -> list[Any]:
    lines = answer.text.splitlines() if "ndjson" in answer.headers["content-type"] else [answer.text]
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("name", GENERATED)
def test_generated_answers_have_the_shapes_of_the_recorded_ones(http: httpx.Client, name: str) -> None:
    recording = load(name)
    said = SCRIPTS.get(name, WORDS)
    served = (models.CHAT, models.THINKING, models.PLAIN, models.EMBEDDING)
    with GenerativeOllama(served, say=lambda _: said) as server:
        server.loaded.add(models.CHAT.name)
        answer = _ask(http, server.url, recording)
    recorded = dict(recording.headers)
    assert answer.status_code == recording.status
    assert answer.headers["content-type"] == recorded["Content-Type"]
    if recorded["Content-Type"] == "text/plain":
        assert answer.text == recording.body
        return
    # as text, so that the order of keys counts as well
    assert json.dumps(each_once(map(shape, _values(answer)))) == json.dumps(each_once(map(shape, recording.values)))


@pytest.mark.parametrize(("name", "model"), [("tiny-chat", models.CHAT), ("all-minilm", models.EMBEDDING)])
def test_a_generated_description_has_the_parts_of_a_recorded_one(name: str, model: models.ServedModel) -> None:
    recorded, made = load(f"show_{name}").values[0], models.show(model)
    assert list(made) == list(recorded)
    for key in recorded.keys() - {"model_info", "tensors"}:
        assert shape(made[key]) == shape(recorded[key])
    architecture = recorded["model_info"]["general.architecture"]
    assert made["model_info"].keys() <= recorded["model_info"].keys()
    assert made["model_info"]["general.architecture"] == architecture


def test_a_pull_begins_and_fails_as_recorded_and_succeeds_step_by_step(http: httpx.Client) -> None:
    """Nothing could be loaded down where the recordings were made: success is as Ollama's documents describe it."""
    with GenerativeOllama(library=[models.THINKING]) as server:
        steps = _values(http.post(f"{server.url}/api/pull", json={"model": "tiny-think"}))
        tags = http.get(f"{server.url}/api/tags").json()
    assert steps[0] == load("pull_missing_nonet_stream").values[0]
    assert steps[-1] == {"status": "success"}
    assert [step["completed"] for step in steps if "completed" in step][-1] == models.THINKING.size
    assert models.THINKING.name in [entry["name"] for entry in tags["models"]]


def test_vectors_of_the_embedded_model_are_those_that_ollama_gave(http: httpx.Client) -> None:
    """The same network in another runtime and other arithmetic: the stand-in may stand in for its vectors, too."""
    embedder = EmbeddedEmbedder()
    health = asyncio.run(embedder.health())
    if not health.available:
        pytest.skip(health.detail)
    recording = load("embed_batch")
    with GenerativeOllama(embedder=embedder) as server:
        made = _ask(http, server.url, recording).json()["embeddings"]
    for one, other in zip(made, recording.values[0]["embeddings"], strict=True):
        assert len(one) == len(other) == 384
        assert sum(a * b for a, b in zip(one, other, strict=True)) > 0.97


def _replayable(name: str) -> bool:
    """Torn streams have no proper end to compare; a browser's own header is not ours to send."""
    return not name.startswith(("midstream", "cors", "host", "v1_midstream"))


@pytest.mark.parametrize("name", [name for name in replay.names() if _replayable(name)])
def test_replay_serves_a_recording_byte_for_byte(http: httpx.Client, name: str) -> None:
    recording = load(name)
    with ReplayServer([name]) as server:
        answer = _ask(http, server.url, recording)
    assert answer.status_code == recording.status
    assert answer.text == "".join(recording.lines or (recording.body,))
    assert [(key, value) for key, value in answer.headers.multi_items() if key == "content-type"] == [
        ("content-type", value) for key, value in recording.headers if key == "Content-Type"
    ]


def test_replay_finds_every_recording_among_all(http: httpx.Client) -> None:
    if not ALL.is_dir():
        pytest.skip("the evaluation data (../shared) is not here")
    found = [name for name in replay.names(ALL) if _replayable(name)]
    with ReplayServer(found, directory=ALL) as server:
        known = [load(name, ALL) for name in found]
        for name, recording in zip(found, known, strict=True):
            if recording.status == 503:  # needs a queue; anything may get it
                continue
            answer = _ask(http, server.url, recording)
            assert answer.status_code == recording.status, name
            asked = (recording.path, recording.request_body)
            possible = [each for each in known if (each.path, each.request_body) == asked]  # some were asked twice
            assert answer.text in ["".join(each.lines or (each.body,)) for each in possible], name


def test_replay_ends_a_stream_where_the_server_was_killed(http: httpx.Client) -> None:
    for name in ("midstream_server_sigkill", "midstream_server_sigterm"):
        recording = load(name)
        lines: list[str] = []
        with ReplayServer([name]) as server:  # noqa: SIM117 - the server outlives what is read from it
            with (
                pytest.raises(httpx.RemoteProtocolError),
                http.stream("POST", f"{server.url}/api/chat", json=recording.request_body) as answer,
            ):
                lines.extend(answer.iter_lines())
        assert lines == [line.rstrip("\n") for line in recording.lines or ()]


def test_replay_says_clearly_what_was_never_recorded(http: httpx.Client) -> None:
    server = ReplayServer(["tags"])
    server.__enter__()
    answer = http.post(f"{server.url}/api/chat", json={"model": "unheard-of", "messages": []})
    assert answer.status_code == 501
    with pytest.raises(AssertionError, match=r"never recorded: .*api/chat.*unheard-of"):
        server.__exit__(None, None, None)


def test_the_newer_ollama_has_the_same_shapes_and_a_few_more() -> None:
    for name in replay.names(NEWER):
        older, newer = load(name), load(name, NEWER)
        if name.startswith("ps") or newer.status == 500 != older.status:  # nothing was loaded, nothing could run
            continue
        assert newer.status == older.status, name
        for before, after in zip(older.values, newer.values, strict=True):
            assert before.keys() <= after.keys(), name
