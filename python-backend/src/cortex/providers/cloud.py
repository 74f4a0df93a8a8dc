"""A language model in the cloud, or of a server that speaks as one, through LiteLLM."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from cortex.exceptions import AIProviderError, AIProviderUnavailableError
from cortex.providers import cloud_library
from cortex.providers.base import ModelIdentity, ProviderHealth
from cortex.providers.chat_model import ChatCapabilities, ChatPart, ChatRequest, Finished
from cortex.providers.cloud_place import cloud_place

if TYPE_CHECKING:
    from cortex.providers.cloud_connection import CloudConnection
    from cortex.providers.cloud_exchange import Exchange
    from cortex.providers.ollama_transport import ConnectionRecorder

_HEALTH_SECONDS = 2.0


class CloudChatModel:
    """One model of one service. Nothing is loaded or connected before the first call.

    `model` and `api_base` are the owner's settings (see `cloud_place`), `api_key` belongs to that place alone.
    Raises ValueError with a sentence for the owner when they make no sense.
    """

    def __init__(
        self, model: str, *, api_key: SecretStr | str | None, api_base: str | None, recorder: ConnectionRecorder
    ):
        self.place = cloud_place(model, api_base)
        self._key = SecretStr(api_key) if isinstance(api_key, str) else api_key
        self._recorder = recorder
        self._opened: CloudConnection | None = None
        self._known: ChatCapabilities | None = None
        self._entry: Mapping[str, Any] = {}
        """What LiteLLM's list says of it."""
        self._asking = asyncio.Lock()

    @property
    def identity(self) -> ModelIdentity:
        """Known without asking anybody."""
        return ModelIdentity(self.place.provider, self.place.model, self.place.is_local, self.place.host_and_port)

    async def capabilities(self) -> ChatCapabilities:
        """By LiteLLM's list of models; a server of the owner's own is asked. Remembered; see `ChatModel`."""
        async with self._asking:
            if self._known is None:
                connection = await self._connection()
                connection.check()
                self._known = await self._asked(connection)
            return self._known

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatPart, None]:
        """The answer as it comes, `Finished` last. See `ChatModel`."""
        from cortex.providers.cloud_abilities import after_refusal
        from cortex.providers.cloud_answer import AnswerReader, token_usage
        from cortex.providers.cloud_failures import failure

        known = await self.capabilities()
        connection = await self._connection()
        exchange = connection.exchange()
        library = await cloud_library.litellm()
        reader = AnswerReader(self.identity.name)
        answer: Any = None
        try:
            with exchange.current():
                answer = await library.acompletion(**connection.arguments(), **self._wording(request, known))
            while (chunk := await _next(answer, exchange)) is not None:
                for part in reader.read(chunk):
                    yield part
            # LiteLLM makes a proper end of every end: only the service's own word counts.
            reason = exchange.end or answer.received_finish_reason
            if reason in (None, "error"):  # OpenRouter's way to say that whoever it asked broke off
                raise EOFError
            calls, finish = reader.end(reason)
            usage = token_usage(library, reader.usage, self.place)
        except Exception as error:  # noqa: BLE001 - LiteLLM raises whatever its many parts do; the wire says what it was
            problem = failure(error, exchange, self.place, began=reader.began, secret=connection.secret)
            self._known = after_refusal(known, request, exchange)
            raise problem from None  # LiteLLM's own error may hold what was sent, also the key
        finally:
            await _close(answer, exchange)
        if calls is not None:
            yield calls
        yield Finished(finish, usage)

    async def health(self) -> ProviderHealth:
        """A server of the owner's own is asked whether it is there; a service is not: that alone would leave traces."""
        try:
            connection = await self._connection()
            connection.check()
            if not self.place.is_hosted:
                from cortex.providers.cloud_servers import model_names

                names = await model_names(connection, seconds=_HEALTH_SECONDS)
                return ProviderHealth(True, f"{self.place.host_and_port} answers; it has {len(names)} models.")
        except (AIProviderError, AIProviderUnavailableError) as error:
            return ProviderHealth(False, error.message)
        return ProviderHealth(
            True,
            f"{self.place.host_and_port} is asked when it is needed; its key is set.",
            loaded=cloud_library.is_loaded(),
        )

    async def aclose(self) -> None:
        """Close the connections. A later call opens again."""
        if self._opened is not None:
            await self._opened.aclose()

    def _wording(self, request: ChatRequest, known: ChatCapabilities) -> dict[str, Any]:
        from cortex.providers.cloud_abilities import thinking
        from cortex.providers.cloud_wording import worded

        return {
            **worded(request, tools=known.tools, schema=known.schema),
            **thinking(self._entry, self.place, wanted=request.thinking),
            "stream": True,
            "_skip_mcp_handler": True,  # else tools need a package that LiteLLM itself does not ask for
            "stream_options": {"include_usage": True},
        }

    async def _asked(self, connection: CloudConnection) -> ChatCapabilities:
        from cortex.providers.cloud_abilities import capabilities, listed

        if not self.place.is_hosted and self.place.protocol == "openai":
            from cortex.providers.cloud_servers import described

            return await described(connection)
        self._entry = listed(await cloud_library.litellm(), self.place)
        return capabilities(self._entry)

    async def _connection(self) -> CloudConnection:
        if self._opened is None:
            opened = await asyncio.to_thread(self._open)
            self._opened = self._opened or opened  # two calls may have come at once
        return self._opened

    def _open(self) -> CloudConnection:
        from cortex.providers.cloud_connection import CloudConnection

        return CloudConnection(self.place, self._key, self._recorder)


async def _next(answer: Any, exchange: Exchange) -> Any:
    """The next chunk, None at the end. Some services are only asked when the first one is wanted."""
    with exchange.current():
        return await anext(answer, None)


async def _close(answer: Any, exchange: Exchange) -> None:
    """End the connection, whatever LiteLLM does with it."""
    try:
        if answer is not None:
            await answer.aclose()
    finally:
        await exchange.aclose()
