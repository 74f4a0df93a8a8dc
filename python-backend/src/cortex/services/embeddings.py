"""Vectors: of passages as they are stored, and of a question."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from cortex.db import vector_index
from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import embedding_spaces
from cortex.db.repositories.chunks import Unembedded
from cortex.db.repositories.embedding_spaces import EmbeddingSpace, SpaceIdentity
from cortex.exceptions import AIProviderError, AIProviderUnavailableError
from cortex.providers.base import Embedder, EmbeddingModel
from cortex.services.chunking import TokenSpans
from cortex.services.embedders import Embedders, InUse
from cortex.services.embedding_texts import PREFIX_TOKENS, rough_token_spans, texts_of, unchanged
from cortex.services.embedding_vectors import PROBE, as_base_cosine, baseline_of, from_base_cosine, pack, scale_for

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

SPECIAL_TOKENS = 2
_SMALLEST_PASSAGE = 16


@dataclass(frozen=True, slots=True)
class QueryVector:
    """A question in the space that search reads."""

    space: EmbeddingSpace
    vector: npt.NDArray[np.float32]
    """A unit vector, (dimension,)."""
    packed: bytes
    """The same as int8."""
    is_fallback: bool = False
    """Whether the model in use was away, so that the embedded one's space is searched."""
    baseline: float | None = None
    """The mean cosine of unrelated texts, where the model is not the embedded one."""

    def calibrated(self, cosine: float | None) -> float | None:
        """A cosine in this space on the embedded model's scale, for which the thresholds of search were found."""
        return cosine if cosine is None or self.baseline is None else as_base_cosine(cosine, self.baseline)

    def from_base(self, cosine: float) -> float:
        """A cosine of the embedded model on this space's scale."""
        return cosine if self.baseline is None else from_base_cosine(cosine, self.baseline)


