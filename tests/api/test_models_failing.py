"""A model dies in the middle of an answer: what was written stays, the next one is asked, and health says so."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import httpx
import pytest
from tests.api.chat_library import QUESTION, chat, converse, fill, send, until_end
from tests.conftest import RunningServer

from cortex.exceptions import AIProviderUnavailableError
from cortex.providers.chat_model import ChatPart, ChatRequest, TextDelta
from cortex.providers.fake_chat import FakeChatModel

ANSWER = "Ada Moreland built it [1]."


class Dying(FakeChatModel):
    """Breaks off in its first answer, and is away from then on."""

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatPart, None]:
        if self.available:
            self.available = False
            yield TextDelta("Ada Moreland ")
        raise AIProviderUnavailableError("It was killed.")


@pytest.mark.usefixtures("library")
def test_the_next_question_goes_to_the_next_model(server: RunningServer, client: httpx.Client) -> None:
    second = FakeChatModel(lambda _: ANSWER, model="second")
    server.application.intelligence.models.use(Dying(model="first"), second)
    conversation = converse(client)
    with chat(server, conversation) as socket:
        send(socket, {"message": QUESTION})
        last = until_end(socket)[-1]
        assert last["type"] == "error"
        assert "What was written is kept" in last["message"]
        kept = client.get(f"/api/conversations/{conversation}").json()["messages"][-1]
        assert (kept["status"], kept["content"]) == ("failed", "Ada Moreland")
        assert second.requests == []
        send(socket, {"message": QUESTION})
        events = until_end(socket)
    message = events[-1]["message"]
    assert (message["provider"], message["model"], message["content"]) == ("fake", "second", ANSWER)
    models = client.get("/api/health/detailed").json()["dependencies"]["models"]
    assert models["status"] == "degraded"
    assert "fake/first is left alone for a moment after failures" in models["detail"]
    assert "fake/second answers" in models["detail"]
    purposes = client.get("/api/usage", params={"group_by": ["purpose", "model"]}).json()
    told = {(row["purpose"], row["model"]): (row["calls"], row["failed"]) for row in purposes["rows"]}
    assert told["chat", "first"] == (1, 1)
    assert told["chat", "second"] == (1, 0)


@pytest.mark.usefixtures("library")
def test_with_all_models_away_everything_else_works(server: RunningServer, client: httpx.Client) -> None:
    away = FakeChatModel()
    away.available = False
    server.application.intelligence.models.use(away)
    with chat(server, converse(client)) as socket:
        send(socket, {"message": QUESTION})
        message = until_end(socket)[-1]["message"]
    assert message["model"] == "extractive"
    assert message["citations"]
    assert client.post("/api/search", json={"query": "lighthouse", "enhance": True}).json()["results"]
    assert client.post("/api/items", json={"content": "A new note."}).status_code == 200
    models = client.get("/api/health/detailed").json()["dependencies"]["models"]
    assert models["status"] in ("unavailable", "degraded"), "degraded once it may be tried again"


@pytest.fixture
def library(server: RunningServer, client: httpx.Client) -> dict[str, str]:
    """Two notes, ready."""
    return fill(server, client)
