"""Many answers at once from an Ollama on the wire: none is lost, none gets a word of another."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.api.chat_library import QUESTION, fill
from tests.conftest import RunningServer, ServerThread
from tests.ollama_server.frames import Said
from tests.ollama_server.generative import GenerativeOllama

MANY = 50
WORDS = 40


def say(body: dict[str, Any]) -> Said:
    """Words that only one question gets."""
    if body.get("format"):
        return Said(['{"questions": [], "title": "Many"}'])
    number = body["messages"][-1]["content"].rpartition("number ")[2].split("?")[0]
    return Said([f"q{number}w{word} " for word in range(WORDS)])


async def _ask(server: RunningServer, http: httpx.AsyncClient, number: int) -> tuple[str, str]:
    """What streamed, and what was stored."""
    conversation = (await http.post("/api/conversations", json={})).raise_for_status().json()["id"]
    question = f"{QUESTION.rstrip('?')}, asks number {number}?"
    streamed = ""
    message: dict[str, Any] = {}
    async with http.stream(
        "POST",
        f"/api/conversations/{conversation}/messages",
        json={"content": question},
        headers={"Accept": "text/event-stream"},
    ) as events:
        async for line in events.aiter_lines():
            if not line.startswith("data: "):
                continue
            event = json.loads(line.removeprefix("data: "))
            streamed += event["content"] if event["type"] == "chunk" else ""
            message = event.get("message", message) if event["type"] == "done" else message
    assert message["status"] == "done"
    assert message["provider"] == "ollama"
    return streamed, message["content"]


@pytest.mark.slow
def test_fifty_streams_without_a_lost_or_mixed_word(tmp_path: Path) -> None:
    with (
        GenerativeOllama(say=say) as wire,
        ServerThread(data_dir=tmp_path / "data", ollama_host=wire.url, chat_model="tiny-chat") as server,
        server.client() as client,
    ):
        client.put("/api/settings/ai", json={"provider": "embedded"}).raise_for_status()
        fill(server, client)
        client.put("/api/settings/ai", json={"provider": "auto"}).raise_for_status()

        async def everybody() -> list[tuple[str, str]]:
            headers = {"Authorization": f"Bearer {server.token}"}
            limits = httpx.Limits(max_connections=MANY)
            async with httpx.AsyncClient(
                base_url=server.url, headers=headers, trust_env=False, timeout=300, limits=limits
            ) as http:
                return await asyncio.gather(*(_ask(server, http, number) for number in range(MANY)))

        answers = asyncio.run(everybody())
    for number, (streamed, stored) in enumerate(answers):
        assert stored.split() == [f"q{number}w{word}" for word in range(WORDS)]
        assert streamed.split() == stored.split()
