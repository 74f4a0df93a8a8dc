"""The owner's choice of an embedding model: what it would cost, beginning it, and stopping it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import embedding_builds, embedding_spaces, unembedded
from cortex.db.repositories.embedding_spaces import EmbeddingSpace
from cortex.domain.embedding import EmbeddingBuild, EmbeddingChoice, EmbeddingEstimate, EmbeddingStatus, Leaving
from cortex.domain.settings import EmbeddingProvider
from cortex.exceptions import ConflictError, ValidationError
from cortex.providers.base import Embedder, ModelIdentity
from cortex.services.embedders import Embedders, choice_of
from cortex.services.embedding_builder import EmbeddingBuilder
from cortex.services.embedding_changes import EmbeddingChanges
from cortex.services.embedding_texts import texts_of
from cortex.services.embedding_vectors import PROBE
from cortex.services.embeddings import EmbeddingService, identity_of
from cortex.services.events import EventBus

_SAMPLE = 12
_ROW_BYTES = 40
"""Of keys and page overhead for both rows of a passage."""
_CHARACTERS_A_TOKEN = 4

PricePerToken = Callable[[str], float | None]
"""US dollars a token of a cloud model, where that is known."""


class EmbeddingSwitch:
    """Changes the embedding model at the owner's word, and never otherwise."""

    def __init__(
        self,
        database: Database,
        embeddings: EmbeddingService,
        embedders: Embedders,
        builder: EmbeddingBuilder,
        changes: EmbeddingChanges,
        events: EventBus,
        *,
        consent: Callable[[str], Awaitable[None]],
        price: PricePerToken | None = None,
    ):
        """`consent` notes a place that the owner's texts may go to."""
        self._database = database
        self._embeddings = embeddings
        self._embedders = embedders
        self._builder = builder
        self._changes = changes
        self._events = events
        self._consent = consent
        self._price = price

    async def status(self) -> EmbeddingStatus:
        """What search reads, and how far a change has come."""

        def read(raw: Connection) -> tuple[EmbeddingSpace | None, EmbeddingSpace | None, EmbeddingBuild | None]:
            return embedding_spaces.active(raw), embedding_spaces.base(raw), embedding_builds.latest(raw)

        active, base, build = await self._database.read(read)
        embedded = EmbeddingChoice("embedded", self._embedders.base.identity.model)
        return EmbeddingStatus(
            active=choice_of(active) if active is not None else embedded,
            fallback=choice_of(base) if base is not None and base != active else None,
            build=build,
            offer=self._changes.offer,
        )

    async def named(self, provider: EmbeddingProvider | None, model: str | None) -> EmbeddingChoice:
        """The choice that these come to; what is not named is as it is chosen now. Raises ValidationError."""
        chosen = (await self.status()).chosen
        embedded = self._embedders.base.identity.model
        provider = provider or chosen.provider
        if provider == "embedded":
            if model not in (None, embedded):
                raise _invalid("model", f"There is no embedded model {model}; this Cortex has {embedded}.")
            return EmbeddingChoice("embedded", embedded)
        if model is None and provider == chosen.provider:
            return chosen
        if model is None:
            raise _invalid("model", f"Name the model of {provider} that is to make vectors.")
        return EmbeddingChoice(provider, model)

    async def estimate(self, choice: EmbeddingChoice) -> EmbeddingEstimate:
        """What it would cost. Sends nothing of the owner's; a model elsewhere is measured on made-up sentences.

        Raises AIProviderUnavailableError or AIProviderError when the model cannot be asked.
        """
        embedder = await self._embedders.of(choice)
        model = await embedder.identify()
        identity = embedder.identity
        with_local_only = identity.is_local
        wanted = identity_of(model)

        def read(raw: Connection) -> tuple[EmbeddingSpace | None, unembedded.PassageCounts]:
            space = embedding_spaces.find(raw, wanted)
            counts = unembedded.counts(raw, space.id if space else None, with_local_only=with_local_only)
            return space, counts

        space, counts = await self._database.read(read)
        seconds_each = await self._measure(embedder, is_local=identity.is_local)
        paid = choice.provider == "cloud"
        tokens = counts.characters // _CHARACTERS_A_TOKEN if paid else None
        price = self._price(choice.model) if paid and self._price is not None else None
        return EmbeddingEstimate(
            choice=choice,
            passages=counts.missing,
            left_out=counts.left_out,
            seconds=round(counts.missing * seconds_each, 3),
            disk_bytes=counts.missing * (model.dimension + model.dimension // 8 + _ROW_BYTES),
            dimension=model.dimension,
            tokens=tokens,
            cost_usd=round(tokens * price, 6) if tokens is not None and price is not None else None,
            leaves=None if identity.is_local else Leaving(identity.place, counts.missing, counts.characters),
            needs_consent=await self._needs_consent(identity),
            is_instant=space is not None and not counts.missing,
        )

    async def choose(self, choice: EmbeddingChoice, *, consent: bool = False) -> EmbeddingStatus:
        """Begin the change, in place of one that is under way; at once where all vectors are there.

        Search goes on with the model before until the swap. Raises ValidationError without the owner's consent for a
        model elsewhere, AIProviderUnavailableError or AIProviderError when the model cannot be asked.
        """
        embedder = await self._embedders.of(choice)
        wanted = identity_of(await embedder.identify())
        identity = embedder.identity
        if await self._needs_consent(identity):
            if not consent:
                raise _consent_missing(identity)
            await self._consent(identity.place)
        place = None if identity.is_local else identity.place

        def begin(raw: Connection) -> EmbeddingBuild | None:
            active = embedding_spaces.active(raw)
            under_way = embedding_builds.unfinished(raw)
            if under_way is not None:
                if (under_way.target, under_way.place) == (choice, place):
                    return None
                _cancel(raw, under_way)
            if active is not None and active.identity == wanted:
                return None
            source = choice_of(active) if active is not None else None
            build = embedding_builds.start(raw, source, choice, place=place)
            space = embedding_spaces.find(raw, wanted)
            if space is None or unembedded.after(raw, space.id, 0, with_local_only=identity.is_local, limit=1):
                return None
            embedding_builds.set_state(raw, build.id, "done")
            embedding_spaces.activate(raw, space)
            return build

        done = await self._database.write(begin)
        if done is not None:
            await self._changes.swapped(choice)
            self._builder.give_room_back(done.id)
        self._tell()
        return await self.status()

    async def renew(self) -> EmbeddingStatus:
        """Make the vectors of the model in use anew, because it has changed. Raises ConflictError when it has not, else
        as `choose`."""
        offer = self._changes.offer
        if offer is None:
            raise ConflictError("The embedding model in use has not changed: its vectors are as they should be.")
        return await self.choose(offer.choice)

    async def pause(self) -> EmbeddingStatus:
        """Stop for now; what is done is kept. Raises ConflictError when nothing is under way."""
        return await self._change(lambda raw, build: embedding_builds.set_state(raw, build.id, "paused", build.error))

    async def resume(self) -> EmbeddingStatus:
        """Go on, also after a failure. Raises ConflictError when nothing is unfinished."""
        return await self._change(lambda raw, build: embedding_builds.set_state(raw, build.id, "running"))

    async def cancel(self) -> EmbeddingStatus:
        """Give up: the new vectors are deleted, everything stays as it is. Raises ConflictError."""
        return await self._change(_cancel)

    async def _change(self, change: Callable[[Connection, EmbeddingBuild], object]) -> EmbeddingStatus:
        def write(raw: Connection) -> bool:
            build = embedding_builds.unfinished(raw)
            if build is None:
                return False
            change(raw, build)
            return True

        if not await self._database.write(write):
            raise ConflictError("No change of the embedding model is under way.")
        self._tell()
        return await self.status()

    async def _needs_consent(self, identity: ModelIdentity) -> bool:
        return not identity.is_local and not await self._embedders.allows(identity.place)

    async def _measure(self, embedder: Embedder, *, is_local: bool) -> float:
        """Seconds a passage, with the model loaded."""
        texts = list(PROBE[:_SAMPLE])
        if is_local:
            rows = await self._database.read(lambda raw: unembedded.sample(raw, with_local_only=True, count=_SAMPLE))
            if rows:
                texts = await asyncio.to_thread(texts_of, rows, await self._embeddings.token_spans())
        else:  # about as long as passages are
            texts = [" ".join(PROBE[index:] + PROBE[:index]) for index in range(_SAMPLE)]
        await embedder.embed(texts[:1], purpose="document")
        started = time.perf_counter()
        await embedder.embed(texts, purpose="document")
        return (time.perf_counter() - started) / len(texts)

    def _tell(self) -> None:
        self._builder.wake()
        self._events.publish("embeddings.updated", {})


def _cancel(connection: Connection, build: EmbeddingBuild) -> None:
    """The builder drops the vectors."""
    embedding_builds.set_state(connection, build.id, "cancelled")


def _consent_missing(identity: ModelIdentity) -> ValidationError:
    message = (
        f"{identity.name} would read your saved texts at {identity.place}, outside this machine. "
        "Look at the estimate, then say so with consent: true. Items marked local-only never go there."
    )
    return _invalid("consent", message)


def _invalid(field: str, message: str) -> ValidationError:
    return ValidationError(message, details=[{"loc": ["body", "embedding", field], "msg": message, "type": "value"}])
