"""Makes an item findable: cuts its text into passages, writes the word index, stores vectors. All idempotent."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass

from cortex.db import search_index
from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import chunks, embedding_spaces, items
from cortex.db.repositories.chunks import HEADING_SEPARATOR
from cortex.db.repositories.embedding_spaces import EmbeddingSpace
from cortex.domain.chunk import ChunkDraft, chunk_number, item_entry_number
from cortex.domain.item import Item, ItemContent
from cortex.exceptions import AIProviderError, AIProviderUnavailableError, ItemNotFoundError
from cortex.providers.base import Embedder
from cortex.services.chunking import TokenSpans, chunk_document
from cortex.services.embedding_texts import rough_token_spans
from cortex.services.embeddings import EmbeddingService, identity_of
from cortex.services.index_entries import TermCounts, count_terms, entries
from cortex.services.stored_blocks import blocks_from_json

_BATCH = 20
_CHOSEN_SECONDS = 30.0
"""An item waits no longer for the model in use; the builder makes its vectors then."""
_ITEMS = 200
_FALLBACK_ROOM = 222


@dataclass(frozen=True, slots=True)
class _Stored:
    """An item as it was read, with the passages that it has."""

    number: int
    item: Item
    content: ItemContent | None
    passages: Sequence[tuple[int, str, str]]
    mark: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Prepared:
    stored: _Stored
    text: str
    drafts: Sequence[ChunkDraft]
    entries: Sequence[search_index.Entry]
    terms: TermCounts


class IndexingService:
    """Keeps passages, word index and vectors in step with the items. `chunk_size` and `chunk_overlap` in tokens."""

    def __init__(self, database: Database, embeddings: EmbeddingService, *, chunk_size: int, chunk_overlap: int):
        self._database = database
        self._embeddings = embeddings
        self._chunk_size = chunk_size
        self._chunk_overlap = chunk_overlap

    async def store_chunks(self, item_id: str) -> int:
        """Cut the item's current text into passages and index their words; gives how many there are.

        Passages and word index change in one transaction; vectors of the old passages go with them. Works
        without a model. Raises ItemNotFoundError.
        """
        while True:
            stored = await self._database.read(lambda raw: _read(raw, item_id))
            room, spans = await self._measure()
            prepared = await asyncio.to_thread(self._prepare, stored, room, spans)
            if await self._database.write(lambda raw, p=prepared: _store(raw, p)):  # type: ignore[misc] # bound per turn
                return len(prepared.drafts)

    async def embed_item(self, item_id: str) -> None:
        """Store the vectors that the item's passages lack, some at a time: a repeated call goes on where one ended.

        The embedded model's are always made. Those of another model in use are made, too, if it can be asked; else
        the builder makes them later. Raises ItemNotFoundError, AIProviderUnavailableError, AIProviderError.
        """
        try:
            space = await self._embeddings.open_space(self._embeddings.embedder)
            await self._fill(item_id, space, self._embeddings.embedder)
            if space.state == "building":
                await self._keep_when_complete(space)
        except AIProviderUnavailableError:
            if not await self._embed_chosen(item_id):
                raise
        else:
            await self._embed_chosen(item_id)

    async def _embed_chosen(self, item_id: str) -> bool:
        """Vectors by the model in use, where that is not the embedded one; False when it did not make them."""
        chosen = await self._embeddings.searchable_space()
        if chosen is None or chosen.is_base:
            return False
        try:
            async with asyncio.timeout(_CHOSEN_SECONDS):
                embedder = await self._embeddings.embedder_of(chosen)
                if not embedder.identity.is_local and (await self._item(item_id)).local_only:
                    return True
                await self._fill(item_id, chosen, embedder)
        except (AIProviderError, AIProviderUnavailableError, TimeoutError):
            self._embeddings.lack_vectors()
            return False
        return True

    async def _fill(self, item_id: str, space: EmbeddingSpace, embedder: Embedder) -> None:
        while lacking := await self._database.read(
            lambda raw: chunks.unembedded(raw, items.number_of(raw, item_id), space.id, limit=_BATCH)
        ):
            await self._embeddings.store(space, embedder, lacking)

    async def _item(self, item_id: str) -> Item:
        return await self._database.read(lambda raw: items.get(raw, item_id))

    async def remove_item(self, item_id: str) -> None:
        """Take the item out of every index. Raises ItemNotFoundError."""
        await self._database.write(lambda raw: remove(raw, items.number_of(raw, item_id)))

    async def refresh_item_terms(self, item_id: str) -> None:
        """Write the word index again after a change of title, tags or note. Raises ItemNotFoundError."""
        await self._database.write(lambda raw: _refresh(raw, items.get(raw, item_id)))

    async def items_without_vectors(self, *, limit: int = 1000) -> list[str]:
        """Items whose passages have no vectors of the present embedder yet; what `embed_item` is for.

        Raises AIProviderUnavailableError.
        """
        model = await self._embeddings.embedder.identify()

        def missing(raw: Connection) -> list[str]:
            space = embedding_spaces.find(raw, identity_of(model))
            return embedding_spaces.missing_items(raw, space.id if space else None, limit=limit)

        return await self._database.read(missing)

    async def embed_missing(self) -> int:
        """Embed whatever has no vectors of the present model: it changed, or was away. Gives how many items had none.

        Loads no model when nothing is missing. Raises AIProviderUnavailableError, AIProviderError.
        """
        if not await self._database.read(search_index.passages):
            return 0
        done: set[str] = set()
        while missing := [one for one in await self.items_without_vectors(limit=_ITEMS) if one not in done]:
            for item_id in missing:
                done.add(item_id)
                with contextlib.suppress(ItemNotFoundError):  # deleted meanwhile
                    await self.embed_item(item_id)
        return len(done)

    async def _measure(self) -> tuple[int, TokenSpans]:
        """The most tokens a passage may have, and what counts them: the model, or a careful guess without one."""
        try:
            room = await self._embeddings.passage_room()
            spans: TokenSpans = self._embeddings.embedder.token_spans
            await asyncio.to_thread(spans, "")
        except AIProviderUnavailableError:
            room, spans = _FALLBACK_ROOM, rough_token_spans
        return min(room, self._chunk_size), spans

    def _prepare(self, stored: _Stored, room: int, spans: TokenSpans) -> _Prepared:
        """Everything that needs no transaction, which would keep other writes waiting: a book takes seconds."""
        text = (stored.content.text if stored.content else None) or ""
        drafts = chunk_document(
            text,
            blocks_from_json(stored.content.blocks if stored.content else None),
            token_spans=spans,
            max_tokens=room,
            overlap_tokens=min(self._chunk_overlap, room // 4),
        )
        number = stored.number
        passages = [
            (chunk_number(number, draft.ordinal), HEADING_SEPARATOR.join(draft.heading), text[draft.start : draft.end])
            for draft in drafts
        ]
        terms = count_terms(passages)
        terms.update(count_terms(stored.passages, sign=-1))
        return _Prepared(stored, text, drafts, tuple(entries(number, stored.item, passages)), terms)

    async def _keep_when_complete(self, space: EmbeddingSpace) -> None:
        def keep(raw: Connection) -> None:
            if not embedding_spaces.missing_items(raw, space.id, limit=1):
                embedding_spaces.keep_as_base(raw, space)

        await self._database.write(keep)
        self._embeddings.forget_space()


def remove(connection: Connection, item_number: int) -> None:
    """Take an item out of every index, inside a transaction that deletes it for good."""
    search_index.change_terms(connection, count_terms(chunks.of_item(connection, item_number), sign=-1))
    chunks.delete_all(connection, item_number)
    search_index.remove_entry(connection, item_entry_number(item_number))


def _read(connection: Connection, item_id: str) -> _Stored:
    number = items.number_of(connection, item_id)
    return _Stored(
        number,
        items.get(connection, item_id),
        items.content(connection, item_id),
        list(chunks.of_item(connection, number)),
        chunks.mark(connection, number),
    )


def _store(connection: Connection, prepared: _Prepared) -> bool:
    """Replace passages and entries; False when the item or its passages changed since they were read."""
    stored = prepared.stored
    number, item = stored.number, items.get(connection, stored.item.id)
    if (item.content_version, item.title, item.tags, item.note) != (
        stored.item.content_version,
        stored.item.title,
        stored.item.tags,
        stored.item.note,
    ) or chunks.mark(connection, number) != stored.mark:
        return False
    chunks.replace_all(connection, number, item.content_version, prepared.text, prepared.drafts)
    search_index.remove_entry(connection, item_entry_number(number))
    search_index.write_entries(connection, prepared.entries)
    search_index.change_terms(connection, prepared.terms)
    return True


def _refresh(connection: Connection, item: Item) -> None:
    number = items.number_of(connection, item.id)
    search_index.remove_entry(connection, item_entry_number(number))
    search_index.write_entries(connection, entries(number, item, list(chunks.of_item(connection, number))))
