"""An Ollama, here or on another machine, through its official client."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar, cast

from cortex.exceptions import AIProviderError, AIProviderUnavailableError, ValidationError
from cortex.providers import ollama_answers as answers
from cortex.providers.ollama_answers import InstalledModel, ModelAbilities, PullProgress
from cortex.providers.ollama_failures import translated
from cortex.providers.server_address import ServerAddress

if TYPE_CHECKING:
    import ollama

    from cortex.providers.ollama_transport import ConnectionRecorder

Answer = TypeVar("Answer")
_CONNECT_SECONDS = 2.0
_SILENCE_SECONDS = 600.0
"""A stream may be silent as long as this: the digest of many gigabytes is checked without a word."""
_QUICK_SECONDS = 5.0
"""For questions that need no model to be loaded."""


class OllamaServer:
    """One Ollama. Nothing is loaded or connected before the first call.

    Every method raises AIProviderUnavailableError when there is no Ollama to talk to, AIProviderError when it
    answers with an error. Connections that leave this machine are noted with `recorder`.
    """

    def __init__(self, address: ServerAddress, recorder: ConnectionRecorder, *, quick_seconds: float = _QUICK_SECONDS):
        self.address = address
        self._recorder = recorder
        self._quick_seconds = quick_seconds
        self._opening = asyncio.Lock()
        self._client: ollama.AsyncClient | None = None

    async def version(self) -> str:
        """The server's version, such as `0.24.0`."""
        return (await self._ask(answers.VERSION, "GET", "/api/version")).version

    async def models(self) -> tuple[InstalledModel, ...]:
        """The installed models, in Ollama's order: the latest change first."""
        return answers.installed(await self._ask(answers.TAGS, "GET", "/api/tags"))

    async def running(self) -> tuple[str, ...]:
        """The names of the models that are loaded into memory."""
        return tuple(model.name for model in (await self._ask(answers.PROCESSES, "GET", "/api/ps")).models or ())

    async def show(self, model: str) -> ModelAbilities:
        """What a model can do. The list of models says less, and not always the truth."""
        return answers.abilities(await self._ask(answers.SHOW, "POST", "/api/show", model=model, json={"model": model}))

    async def pull(self, model: str) -> AsyncGenerator[PullProgress, None]:
        """Load a model down, step by step to `success`. Closing the iterator stops it; what is there is kept.

        Raises ValidationError when Ollama does not take the name for a model's.
        """
        client = await self._opened()
        step = PullProgress("")
        try:
            with translated(self.address):
                frames = cast("AsyncGenerator[ollama.ProgressResponse, None]", await client.pull(model, stream=True))
                async with contextlib.aclosing(frames):
                    async with asyncio.timeout(self._quick_seconds):  # Ollama begins at once
                        frame = await anext(frames, None)
                    while frame is not None:
                        step = PullProgress(frame.status or "", frame.digest, frame.total, frame.completed)
                        yield step
                        frame = await anext(frames, None)
        except AIProviderError as error:
            if error.details == {"status": HTTPStatus.BAD_REQUEST}:
                raise ValidationError(f"Ollama does not take {model!r} for the name of a model.") from error
            raise
        if not step.is_done:
            raise AIProviderUnavailableError(
                f"Ollama stopped before {model} was complete. What was loaded is kept; pull it again to go on."
            )

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()  # type: ignore[no-untyped-call] # the client leaves it without types
            self._client = None

    async def _ask(
        self, shape: type[Answer], method: str, path: str, *, model: str | None = None, **request: Any
    ) -> Answer:
        client = await self._opened()
        with translated(self.address, model):
            async with asyncio.timeout(self._quick_seconds):
                answer: Answer = await client._request(shape, method, path, **request)
                return answer

    async def _opened(self) -> ollama.AsyncClient:
        async with self._opening:
            if self._client is None:
                self._client = await asyncio.to_thread(self._open)
            return self._client

    def _open(self) -> ollama.AsyncClient:
        """Make the client; in a thread, because its import alone takes a third of a second."""
        import httpx

        from cortex.providers.ollama_transport import RecordedTransport

        try:
            import ollama
        except (ImportError, ValueError) as error:  # it reads OLLAMA_HOST and the proxies' variables on import
            raise AIProviderUnavailableError(
                f"The Ollama client cannot work with this environment: {error} Look at OLLAMA_HOST and the variables "
                "for proxies; Cortex itself uses neither."
            ) from error
        transport: httpx.AsyncBaseTransport = httpx.AsyncHTTPTransport(trust_env=False)
        if not self.address.is_local:
            transport = RecordedTransport(transport, self._recorder)
        return ollama.AsyncClient(
            self.address.url,
            transport=transport,
            trust_env=False,  # a proxy would see what is asked, also what is meant for this machine
            follow_redirects=False,  # a redirect could lead out of the machine
            timeout=httpx.Timeout(10.0, connect=_CONNECT_SECONDS, read=_SILENCE_SECONDS),
            auth=_without_key,
        )


def _without_key(request: Any) -> Any:
    """The client adds OLLAMA_API_KEY, a key of Ollama's cloud, to requests to any host: it is never sent."""
    request.headers.pop("Authorization", None)
    return request