class EmbeddingService:
    """Embeds texts and questions: with the model in use, and with the embedded one, which is always there.

    `embedder` is the embedded one; `embedders` opens the others.
    """

    def __init__(self, database: Database, embedder: Embedder, embedders: Embedders | None = None):
        self._database = database
        self.embedder = embedder
        self._embedders = embedders or Embedders(embedder)
        self._spaces: _Spaces | None = None
        self._reading = 0
        self._handed_out: WeakValueDictionary[int, EmbeddingSpace] = WeakValueDictionary()
        self._versions: Counter[int] = Counter()
        self._asking = InUse()
        self._when_lacking: Callable[[], None] = _nobody
        self._when_changed: Callable[[], None] = _nobody

    def tell(self, *, lacking: Callable[[], None], changed: Callable[[], None]) -> None:
        """Call `lacking` when items lack vectors of the model in use, `changed` when that is not what it was."""
        self._when_lacking, self._when_changed = lacking, changed

    def is_held(self, space: int) -> bool:
        """Whether a search that began with this space may still read it: it holds what `searchable_space` gave."""
        return any(one.id == space for one in self._handed_out.values())

    def lack_vectors(self) -> None:
        """The model in use could not be asked for an item's vectors."""
        self._when_lacking()

    async def embedder_of(self, space: EmbeddingSpace) -> Embedder:
        """What makes this space's vectors, and makes the same now as before.

        Raises AIProviderUnavailableError (also when it has changed) or AIProviderError.
        """
        embedder = await self._embedders.of_space(space)
        if identity_of(await embedder.identify()) != space.identity:
            self._when_changed()
            raise AIProviderUnavailableError(f"{space.identity.model} is not what made the stored vectors any more.")
        return embedder

    @property
    def is_asked(self) -> bool:
        """Whether a question is being embedded now: others' work waits."""
        return self._asking.is_busy

    def vectors_version(self, space: int) -> int:
        """Grows whenever vectors of a space were stored: what was copied from its tables before lacks them."""
        return self._versions[space]

    async def embed_texts(self, texts: Sequence[str]) -> tuple[EmbeddingModel, list[list[float]]]:
        """Unit vectors of any texts, by the model in use. Raises AIProviderUnavailableError or AIProviderError."""
        space = await self.searchable_space()
        embedder = self.embedder if space is None or space.is_base else await self.embedder_of(space)
        vectors = await embedder.embed(texts, purpose="document")
        return await embedder.identify(), vectors.tolist()

    async def passage_room(self) -> int:
        """How many tokens a passage may have so that the embedded model reads all of it behind its title.

        Raises AIProviderUnavailableError.
        """
        model = await self.embedder.identify()
        return max(_SMALLEST_PASSAGE, model.max_tokens - SPECIAL_TOKENS - PREFIX_TOKENS)

    async def searchable_space(self) -> EmbeddingSpace | None:
        """The active space; None while there is none."""
        return (await self._read_spaces()).active

    async def base_space(self) -> EmbeddingSpace | None:
        """The embedded model's space, on which scores are calibrated; None while there is none."""
        return (await self._read_spaces()).base

    def forget_space(self) -> None:
        """Read again which spaces there are: one was made or swapped."""
        self._spaces = None
        self._reading += 1

    async def query_vector(self, texts: Sequence[str]) -> QueryVector | None:
        """The mean vector of the texts (usually one); None when nothing stored can be compared with it.

        With the model in use away, too slow or changed, the embedded one's. Raises AIProviderUnavailableError or
        AIProviderError when that one is away, too.
        """
        spaces = await self._read_spaces()
        if spaces.active is not None and not spaces.active.is_base:
            found = await self._of_chosen(spaces.active, texts)
            if found is not None:
                return found
        if spaces.base is None:
            return None
        return await self._of_base(spaces.base, texts, is_fallback=spaces.base.state == "fallback")

    async def base_vector(self, texts: Sequence[str]) -> QueryVector | None:
        """The texts' vector in the embedded model's space; None where there is none, or no embedded model."""
        space = await self.base_space()
        try:
            return await self._of_base(space, texts) if space is not None else None
        except (AIProviderError, AIProviderUnavailableError):
            return None

    def as_query(self, space: EmbeddingSpace, vector: npt.NDArray[np.float32]) -> QueryVector:
        """A vector of this space as a question to it."""
        unit = vector / (float((vector @ vector) ** 0.5) or 1.0)
        baseline = None if space.is_base else baseline_of(space.probe, space.identity.dimension)
        return QueryVector(space, unit, pack(unit[None, :], space.scale)[0], baseline=baseline)

    async def open_space(
        self, embedder: Embedder, *, chosen: str | None = None, place: str | None = None
    ) -> EmbeddingSpace:
        """The space that this embedder's vectors belong to, made where it is new.

        `chosen` is the model as the owner named it, `place` where texts may go that leave this machine.
        Raises AIProviderUnavailableError or AIProviderError.
        """
        identity = identity_of(await embedder.identify())
        found = await self._database.read(lambda raw: embedding_spaces.find(raw, identity))
        if found is not None:
            return found
        probe = await embedder.embed(PROBE, purpose="document")
        scale, stored = scale_for(probe), probe.tobytes()
        is_base = embedder is self.embedder
        space = await self._database.write(
            lambda raw: (
                embedding_spaces.find(raw, identity)
                or embedding_spaces.create(
                    raw, identity, scale=scale, is_base=is_base, probe=stored, place=place, chosen=chosen
                )
            )
        )
        self.forget_space()
        return space

    async def store(self, space: EmbeddingSpace, embedder: Embedder, rows: Sequence[Unembedded]) -> None:
        """Embed passages and store their vectors; those that changed meanwhile are left for the next time.

        Raises AIProviderUnavailableError or AIProviderError.
        """
        texts = await asyncio.to_thread(texts_of, rows, await self.token_spans())
        packed = pack(await embedder.embed(texts, purpose="document"), space.scale)

        def put(raw: Connection) -> None:
            if embedding_spaces.by_id(raw, space.id) is None:
                return  # dropped meanwhile
            vector_index.put(raw, space.id, unchanged(raw, rows, packed))

        await self._database.write(put)
        self._versions[space.id] += 1

    async def token_spans(self) -> TokenSpans:
        """What counts tokens: the embedded model, or a careful guess without one."""
        try:
            await asyncio.to_thread(self.embedder.token_spans, "")
        except AIProviderUnavailableError:
            return rough_token_spans
        return self.embedder.token_spans

    async def _read_spaces(self) -> _Spaces:
        known, reading = self._spaces, self._reading
        if known is None:
            known = await self._database.read(
                lambda raw: _Spaces(embedding_spaces.active(raw), embedding_spaces.base(raw))
            )
            for space in (known.active, known.base):
                if space is not None:
                    self._handed_out[id(space)] = space
            if reading == self._reading:  # else they changed while they were read
                self._spaces = known
        return known

    async def _of_base(
        self, space: EmbeddingSpace, texts: Sequence[str], *, is_fallback: bool = False
    ) -> QueryVector | None:
        with self._asking:
            vectors = await self.embedder.embed(texts, purpose="query")
        if identity_of(await self.embedder.identify()) != space.identity:
            self.forget_space()
            return None
        return replace(self.as_query(space, vectors.mean(axis=0)), is_fallback=is_fallback)

    async def _of_chosen(self, space: EmbeddingSpace, texts: Sequence[str]) -> QueryVector | None:
        """By the model in use; None when it cannot answer in time, or is not what made the space any more."""

        async def embed() -> npt.NDArray[np.float32]:
            return await (await self.embedder_of(space)).embed(texts, purpose="query")

        with self._asking:
            vectors = await self._embedders.patiently(embed)
        return self.as_query(space, vectors.mean(axis=0)) if vectors is not None else None


@dataclass(frozen=True, slots=True)
class _Spaces:
    active: EmbeddingSpace | None
    base: EmbeddingSpace | None


def _nobody() -> None:
    """Nobody builds vectors here."""


def identity_of(model: EmbeddingModel) -> SpaceIdentity:
    """The part of a model's description that keeps its vectors apart from others'."""
    return SpaceIdentity(model.provider, model.model, model.fingerprint, model.dimension)
