"""What tests of cloud models need around the stand-ins: a ledger, the services' names, and every service at once."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from tests.cloud_servers.anthropic import AnthropicServer
from tests.cloud_servers.gemini import GeminiServer
from tests.cloud_servers.openai import OpenAIServer
from tests.cloud_servers.service import Service

from cortex.domain.access import OutboundConnection
from cortex.providers import cloud_connection
from cortex.providers.chat_model import ChatMessage, ChatPart, ChatRequest
from cortex.providers.cloud import CloudChatModel

KEY = "sk-test-0123456789abcdef"  # of nobody
SERVICES: dict[str, Callable[..., Service]] = {
    "openai/gpt-4o-mini": OpenAIServer,
    "anthropic/claude-sonnet-4-5": AnthropicServer,
    "gemini/gemini-2.5-flash": GeminiServer,
    "mistral/mistral-small-latest": OpenAIServer,
    "openrouter/anthropic/claude-sonnet-4.5": OpenAIServer,
}
"""A model of each service, and the stand-in that speaks as it does."""


@dataclass
class Ledger:
    """Keeps what would be noted for the owner."""

    noted: list[OutboundConnection] = field(default_factory=list)

    async def add(self, connection: OutboundConnection) -> None:
        self.noted.append(connection)


def question(text: str = "Hello?", **more: Any) -> ChatRequest:
    """A request with one message."""
    return ChatRequest((ChatMessage("user", text),), **more)


def model_at(server: Service, model: str, *, key: str | None = KEY, ledger: Ledger | None = None) -> CloudChatModel:
    """The model, asked at a stand-in."""
    return CloudChatModel(model, api_key=key, api_base=server.url, recorder=ledger or Ledger())


async def all_parts(model: CloudChatModel, request: ChatRequest) -> list[ChatPart]:
    """The whole answer; closes the model."""
    try:
        return [part async for part in model.stream(request)]
    finally:
        await model.aclose()


class _Rerouted(httpx.AsyncBaseTransport):
    """Real connections, but to the stand-in, whatever the address: what a name server and TLS would do elsewhere."""

    def __init__(self, server: Service):
        self._inner = httpx.AsyncHTTPTransport(trust_env=False)
        self._server = server

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._server.port)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


def reroute(monkeypatch: pytest.MonkeyPatch, server: Service) -> None:
    """Let the stand-in answer for the services' own hosts."""
    monkeypatch.setattr(cloud_connection, "network", lambda: _Rerouted(server))


def name_loopback(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let a name that does not look like this machine lead to it."""
    look_up = socket.getaddrinfo

    def looked_up(host: Any, *rest: Any, **more: Any) -> Any:
        return look_up("127.0.0.1" if host in (name, name.encode()) else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
