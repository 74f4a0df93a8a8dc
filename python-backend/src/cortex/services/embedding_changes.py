"""Notices when the embedding model in use is not any more what made the vectors.

A server's new version or a model's new digest may change the numbers or not. Whether they did is measured on fixed
sentences whose vectors were stored with the space: if they are the same, the space goes on under the new fingerprint;
if not, the owner is offered to build it again, and until then questions go to the embedded model's space.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import embedding_spaces
from cortex.db.repositories.embedding_spaces import EmbeddingSpace
from cortex.domain.embedding import EmbeddingChoice, EmbeddingOffer, OfferReason
from cortex.exceptions import AIProviderError, AIProviderUnavailableError
from cortex.observability.logs import get_logger
from cortex.providers.base import Embedder
from cortex.services.embedders import Embedders, choice_of
from cortex.services.embedding_vectors import PROBE, is_same_model
from cortex.services.embeddings import EmbeddingService, identity_of
from cortex.services.events import EventBus

log = get_logger(__name__)


class EmbeddingChanges:
    """Compares the model in use with what it was."""

    def __init__(
        self,
        database: Database,
        embeddings: EmbeddingService,
        embedders: Embedders,
        events: EventBus,
        *,
        remember: Callable[[EmbeddingChoice], Awaitable[None]] | None = None,
    ):
        """`remember` notes the choice among the owner's settings."""
        self._remember = remember
        self._database = database
        self._embeddings = embeddings
        self._embedders = embedders
        self._events = events
        self._offer: EmbeddingOffer | None = None

    @property
    def offer(self) -> EmbeddingOffer | None:
        """What the owner may want to do about a change; None while there is none."""
        return self._offer

    async def swapped(self, choice: EmbeddingChoice) -> None:
        """Another model is in use from now on."""
        self._offer = None
        self._embeddings.forget_space()
        self._embedders.try_again()
        if self._remember is not None:
            await self._remember(choice)

    async def look(self) -> None:
        """Compare. A model that is away is as it was, for all that is known."""
        space = await self._embeddings.searchable_space()
        if space is None or space.is_base:
            return
        try:
            await self.is_unchanged(space, await self._embedders.of_space(space))
        except (AIProviderError, AIProviderUnavailableError) as error:
            log.info("embedding model not compared", error=error.code)

    async def is_unchanged(self, space: EmbeddingSpace, embedder: Embedder) -> bool:
        """Whether the embedder's vectors belong into this space; a change is offered to the owner.

        Raises AIProviderError, AIProviderUnavailableError.
        """
        identity = identity_of(await embedder.identify())
        if identity == space.identity:
            return True
        if space.probe is not None and identity.dimension == space.identity.dimension:
            now = await embedder.embed(PROBE, purpose="document")
            if is_same_model(space.probe, now) and await self._adopt(space, identity.fingerprint):
                log.info("embedding model changed, its vectors did not", fingerprint=identity.fingerprint)
                return True
        self._propose(space, identity.fingerprint)
        return False

    async def _adopt(self, space: EmbeddingSpace, fingerprint: str) -> bool:
        def adopt(raw: Connection) -> bool:
            stored = embedding_spaces.by_id(raw, space.id)
            new = embedding_spaces.with_fingerprint(space.identity, fingerprint)
            if stored is not None and stored.identity == new:
                return True
            if stored is None or embedding_spaces.find(raw, new) is not None:
                return False  # it is being built again already
            embedding_spaces.adopt(raw, space.id, fingerprint)
            return True

        adopted = await self._database.write(adopt)
        self._embeddings.forget_space()
        self._embedders.try_again()
        return adopted

    def _propose(self, space: EmbeddingSpace, fingerprint: str) -> None:
        reason: OfferReason = (
            "server_changed" if _digest(fingerprint) == _digest(space.identity.fingerprint) else "model_changed"
        )
        what = "its server has another version" if reason == "server_changed" else "the model itself was updated"
        offer = EmbeddingOffer(
            choice_of(space),
            reason,
            f"{space.identity.model} gives other vectors than those that are stored, since {what}. Search by meaning "
            "uses the embedded model until all vectors are made anew.",
        )
        if offer != self._offer:
            self._offer = offer
            self._events.publish("embeddings.updated", {})


def _digest(fingerprint: str) -> str:
    """A fingerprint without its server's version."""
    return fingerprint.partition("@")[0]
