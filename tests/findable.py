"""A library of texts made findable without the worker: for tests of search on a real SQLite file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.migrate import migrate
from cortex.db.repositories import items
from cortex.domain import clock
from cortex.domain.document import Block
from cortex.domain.ids import new_id
from cortex.domain.item import Item, Kind, Tag
from cortex.providers.base import Embedder
from cortex.providers.fake import FakeEmbedder
from cortex.services.embedders import Embedders
from cortex.services.embeddings import EmbeddingService
from cortex.services.indexing import IndexingService
from cortex.services.retrieval.legs import Legs
from cortex.services.retrieval.passages import PassageRetriever
from cortex.services.retrieval.suggestions import Suggestions
from cortex.services.stored_blocks import blocks_to_json
from cortex.workflows.search import SearchWorkflow


@dataclass
class Library:
    """The parts of search over one database."""

    database: Database
    embedder: Embedder
    embeddings: EmbeddingService
    indexing: IndexingService
    search: SearchWorkflow
    passages: PassageRetriever
    suggestions: Suggestions
    ids: dict[str, str] = field(default_factory=dict)

    async def add(
        self,
        title: str,
        text: str | None,
        *,
        tags: tuple[str, ...] = (),
        kind: Kind = "article",
        site: str | None = None,
        created_at: str | None = None,
        embed: bool = True,
        **columns: object,
    ) -> str:
        """Store an item with one paragraph per empty line and index it; gives its id."""
        now = created_at or clock.now()
        item = Item(
            id=new_id("item"),
            title=title,
            kind=kind,
            source="manual",
            status="ready",
            created_at=now,
            updated_at=now,
            tags=tuple(Tag(name, "user") for name in tags),
        )

        def store(raw: Connection) -> None:
            items.insert(raw, item, title_by_user=True, site=site)
            if columns:
                items.update(raw, item.id, **columns)

        await self.database.write(store)
        if text is not None:
            await self.set_text(item.id, text)
        await self.indexing.store_chunks(item.id)
        if embed:
            await self.indexing.embed_item(item.id)
        self.ids[title] = item.id
        return item.id

    async def set_text(self, item_id: str, text: str) -> None:
        """A new version of an item's content; not indexed yet."""

        def store(raw: Connection) -> None:
            version = items.add_version(raw, item_id, items.NewVersion("0" * 64, "text/plain"))
            items.store_extraction(
                raw, item_id, version, html="", text=text, blocks=blocks_to_json(_paragraphs(text)), warnings=()
            )

        await self.database.write(store)

    async def count(self, table: str) -> int:
        """Rows of a table."""
        return await self.database.read(lambda raw: int(raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0]))


def _paragraphs(text: str) -> list[Block]:
    blocks = []
    position = 0
    for paragraph in text.split("\n\n"):
        if paragraph.strip():
            blocks.append(Block("paragraph", position, position + len(paragraph)))
        position += len(paragraph) + 2
    return blocks


@asynccontextmanager
async def open_library(
    path: Path | None,
    embedder: Embedder | None = None,
    *,
    chunk_size: int = 500,
    chunk_overlap: int = 50,
    embedders: Embedders | None = None,
) -> AsyncIterator[Library]:
    """A library at `path`, closed at the end; None: in memory."""
    database = Database(path)
    await database.open()
    try:
        await migrate(database, backups=None)
        embedder = embedder or FakeEmbedder()
        embeddings = EmbeddingService(database, embedder, embedders)
        legs = Legs(database, embeddings)
        yield Library(
            database=database,
            embedder=embedder,
            embeddings=embeddings,
            indexing=IndexingService(database, embeddings, chunk_size=chunk_size, chunk_overlap=chunk_overlap),
            search=SearchWorkflow(database, legs),
            passages=PassageRetriever(database, legs),
            suggestions=Suggestions(database),
        )
        await legs.aclose()
        await embedder.aclose()
    finally:
        await database.close()
