"""Vectors from an Ollama over the wire: as recorded, and with everything that goes wrong."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from tests.ollama_server import models
from tests.ollama_server.clients import ollama_at
from tests.ollama_server.faults import Fault, KilledMidStream, QueueFull
from tests.ollama_server.generative import GenerativeOllama
from tests.ollama_server.replay import ReplayServer, load
from tests.ollama_server.wire import WireServer, closed_port

from cortex.exceptions import AIModelMissingError, AIProviderError, AIProviderUnavailableError
from cortex.providers.embedding_recipes import recipe_for
from cortex.providers.fake import FakeEmbedder
from cortex.providers.ollama_embedder import BATCH, OllamaEmbedder

RECORDED = ["version", "tags", "show_all-minilm", "embed_single", "embed_batch"]


def inputs(server: WireServer) -> list[list[str]]:
    """The texts of each request, in order."""
    return [json.loads(request.body)["input"] for request in server.seen if request.path == "/api/embed"]


async def test_recorded_vectors_come_out_as_they_were() -> None:
    recording = load("embed_batch")
    with ReplayServer(RECORDED) as wire:
        async with ollama_at(wire.url) as server:
            embedder = OllamaEmbedder(server, "all-minilm")
            model = await embedder.identify()
            vectors = await embedder.embed(recording.request_body["input"], purpose="document")
    assert (model.provider, model.model, model.dimension, model.max_tokens) == ("ollama", "all-minilm", 384, 512)
    assert model.fingerprint == "3c45a982def0d6a1-plain@0.24.0"
    assert (embedder.identity.is_local, embedder.identity.place) == (True, f"127.0.0.1:{wire.port}")
    np.testing.assert_allclose(vectors, recording.values[0]["embeddings"], atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


async def test_what_is_asked_is_what_ollama_understands() -> None:
    with GenerativeOllama() as wire:
        async with ollama_at(wire.url) as server:
            embedder = OllamaEmbedder(server, "all-minilm:latest", keep_alive="-1")
            await embedder.embed(["One text.", "half a surrogate \ud83d"], purpose="document")
        asked = json.loads(wire.seen[-1].body)
    assert asked == {
        "model": "all-minilm:latest",
        "input": ["One text.", "half a surrogate \ud83d"],
        "truncate": True,
        "keep_alive": -1,
    }


async def test_many_texts_go_in_batches_and_come_back_in_order() -> None:
    texts = [f"text number {number} of {number * 7}" for number in range(2 * BATCH + 5)]
    with GenerativeOllama() as wire:
        async with ollama_at(wire.url) as server:
            vectors = await OllamaEmbedder(server, "all-minilm").embed(texts, purpose="document")
            none = await OllamaEmbedder(server, "all-minilm").embed([], purpose="document")
        assert [len(batch) for batch in inputs(wire)][1:4] == [BATCH, BATCH, 5]
    np.testing.assert_allclose(vectors, await FakeEmbedder().embed(texts, purpose="document"), atol=1e-6)
    assert none.shape == (0, 64)


async def test_a_text_beyond_everything_that_is_read_is_not_sent_whole() -> None:
    with GenerativeOllama() as wire:
        async with ollama_at(wire.url) as server:
            await OllamaEmbedder(server, "all-minilm").embed(["word " * 100_000], purpose="document")
        assert len(inputs(wire)[-1][0]) == 512 * 16


@pytest.mark.parametrize(
    ("name", "document", "query"),
    [
        ("nomic-embed-text:latest", "search_document: sea", "search_query: sea"),
        ("mxbai-embed-large:335m", "sea", "Represent this sentence for searching relevant passages: sea"),
        ("embeddinggemma", "title: none | text: sea", "task: search result | query: sea"),
        ("someone/multilingual-e5-small:f16", "passage: sea", "query: sea"),
        ("all-minilm:latest", "sea", "sea"),
    ],
)
async def test_prefixes_belong_to_the_model_and_to_its_space(name: str, document: str, query: str) -> None:
    served = models.ServedModel(name if ":" in name else f"{name}:latest", ("embedding",), family="bert")
    with GenerativeOllama([served]) as wire:
        async with ollama_at(wire.url) as server:
            embedder = OllamaEmbedder(server, name)
            await embedder.embed(["sea"], purpose="document")
            await embedder.embed(["sea"], purpose="query")
            fingerprint = (await embedder.identify()).fingerprint
        assert inputs(wire)[1:] == [[document], [query]]
    assert fingerprint == f"{served.digest[:16]}-{recipe_for(name).key}@0.24.0"


async def test_a_new_version_or_digest_is_noticed_when_it_is_looked_for_again() -> None:
    now = 0.0
    with GenerativeOllama(version="0.24.0") as wire:
        async with ollama_at(wire.url) as server:
            embedder = OllamaEmbedder(server, "all-minilm", clock=lambda: now)
            first = await embedder.identify()
            asked = len(wire.seen)
            wire._version = "0.33.0-rc2"
            assert await embedder.identify() == first
            assert len(wire.seen) == asked  # cheap
            now = 60.0
            second = await embedder.identify()
    assert first.fingerprint.endswith("@0.24.0")
    assert second.fingerprint.endswith("@0.33.0-rc2")


@pytest.mark.parametrize(
    ("name", "error"), [("tiny-chat", AIProviderError), ("nowhere", AIModelMissingError)], ids=["chat model", "missing"]
)
async def test_a_model_that_cannot_embed_is_refused(name: str, error: type[AIProviderError]) -> None:
    """Ollama itself gives numbers for a chat model, too."""
    with GenerativeOllama() as wire:
        async with ollama_at(wire.url) as server:
            with pytest.raises(error):
                await OllamaEmbedder(server, name).embed(["text"], purpose="query")
        assert not inputs(wire)


@pytest.mark.parametrize("fault", [KilledMidStream(0), QueueFull()], ids=["killed", "full"])
async def test_a_server_that_dies_is_away(fault: Fault) -> None:
    with GenerativeOllama() as wire:
        async with ollama_at(wire.url) as server:
            embedder = OllamaEmbedder(server, "all-minilm")
            await embedder.identify()
            wire.faults["/api/embed"] = fault
            with pytest.raises(AIProviderUnavailableError):
                await embedder.embed(["text"], purpose="document")
            wire.faults.clear()
            assert (await embedder.embed(["text"], purpose="document")).shape == (1, 64)


async def test_nobody_answers() -> None:
    async with ollama_at(f"http://127.0.0.1:{closed_port()}") as server:
        embedder = OllamaEmbedder(server, "all-minilm")
        with pytest.raises(AIProviderUnavailableError):
            await embedder.identify()
        health = await embedder.health()
    assert not health.available
    assert "does not answer" in health.detail


async def test_a_model_that_moves_to_a_cloud_gets_no_text() -> None:
    now = 0.0
    moved = models.ServedModel("all-minilm:latest", ("embedding",), family="bert", remote_host="https://ollama.com:443")
    with GenerativeOllama() as wire:
        async with ollama_at(wire.url) as server:
            embedder = OllamaEmbedder(server, "all-minilm", clock=lambda: now)
            await embedder.identify()
            wire.models[moved.name] = moved
            now, sent = 60.0, len(inputs(wire))
            with pytest.raises(AIProviderError):
                await embedder.embed(["secret"], purpose="document")
            assert len(inputs(wire)) == sent
            elsewhere = OllamaEmbedder(server, "all-minilm")
            await elsewhere.identify()
    assert (elsewhere.identity.is_local, elsewhere.identity.place) == (False, "ollama.com")


@pytest.mark.parametrize("wrong", [[[0.0] * 64], [[1.0] * 3], [], [[float("inf")] * 64]], ids=str)
async def test_vectors_that_are_none_are_refused(wrong: list[list[float]]) -> None:
    class Odd(FakeEmbedder):
        async def embed(self, texts: Any, *, purpose: Any) -> Any:
            return np.array(wrong) if "odd" in texts else await super().embed(texts, purpose=purpose)

    with GenerativeOllama(embedder=Odd()) as wire:
        async with ollama_at(wire.url) as server:
            with pytest.raises((AIProviderError, AIProviderUnavailableError)):
                await OllamaEmbedder(server, "all-minilm").embed(["odd"], purpose="document")


async def test_tokens_are_estimated_rather_high() -> None:
    async with ollama_at("http://127.0.0.1:1") as server:
        spans = OllamaEmbedder(server, "all-minilm").token_spans("Knead the dough, 😀!")
    assert spans[0] == (0, 3)
    assert len(spans) == 8
