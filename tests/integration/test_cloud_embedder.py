"""Vectors through LiteLLM's real code, and what servers of the owner's own say of themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator

import numpy as np
import pytest
from tests.cloud_servers.gemini import GeminiServer
from tests.cloud_servers.openai import OpenAIServer
from tests.cloud_servers.service import Service
from tests.cloud_servers.setting import KEY, Ledger, all_parts, model_at, question, reroute
from tests.ollama_server.wire import closed_port

from cortex.exceptions import AIProviderError, AIProviderUnavailableError
from cortex.providers.chat_model import ChatCapabilities
from cortex.providers.cloud_embedder import BATCH, CloudEmbedder

MODELS = {
    "openai/text-embedding-3-small": OpenAIServer,
    "gemini/gemini-embedding-001": GeminiServer,
    "mistral/mistral-embed": OpenAIServer,
}
every_model = pytest.mark.parametrize("name", MODELS)


OPENED: list[CloudEmbedder] = []


@pytest.fixture(autouse=True)
async def _closed() -> AsyncIterator[None]:
    yield
    while OPENED:
        await OPENED.pop().aclose()


def embedder_at(server: Service, name: str) -> CloudEmbedder:
    OPENED.append(CloudEmbedder(name, api_key=KEY, api_base=server.url, recorder=Ledger()))
    return OPENED[-1]


@every_model
async def test_unit_vectors_in_the_order_of_the_texts(name: str) -> None:
    texts = [f"text {number}" * number for number in range(1, BATCH + 3)]
    with MODELS[name](key=KEY) as server:
        embedder = embedder_at(server, name)
        together = await embedder.embed(texts, purpose="document")
        alone = await embedder.embed([texts[BATCH]], purpose="document")

    assert together.shape == (len(texts), 8)
    assert np.allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-6)
    assert np.allclose(together[BATCH], alone[0])


@every_model
async def test_the_space_knows_where_it_came_from(name: str) -> None:
    with MODELS[name]() as one, MODELS[name]() as other, MODELS[name](dimension=4) as shorter:
        spaces = [await embedder_at(server, name).identify() for server in (one, one, other, shorter)]

    assert spaces[0] == spaces[1]
    assert len({space.fingerprint for space in spaces}) == 3
    assert (spaces[0].provider, spaces[0].dimension, spaces[3].dimension) == ("compatible", 8, 4)


async def test_questions_and_documents_are_told_apart() -> None:
    with GeminiServer() as server:
        embedder = embedder_at(server, "gemini/gemini-embedding-001")
        await embedder.embed(["Why?"], purpose="query")
        assert server.seen[-1].json()["requests"][0]["taskType"] == "RETRIEVAL_QUERY"
        await embedder.embed(["Because."], purpose="document")
        assert server.seen[-1].json()["requests"][0]["taskType"] == "RETRIEVAL_DOCUMENT"
    with OpenAIServer() as server:
        await embedder_at(server, "openai/nomic-embed-text-v1.5").embed(["Why?"], purpose="query")
        assert server.seen[-1].json()["input"] == ["search_query: Why?"]


async def test_a_text_that_looks_like_a_file_stays_a_text() -> None:
    """LiteLLM would fetch it from Google, in the owner's name."""
    texts = ["files/secret", "gs://bucket/secret.pdf", "data:image/png;base64,AAAA"]
    with GeminiServer() as server:
        await embedder_at(server, "gemini/gemini-embedding-001").embed(texts, purpose="document")
        parts = [one["content"]["parts"] for one in server.seen[-1].json()["requests"]]

    assert [part["text"].strip() for (part,) in parts] == texts
    assert {one.path.rpartition(":")[2] for one in server.seen} == {"batchEmbedContents"}


async def test_a_service_is_in_the_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger()
    with OpenAIServer(key=KEY, dimension=1536) as server:
        reroute(monkeypatch, server)
        embedder = CloudEmbedder("openai/text-embedding-3-small", api_key=KEY, api_base=None, recorder=ledger)
        OPENED.append(embedder)
        space = await embedder.identify()
        assert ledger.noted == []  # its length is on the list
        await embedder.embed(["bread"], purpose="document")

    assert (space.provider, space.dimension, space.max_tokens) == ("openai", 1536, 8191)
    assert not embedder.identity.is_local
    assert [(one.host, one.purpose, one.outcome) for one in ledger.noted] == [("api.openai.com", "cloud model", "ok")]


async def test_errors_are_those_of_chat() -> None:
    with OpenAIServer(key="sk-another") as server, pytest.raises(AIProviderError, match="Check the key"):
        await embedder_at(server, "openai/text-embedding-3-small").embed(["bread"], purpose="document")
    away = CloudEmbedder("openai/x", api_key=None, api_base=f"http://127.0.0.1:{closed_port()}", recorder=Ledger())
    with pytest.raises(AIProviderUnavailableError, match="cannot be reached"):
        await away.embed(["bread"], purpose="document")
    assert not (await away.health()).available


def test_tokens_are_estimated() -> None:
    embedder = CloudEmbedder("openai/text-embedding-3-small", api_key=KEY, api_base=None, recorder=Ledger())

    assert embedder.token_spans("Brot, 7 g") == [(0, 3), (3, 4), (4, 5), (6, 7), (8, 9)]


@pytest.mark.parametrize(
    ("models", "extra", "expected"),
    [
        ({"id": "stand-in", "max_model_len": 8192}, {}, ChatCapabilities(8192, tools=True, schema=True)),
        (
            {"id": "stand-in"},
            {
                "/api/v0/models/stand-in": {
                    "id": "stand-in",
                    "object": "model",
                    "type": "llm",
                    "max_context_length": 131072,
                    "loaded_context_length": 6000,
                    "capabilities": [],
                }
            },
            ChatCapabilities(6000, tools=False, schema=True),
        ),
        (
            {"id": "stand-in"},
            {
                "/props": {
                    "default_generation_settings": {"n_ctx": 65536},
                    "chat_template_caps": {"supports_tools": False},
                }
            },
            ChatCapabilities(65536, tools=False, schema=True),
        ),
        ({"id": "another"}, {}, ChatCapabilities(4096, tools=True, schema=True)),
    ],
    ids=["vLLM", "LM Studio", "llama.cpp", "some other"],
)
async def test_what_servers_say_of_themselves(
    models: dict[str, object], extra: dict[str, object], expected: ChatCapabilities
) -> None:
    with OpenAIServer(models=(models,), extra=extra) as server:
        model = model_at(server, "openai/stand-in")
        assert await model.capabilities() == expected
        asked = len(server.seen)
        assert await model.capabilities() == expected
        assert len(server.seen) == asked
        assert (await model.health()).available
        assert await all_parts(model, question())
