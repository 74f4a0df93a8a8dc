"""Makes an embedder on a server bear what chat models bear: failures, a full server, many texts at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from cortex.exceptions import AIProviderError, AIProviderUnavailableError
from cortex.providers.base import Embedder, EmbeddingModel, ModelIdentity, ProviderHealth, Purpose
from cortex.providers.chat_model import TokenUsage
from cortex.providers.gateway.accounting import Book, CallAccount
from cortex.providers.gateway.breaker import Breaker
from cortex.providers.gateway.limits import Line
from cortex.providers.gateway.retries import Retries

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

TEXTS_AT_ONCE = 32
CHARACTERS_AT_ONCE = 48_000
"""A batch ends here even when it has few texts, so that no request takes minutes on a slow machine."""
_CHARACTERS_PER_TOKEN = 4
_PATIENCE_SECONDS: dict[Purpose, float] = {"query": 0.5, "document": 60.0}


class ResilientEmbedder:
    """An embedder with the gateway's lines, breakers, retries and accounts around each of its requests.

    Texts of about the same length go together: servers pad a batch to its longest text.
    """

    def __init__(
        self,
        embedder: Embedder,
        *,
        line: Callable[[ModelIdentity], Line],
        breaker: Callable[[ModelIdentity], Breaker],
        book: Book,
        sleep: Callable[[float], Awaitable[None]],
        chance: Callable[[], float],
    ):
        self._embedder = embedder
        self._line = line
        self._breaker = breaker
        self._book = book
        self._sleep = sleep
        self._chance = chance

    @property
    def identity(self) -> ModelIdentity:
        """The embedder's own."""
        return self._embedder.identity

    async def identify(self) -> EmbeddingModel:
        """The embedder's own answer; not asked for while the model is left alone after failures."""
        with self._breaker(self.identity).watching():
            return await self._embedder.identify()

    async def embed(self, texts: Sequence[str], *, purpose: Purpose) -> npt.NDArray[np.float32]:
        """As the embedder does, in batches; a batch that fails in passing is tried again alone.

        Raises AIProviderUnavailableError and AIProviderError; what was embedded until then is lost.
        """
        import numpy as np

        if not texts:
            return await self._embedder.embed(texts, purpose=purpose)
        parts: list[npt.NDArray[np.float32]] = []
        order: list[int] = []
        for batch in batches([len(text) for text in texts]):
            parts.append(await self._batch([texts[number] for number in batch], purpose))
            order += batch
        found = np.concatenate(parts)
        vectors = np.empty_like(found)
        vectors[order] = found
        return vectors

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """The embedder's own."""
        return self._embedder.token_spans(text)

    async def health(self) -> ProviderHealth:
        """The embedder's own."""
        return await self._embedder.health()

    async def aclose(self) -> None:
        """Close the embedder."""
        await self._embedder.aclose()

    async def _batch(self, texts: Sequence[str], purpose: Purpose) -> npt.NDArray[np.float32]:
        retries = Retries(chance=self._chance)
        while True:
            try:
                return await self._request(texts, purpose)
            except (AIProviderError, AIProviderUnavailableError) as error:
                pause = retries.pause_after(
                    error, patience_seconds=_PATIENCE_SECONDS[purpose], may_repeat_long=purpose == "document"
                )
                if pause is None or not self._breaker(self.identity).admits:
                    raise
            await self._sleep(pause)

    async def _request(self, texts: Sequence[str], purpose: Purpose) -> npt.NDArray[np.float32]:
        identity = self.identity
        breaker = self._breaker(identity)
        async with self._line(identity).place("interactive" if purpose == "query" else "background"):
            with breaker.watching():
                account = CallAccount(identity, "embed", self._book)
                try:
                    vectors = await self._embedder.embed(texts, purpose=purpose)
                except BaseException as error:
                    account.failed(error)
                    raise
                breaker.succeeded()
                # How many tokens it were, embedders do not say.
                account.finished(TokenUsage(prompt_tokens=sum(map(len, texts)) // _CHARACTERS_PER_TOKEN))
                return vectors


def batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Positions of texts of these lengths (in characters) that go together, shortest first."""
    batch: list[int] = []
    characters = 0
    for number in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) >= TEXTS_AT_ONCE or characters + lengths[number] > CHARACTERS_AT_ONCE):
            yield batch
            batch, characters = [], 0
        batch.append(number)
        characters += lengths[number]
    if batch:
        yield batch
