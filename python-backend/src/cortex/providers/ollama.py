"""An Ollama, here or on another machine, through its official client."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar, cast

from cortex.exceptions import AIProviderError, AIProviderUnavailableError, ValidationError
from cortex.providers import ollama_answers as answers
from cortex.providers.ollama_answers import InstalledModel, ModelAbilities, PullProgress
from cortex.providers.ollama_failures import away, begun, broken_off, translated
from cortex.providers.ollama_frames import ChatFrame
from cortex.providers.ollama_requests import duration, preload_body
from cortex.providers.server_address import ServerAddress

if TYPE_CHECKING:
    import ollama

    from cortex.providers.ollama_transport import ConnectionRecorder

Answer = TypeVar("Answer")
_CONNECT_SECONDS = 2.0
_SILENCE_SECONDS = 600.0
"""A stream may be silent as long as this: the digest of many gigabytes is checked without a word, and a model is
loaded and a prompt read before so much as headers come."""
_QUICK_SECONDS = 5.0
"""For questions that need no model to be loaded."""
_DRAIN_SECONDS = 1.0
_IDLE_SECONDS = 60.0
"""How long an unused connection is kept for the next question."""
_REMEMBERED = 500


class OllamaServer:
    """One Ollama. Nothing is loaded or connected before the first call.

    Every method raises AIProviderUnavailableError when there is no Ollama to talk to, AIProviderError when it
    answers with an error. Connections that leave this machine are noted with `recorder`.
    """

    def __init__(
        self,
        address: ServerAddress,
        recorder: ConnectionRecorder,
        *,
        quick_seconds: float = _QUICK_SECONDS,
        silence_seconds: float = _SILENCE_SECONDS,
    ):
        self.address = address
        self._recorder = recorder
        self._quick_seconds = quick_seconds
        self._silence_seconds = silence_seconds
        self._abilities: dict[str, ModelAbilities] = {}
        self._asking: dict[str, asyncio.Lock] = {}
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

    async def abilities(self, model: InstalledModel | str) -> ModelAbilities:
        """As `show`, asked once for each digest; of a mere name each time."""
        if isinstance(model, str):
            return await self.show(model)
        async with self._asking.setdefault(model.digest, asyncio.Lock()):  # who comes meanwhile waits for the answer
            known = self._abilities.get(model.digest)
            if known is None:
                known = await self.show(model.name)
                if len(self._abilities) >= _REMEMBERED:
                    self._abilities.clear()
                    self._asking.clear()
                self._abilities[model.digest] = known
            return known

    async def chat(
        self, body: Mapping[str, object], *, proxied_to: str | None = None
    ) -> AsyncGenerator[ChatFrame, None]:
        """Ask a model; the frames of its answer to the one that is `done`. Closing the iterator stops the model.

        `proxied_to` is the host that a cloud proxy passes on to, for the ledger. Raises AIProviderUnavailableError
        also in the middle, AIModelMissingError, AIProviderTimeoutError.
        """
        from cortex.providers.ollama_transport import PROXIED_TO

        client = await self._opened()
        asked: dict[str, Any] = {  # the client's own method knows neither `truncate` nor `shift`
            "content": json.dumps(body).encode(),  # pure ASCII: half a surrogate in saved text breaks nothing
            "extensions": {PROXIED_TO: proxied_to} if proxied_to else None,
        }
        with translated(self.address, str(body["model"]), generating=True):
            frames = cast(
                "AsyncGenerator[ChatFrame, None]",
                await client._request(ChatFrame, "POST", "/api/chat", stream=True, **asked),
            )
            async with contextlib.aclosing(frames):
                frame = await anext(frames, None)
                with begun(self.address):
                    while frame is not None and not frame.done:
                        yield frame
                        frame = await anext(frames, None)
                if frame is None:
                    raise broken_off(self.address)
                with contextlib.suppress(Exception):  # the answer is complete; only a connection read to its end
                    async with asyncio.timeout(_DRAIN_SECONDS):  # can serve the next question
                        await anext(frames, None)
        yield frame

    async def preload(self, model: str, *, keep_alive: str, context_tokens: int | None = None) -> None:
        """Load a model into memory for `keep_alive` (`5m`, `-1`: for good). Can take minutes.

        `context_tokens` as in the requests to come, or the model is loaded again for them.
        """
        body = preload_body(model, keep_alive=keep_alive, context_tokens=context_tokens)
        await self._ask(answers.KEPT, "POST", "/api/chat", model=model, seconds=self._silence_seconds, json=body)

    async def unload(self, model: str) -> None:
        """Put a model out of memory; it may be that it was not in it."""
        await self._ask(answers.KEPT, "POST", "/api/generate", model=model, json={"model": model, "keep_alive": 0})

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

    async def embed(
        self, model: str, texts: list[str], *, keep_alive: str | int, seconds: float, proxied_to: str | None = None
    ) -> list[list[float]]:
        """Vectors of texts, each cut by Ollama to what the model reads; its loading included, within `seconds`.

        A chat model gives numbers, too: look at its capabilities first. `proxied_to` as in `chat`.
        """
        from cortex.providers.ollama_transport import PROXIED_TO

        body = {"model": model, "input": texts, "truncate": True, "keep_alive": duration(keep_alive)}
        request: dict[str, Any] = {
            "content": json.dumps(body).encode(),  # pure ASCII, as in `chat`
            "extensions": {PROXIED_TO: proxied_to} if proxied_to else None,
        }
        answer = await self._ask(answers.EMBEDDINGS, "POST", "/api/embed", model=model, seconds=seconds, **request)
        return answer.embeddings

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()  # type: ignore[no-untyped-call] # the client leaves it without types
            self._client = None

    async def _ask(
        self,
        shape: type[Answer],
        method: str,
        path: str,
        *,
        model: str | None = None,
        seconds: float | None = None,
        **request: Any,
    ) -> Answer:
        client = await self._opened()
        with translated(self.address, model):
            async with asyncio.timeout(seconds or self._quick_seconds):
                answer: Answer = await client._request(shape, method, path, **request)
                return answer

    async def _opened(self) -> ollama.AsyncClient:
        async with self._opening:
            if self._client is None:
                if self.address.is_local:
                    await self._expect_listener()
                self._client = await asyncio.to_thread(self._open)
            return self._client

    async def _expect_listener(self) -> None:
        """Where no Ollama runs, its client is not loaded: that would be a tenth of all the memory that Cortex takes."""
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                _, writer = await asyncio.open_connection(self.address.host, self.address.port)
        except OSError as error:  # a TimeoutError, too
            raise away(self.address) from error
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

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
        transport = httpx.AsyncHTTPTransport(trust_env=False, limits=httpx.Limits(keepalive_expiry=_IDLE_SECONDS))
        return ollama.AsyncClient(
            self.address.url,
            transport=RecordedTransport(transport, self._recorder, is_local=self.address.is_local),
            trust_env=False,  # a proxy would see what is asked, also what is meant for this machine
            follow_redirects=False,  # a redirect could lead out of the machine
            timeout=httpx.Timeout(10.0, connect=_CONNECT_SECONDS, read=self._silence_seconds),
            auth=_without_key,
        )


def _without_key(request: Any) -> Any:
    """The client adds OLLAMA_API_KEY, a key of Ollama's cloud, to requests to any host: it is never sent."""
    request.headers.pop("Authorization", None)
    return request
