"""A language model of an Ollama."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from urllib.parse import urlsplit

from cortex.exceptions import AIProviderError, AIProviderUnavailableError
from cortex.providers.base import ProviderHealth
from cortex.providers.chat_model import (
    ChatCapabilities,
    ChatIdentity,
    ChatPart,
    ChatRequest,
    TextDelta,
    ThoughtDelta,
    ToolCall,
    ToolCalls,
)
from cortex.providers.ollama import OllamaServer
from cortex.providers.ollama_answers import InstalledModel, is_cloud_proxy, same_model
from cortex.providers.ollama_requests import chat_body

_OLLAMA_CLOUD = "ollama.com"


class OllamaChatModel:
    """One model of one Ollama, kept in memory for `keep_alive` (`0`, `5m`, `-1`: for good) after each use.

    Requests have `context_limit` tokens of room, or what the model reads where that is less. An InstalledModel is
    asked once what it can do; of a mere name, which may come to mean another model, that is asked each time.
    """

    def __init__(
        self, server: OllamaServer, model: InstalledModel | str, *, keep_alive: str, context_limit: int = 8192
    ):
        name, remote_host = (model, None) if isinstance(model, str) else (model.name, model.remote_host)
        self._proxied_to = _host(remote_host) if is_cloud_proxy(name, remote_host) else None
        is_local = server.address.is_local and self._proxied_to is None
        self.identity = ChatIdentity("ollama", name, is_local, self._proxied_to or server.address.place)
        self._server = server
        self._model = model
        self._keep_alive = keep_alive
        self._context_limit = context_limit

    async def capabilities(self) -> ChatCapabilities:
        """What `/api/show` says.

        Raises AIProviderUnavailableError when Ollama does not answer, AIModelMissingError when it has no such model,
        AIProviderError when the model cannot chat or turns out to run elsewhere than thought.
        """
        shown = await self._server.abilities(self._model)
        name = self.identity.model
        if "completion" not in shown.capabilities:
            raise AIProviderError(
                f"The model {name} cannot chat: Ollama says of it {', '.join(shown.capabilities) or 'nothing'}. "
                "Choose a chat model in the settings."
            )
        if self._proxied_to is None and shown.remote_host is not None:
            raise AIProviderError(
                f"The model {name} does not run here but at {shown.remote_host}. Nothing was sent; "
                "choose it again in the settings if it is to be asked there."
            )
        return ChatCapabilities(
            context_tokens=min(shown.context_length or self._context_limit, self._context_limit),
            tools="tools" in shown.capabilities,
            schema=self._proxied_to is None,  # Ollama's cloud takes one, and does not keep to it
            thinking="thinking" in shown.capabilities,
            digest=None if isinstance(self._model, str) else self._model.digest,
        )

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatPart, None]:
        """The answer as it comes; tools all together before `Finished`. Closing the generator stops the model.

        Raises what `capabilities` does, AIProviderTimeoutError, and AIProviderError for what is too long or what the
        model cannot do.
        """
        can = await self.capabilities()
        if request.tools and not can.tools:
            raise AIProviderError(f"The model {self.identity.model} cannot use tools. Choose one that can.")
        body = chat_body(self.identity.model, request, can, keep_alive=self._keep_alive)
        calls: list[ToolCall] = []
        async with aclosing(self._server.chat(body, proxied_to=self._proxied_to)) as frames:
            async for frame in frames:
                if frame.message.thinking:
                    yield ThoughtDelta(frame.message.thinking)
                if frame.message.content:
                    yield TextDelta(frame.message.content)
                calls.extend(frame.tool_calls())
                if frame.done:
                    if calls:
                        yield ToolCalls(tuple(calls))
                    yield frame.finished(with_tools=bool(calls), is_free=self._proxied_to is None)

    async def health(self) -> ProviderHealth:
        """Whether the model is there, and in memory. Never raises, never loads it."""
        name = self.identity.model
        try:
            found = any(same_model(name, model.name) for model in await self._server.models())
            running = found and any(same_model(name, other) for other in await self._server.running())
        except (AIProviderError, AIProviderUnavailableError) as error:
            return ProviderHealth(False, error.message)
        if not found:
            return ProviderHealth(False, f"Ollama at {self._server.address.url} has no model {name}.")
        where = f" (runs at {self._proxied_to})" if self._proxied_to else ""
        return ProviderHealth(True, f"{name} at {self._server.address.url}{where}", running or bool(self._proxied_to))

    async def preload(self) -> None:
        """Load the model, so that the first question need not wait. Can take minutes; raises as `stream` does."""
        can = await self.capabilities()
        if self._proxied_to is None:
            await self._server.preload(
                self.identity.model, keep_alive=self._keep_alive, context_tokens=can.context_tokens
            )

    async def unload(self) -> None:
        """Put the model out of memory. Raises as `capabilities` does."""
        if self._proxied_to is None:
            await self._server.unload(self.identity.model)

    async def aclose(self) -> None:
        """Holds nothing: connections are the server's, which other models share."""


def _host(remote: str | None) -> str:
    """The host that a proxy names (`https://ollama.com:443`), with its port where that is unusual."""
    if remote is None:
        return _OLLAMA_CLOUD
    try:
        parts = urlsplit(remote if "://" in remote else f"https://{remote}")
        host, port = parts.hostname, parts.port
    except ValueError:
        return remote
    return (host or remote) if port in (None, 443) else f"{host}:{port}"
