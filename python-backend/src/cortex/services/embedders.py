"""The embedders that there are: the embedded one, and those that the owner's settings lead to."""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Self

from cortex.db.repositories.embedding_spaces import EmbeddingSpace
from cortex.domain.embedding import EmbeddingChoice
from cortex.exceptions import AIProviderError, AIProviderUnavailableError
from cortex.providers.base import Embedder

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

OpenEmbedder = Callable[[str], Awaitable[Embedder]]
"""Gives the embedder of a model's name, as the settings are now; the same one as long as they are the same."""
QUERY_SECONDS = 1.5
"""A search waits no longer for the model in use; then the embedded one answers."""
_REST_SECONDS = 10.0
"""After a failure, before a search tries the model again."""


class Embedders:
    """Opens embedders by provider. `base` is the embedded one."""

    def __init__(
        self,
        base: Embedder,
        openers: Mapping[str, OpenEmbedder] | None = None,
        *,
        allows: Callable[[str], Awaitable[bool]] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ):
        """`allows` tells whether the owner allowed a place beyond this machine; without it none is."""
        self.base = base
        self._allows = allows
        self._openers = dict(openers or {})
        self._clock = clock
        self._not_before = 0.0
        self._asking: asyncio.Task[npt.NDArray[np.float32]] | None = None

    def offer(self, provider: str, opener: OpenEmbedder) -> None:
        """Open this provider's embedders so from now on."""
        self._openers[provider] = opener

    async def of(self, choice: EmbeddingChoice) -> Embedder:
        """The embedder of a choice. Raises AIProviderUnavailableError or AIProviderError."""
        if choice.provider == "embedded":
            return self.base
        opener = self._openers.get(choice.provider)
        if opener is None:
            raise AIProviderUnavailableError(f"This Cortex has no embedding models of the provider {choice.provider}.")
        return await opener(choice.model)

    async def of_space(self, space: EmbeddingSpace) -> Embedder:
        """The embedder of a space's vectors, for texts that may go where the owner agreed.

        Raises AIProviderUnavailableError (also when its place is another now) or AIProviderError.
        """
        if space.is_base:
            return self.base
        return await self.at_place(choice_of(space), space.place)

    async def at_place(self, choice: EmbeddingChoice, place: str | None) -> Embedder:
        """The embedder of a choice, if it is on this machine or at the place that the owner agreed to.

        Raises as `of_space` does. Nothing but the model's name has been sent before.
        """
        embedder = await self.of(choice)
        await embedder.identify()  # only then is it known whether a model of Ollama's runs elsewhere
        identity = embedder.identity
        if not identity.is_local and (identity.place != place or not await self.allows(identity.place)):
            raise AIProviderUnavailableError(
                f"{identity.name} would be asked at {identity.place}, to which you have not agreed for making vectors. "
                "Choose it again in the settings, or another model; until then the embedded model answers."
            )
        return embedder

    async def allows(self, place: str) -> bool:
        """Whether the owner allowed this place beyond the machine."""
        return self._allows is not None and await self._allows(place)

    async def patiently(
        self, embed: Callable[[], Awaitable[npt.NDArray[np.float32]]]
    ) -> npt.NDArray[np.float32] | None:
        """What `embed` gives within the time that a search has, else None.

        A model that is being loaded goes on loading, and while it does nobody waits for it again.
        """
        if self._clock() < self._not_before or (self._asking is not None and not self._asking.done()):
            return None
        # in a context of its own: a finished task would keep the search that it was begun for
        asking = asyncio.create_task(_awaited(embed), context=contextvars.Context())
        done, _ = await asyncio.wait([asking], timeout=QUERY_SECONDS)
        if not done:
            self._asking = asking
            asking.add_done_callback(self._noticed)
            return None
        try:
            return asking.result()
        except (AIProviderError, AIProviderUnavailableError):
            self._not_before = self._clock() + _REST_SECONDS
            return None
        finally:
            del asking, done  # its error knows this frame: a circle that would keep the space that was asked for

    def _noticed(self, task: asyncio.Task[npt.NDArray[np.float32]]) -> None:
        """What became of a late answer interests nobody; asyncio would complain that nobody looked."""
        self._asking = None
        if not task.cancelled():
            task.exception()

    def try_again(self) -> None:
        """What was away may be back: the next search tries it."""
        self._not_before = 0.0

    async def aclose(self) -> None:
        """End what goes on in the background."""
        if (asking := self._asking) is not None:
            asking.cancel()
            await asyncio.wait([asking])


class InUse:
    """Whether anybody is inside it."""

    def __init__(self) -> None:
        self._inside = 0

    @property
    def is_busy(self) -> bool:
        return self._inside > 0

    def __enter__(self) -> Self:
        self._inside += 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._inside -= 1


def choice_of(space: EmbeddingSpace) -> EmbeddingChoice:
    """The choice that leads to a space."""
    identity = space.identity
    if space.is_base:
        return EmbeddingChoice("embedded", identity.model)
    return EmbeddingChoice("ollama" if identity.provider == "ollama" else "cloud", space.chosen or identity.model)


async def _awaited(
    embed: Callable[[], Awaitable[npt.NDArray[np.float32]]],
) -> npt.NDArray[np.float32]:
    return await embed()
