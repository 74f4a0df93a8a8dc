"""Cortex's own client, pointed at the stand-in."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest
from tests.ollama_server.wire import WireServer

from cortex.domain.access import OutboundConnection
from cortex.providers.chat_model import ChatMessage, ChatModel, ChatPart, ChatRequest
from cortex.providers.ollama import OllamaServer
from cortex.providers.ollama_answers import InstalledModel
from cortex.providers.ollama_chat import OllamaChatModel
from cortex.providers.server_address import ServerAddress, parse_server_address

QUESTION = ChatRequest((ChatMessage("user", "one two three four"),))


class Ledger:
    """Keeps what is noted."""

    def __init__(self) -> None:
        self.connections: list[OutboundConnection] = []

    async def add(self, connection: OutboundConnection) -> None:
        self.connections.append(connection)


class ElsewhereAddress(ServerAddress):
    """An address that stands for another machine's, since tests have only this one."""

    is_local = False  # a property there


@contextlib.asynccontextmanager
async def ollama_at(
    url: str, ledger: Ledger | None = None, *, quick_seconds: float = 20.0, silence_seconds: float = 60.0
) -> AsyncIterator[OllamaServer]:
    """A client of the server at `url`, closed at the end."""
    server = OllamaServer(
        parse_server_address(url), ledger or Ledger(), quick_seconds=quick_seconds, silence_seconds=silence_seconds
    )
    try:
        yield server
    finally:
        await server.aclose()


async def installed(server: OllamaServer, name: str) -> InstalledModel:
    """A model as the server's list describes it."""
    return next(model for model in await server.models() if model.name == name)


def chat_model(server: OllamaServer, model: InstalledModel | str, *, context_limit: int = 8192) -> OllamaChatModel:
    """One that is kept in memory for a while."""
    return OllamaChatModel(server, model, keep_alive="5m", context_limit=context_limit)


async def said(model: ChatModel, request: ChatRequest = QUESTION) -> list[ChatPart]:
    """A whole answer."""
    async with aclosing(model.stream(request)) as parts:
        return [part async for part in parts]


async def fails(model: ChatModel, kind: type[Exception], match: str | None = None) -> tuple[Exception, list[ChatPart]]:
    """The error, which must be exactly of this kind, and what came before it."""
    parts: list[ChatPart] = []
    with pytest.raises(kind, match=match) as failure:  # noqa: PT012 - the parts before it count
        async with aclosing(model.stream(QUESTION)) as stream:
            async for part in stream:
                parts.append(part)  # noqa: PERF401 - a comprehension would lose them
    assert type(failure.value) is kind
    return failure.value, parts


def bodies(wire: WireServer, path: str = "/api/chat") -> list[dict[str, Any]]:
    """What was asked on a path, in order."""
    return [request.json() for request in wire.seen if request.path == path]
