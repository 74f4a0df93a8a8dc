"""A library on a real file with several embedders, and the builder that fills their spaces."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tests.findable import Library, open_library

from cortex.db.repositories import embedding_spaces
from cortex.domain.embedding import BuildState, EmbeddingBuild, EmbeddingChoice
from cortex.domain.search import Mode, SearchRequest, SearchResponse
from cortex.exceptions import AIProviderError
from cortex.providers.base import EmbeddingModel, ModelIdentity, Purpose
from cortex.providers.fake import FakeEmbedder
from cortex.services.embedders import Embedders
from cortex.services.embedding_builder import EmbeddingBuilder
from cortex.services.embedding_changes import EmbeddingChanges
from cortex.services.embedding_switch import EmbeddingSwitch
from cortex.services.events import EventBus

ELSEWHERE = "models.example:11434"
OTHER = EmbeddingChoice("ollama", "turned")
EMBEDDED = EmbeddingChoice("embedded", "bag-of-words")


class TurnedEmbedder(FakeEmbedder):
    """Another model: the fake's vectors with their components in another order, so that the two do not compare."""

    def __init__(self, *, place: str | None = None, turn: int = 7, version: str = "1") -> None:
        super().__init__()
        self.place = place
        self.turn = turn
        self.version = version
        self.seen: list[str] = []
        self.refuses = ""
        self.gate = asyncio.Event()
        self.gate.set()
        self.reached = asyncio.Event()

    @property
    def identity(self) -> ModelIdentity:
        return ModelIdentity("ollama", "turned", is_local=self.place is None, place=self.place or "this process")

    async def identify(self) -> EmbeddingModel:
        return EmbeddingModel("ollama", "turned", f"digest@{self.version}", 64, 256)

    async def embed(self, texts: Sequence[str], *, purpose: Purpose) -> npt.NDArray[np.float32]:
        self.reached.set()
        await self.gate.wait()
        if self.refuses and any(self.refuses in text for text in texts):
            raise AIProviderError("This text is not for me.")
        self.seen += texts
        return np.roll(await super().embed(texts, purpose=purpose), self.turn, axis=1)


@dataclass
class Switching:
    """An open library with a builder."""

    library: Library
    base: FakeEmbedder
    other: TurnedEmbedder
    switch: EmbeddingSwitch
    builder: EmbeddingBuilder
    events: EventBus
    consented: list[str] = field(default_factory=list)

    async def build(self) -> EmbeddingBuild:
        found = (await self.switch.status()).build
        assert found is not None
        return found

    async def until(self, *states: BuildState) -> EmbeddingBuild:
        """The build once it is in one of these states."""
        async with asyncio.timeout(30):
            with self.events.subscribe() as subscription:
                if (build := await self.build()).state in states:
                    return build
                async for _ in subscription:
                    if (build := await self.build()).state in states:
                        return build
        raise AssertionError("the events ended")

    async def until_freed(self) -> int:
        """The bytes that the last build gave back."""
        async with asyncio.timeout(30):
            with self.events.subscribe() as subscription:
                if (freed := (await self.build()).freed_bytes) is not None:
                    return freed
                async for _ in subscription:
                    if (freed := (await self.build()).freed_bytes) is not None:
                        return freed
        raise AssertionError("the events ended")

    async def find(self, query: str, *, mode: Mode = "auto") -> SearchResponse:
        return await self.library.search.run(SearchRequest(query, mode=mode))

    async def titles(self, query: str) -> list[str]:
        response = await self.find(query)
        return [result.title for result in response.results]

    async def vectors(self, space: int) -> dict[int, bytes]:
        """All stored vectors of a space, by chunk."""
        return await self.library.database.read(
            lambda raw: dict(raw.execute(f"SELECT chunk_id, embedding FROM vector_int8_{space}").fetchall())
        )

    async def active(self) -> embedding_spaces.EmbeddingSpace:
        space = await self.library.database.read(embedding_spaces.active)
        assert space is not None
        return space


@contextlib.asynccontextmanager
async def switching(
    path: Path, *, other: TurnedEmbedder | None = None, working: bool = True
) -> AsyncIterator[Switching]:
    """Open the library at `path` with the embedded fake and `other`; `working`: with the builder at work."""
    base, other = FakeEmbedder(), other or TurnedEmbedder()
    places: list[str] = []

    async def allows(place: str) -> bool:
        return place in places

    embedders = Embedders(base, allows=allows)

    async def opener(_: str) -> TurnedEmbedder:
        return other

    embedders.offer("ollama", opener)
    async with open_library(path, base, embedders=embedders) as library:
        events = EventBus()
        changes = EmbeddingChanges(library.database, library.embeddings, embedders, events)

        async def idle() -> bool:
            return False

        builder = EmbeddingBuilder(library.database, library.embeddings, embedders, changes, events, idle)
        library.embeddings.tell(lacking=builder.fall_behind, changed=builder.look_for_changes)

        async def consent(place: str) -> None:
            places.append(place)

        switch = EmbeddingSwitch(
            library.database, library.embeddings, embedders, builder, changes, events,
            consent=consent,
        )  # fmt: skip
        task = asyncio.create_task(builder.run()) if working else None
        try:
            yield Switching(library, base, other, switch, builder, events, places)
        finally:
            if task is not None:
                task.cancel()
                await asyncio.wait([task])
                if not task.cancelled():
                    task.result()
            await embedders.aclose()


async def fill(one: Switching, count: int = 40) -> None:
    """Save so many one-passage items."""
    for number in range(count):
        text = f"Knead the dough of loaf number {number} and let it rest in bowl{number}."
        await one.library.add(f"Loaf {number}", text)
