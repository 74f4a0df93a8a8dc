"""A model that uses tools, and what the socket tells of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
from tests.api.chat_library import converse, receive
from tests.conftest import RunningServer
from websockets.sync.client import ClientConnection

from cortex.providers.chat_model import ChatPart, ChatRequest, ToolCall, ToolCalls
from cortex.providers.fake_chat import FakeChatModel

Wanted = tuple[str, dict[str, object]]
TASK: Wanted = ("create_task", {"title": "Call Ada", "due": "2099-01-02"})
NOTE: Wanted = ("save_note", {"title": "Oil", "content": "Colza burns with a clear flame."})


@contextmanager
def conversing(client: httpx.Client) -> Iterator[str]:
    """A new conversation; the tasks that came of it go at the end."""
    yield converse(client)
    for task in client.get("/api/tasks").json()["items"]:
        client.delete(f"/api/tasks/{task['id']}")


def acting(*rounds: Sequence[Wanted], end: str = "That is done.") -> Callable[[ChatRequest], Sequence[ChatPart] | str]:
    """A model that uses these tools, a round of them at a time, then writes."""

    def script(request: ChatRequest) -> Sequence[ChatPart] | str:
        made = sum(message.role == "assistant" for message in request.messages)
        if not request.tools:
            return f"I have no tools. {end}"
        if made >= len(rounds):
            return end
        calls = [ToolCall(f"m{made}-{n}", name, arguments) for n, (name, arguments) in enumerate(rounds[made])]
        return [ToolCalls(tuple(calls))]

    return script


@contextmanager
def using(server: RunningServer, script: Any, **options: Any) -> Iterator[FakeChatModel]:
    model = FakeChatModel(script, **options)
    server.application.intelligence.models.use(model)
    try:
        yield model
    finally:
        server.application.intelligence.models.use()


def tasks(client: httpx.Client) -> list[str]:
    return [task["title"] for task in client.get("/api/tasks").json()["items"]]


def until(socket: ClientConnection, *kinds: str) -> dict[str, Any]:
    """The next event of one of these kinds."""
    while True:
        event = receive(socket)
        if event["type"] in kinds:
            return event
        assert event["type"] != "error", event


def receive_error(socket: ClientConnection) -> str:
    while (event := receive(socket))["type"] != "error":
        pass
    return str(event["error"])
