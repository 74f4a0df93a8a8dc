"""Indexing on a real file: words before vectors, nothing twice, nothing left behind, spaces swapped whole."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.findable import Library, open_library

from cortex.db import search_index, vector_index
from cortex.db.driver import Connection
from cortex.db.repositories import embedding_spaces, items
from cortex.domain import clock
from cortex.domain.search import Filters, SearchRequest, SearchResponse
from cortex.exceptions import AIProviderUnavailableError, ItemNotFoundError
from cortex.providers.base import EmbeddingModel
from cortex.providers.fake import FakeEmbedder
from cortex.services.word_counts import WordCounts

LONG = "\n\n".join(f"Paragraph {index} is about topic{index} and the sea. " * 6 for index in range(40))


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Library]:
    async with open_library(tmp_path / "cortex.db") as opened:
        yield opened


async def find(library: Library, query: str, **options: object) -> SearchResponse:
    return await library.search.run(SearchRequest(query, **options))  # type: ignore[arg-type] # as the class has them


async def titles(library: Library, query: str, **options: object) -> list[str]:
    return [result.title for result in (await find(library, query, **options)).results]


async def test_passages_are_the_text_they_name(library: Library) -> None:
    item_id = await library.add("Sea", LONG)
    rows = await library.database.read(
        lambda raw: [
            tuple(row) for row in raw.execute('SELECT start, "end", text, token_count FROM chunks ORDER BY id')
        ]
    )
    assert len(rows) > 3
    assert all(LONG[start:end] == text for start, end, text, _ in rows)
    assert all(tokens <= 222 for *_, tokens in rows)
    assert await library.count("chunks_fts") == len(rows) == await library.count("vector_int8_1")
    assert await library.count("vector_bits_1") == len(rows)
    (result,) = (await find(library, "topic33", mode="keyword")).results
    assert (result.item_id, result.content_version) == (item_id, 1)
    assert result.start is not None
    assert "topic33" in LONG[result.start : result.end]


async def test_words_are_found_before_there_are_vectors(tmp_path: Path) -> None:
    embedder = FakeEmbedder(available=False)
    async with open_library(tmp_path / "cortex.db", embedder) as library:
        item_id = await library.add("Bread", "Knead the dough.", embed=False)
        response = await find(library, "dough")
        assert [result.item_id for result in response.results] == [item_id]
        assert response.degraded == "keyword_only"
        with pytest.raises(AIProviderUnavailableError):
            await library.indexing.embed_item(item_id)
        response = await find(library, "dough", mode="semantic")
        assert ([result.item_id for result in response.results], response.degraded) == ([item_id], "keyword_only")
        embedder.available = True
        assert await library.indexing.items_without_vectors() == [item_id]
        await library.indexing.embed_item(item_id)
        assert await library.indexing.items_without_vectors() == []
        response = await find(library, "Knead the dough.")
        assert response.degraded is None
        assert response.results[0].matched == ("keyword", "semantic")


async def test_indexing_twice_changes_nothing(library: Library) -> None:
    item_id = await library.add("Sea", LONG)
    tables = ("chunks", "chunks_fts", "vector_int8_1", "vector_bits_1", "search_terms")
    before = [await library.count(table) for table in tables]
    terms = await _terms(library)
    await library.indexing.store_chunks(item_id)
    assert await library.count("vector_int8_1") == 0
    await library.indexing.embed_item(item_id)
    await library.indexing.embed_item(item_id)
    assert [await library.count(table) for table in tables] == before
    assert await _terms(library) == terms


async def _terms(library: Library) -> list[tuple[str, int]]:
    return await library.database.read(
        lambda raw: [(row[0], row[1]) for row in raw.execute("SELECT term, passages FROM search_terms ORDER BY term")]
    )


async def test_new_content_replaces_the_old(library: Library) -> None:
    item_id = await library.add("Note", "The quick fox.")
    await library.set_text(item_id, "A lazy dog.")
    await library.indexing.store_chunks(item_id)
    await library.indexing.embed_item(item_id)
    assert await titles(library, "fox", mode="keyword") == []
    assert (await find(library, "dog")).results[0].content_version == 2
    assert await _terms(library) == [("", 1), ("dog", 1), ("lazy", 1)]


async def test_removed_and_deleted_items_leave_nothing_behind(library: Library) -> None:
    gone = await library.add("Gone", LONG, note="my note")
    removed = await library.add("Removed", LONG)
    await library.database.write(lambda raw: items.delete_permanently(raw, gone))
    await library.indexing.remove_item(removed)
    for table in ("chunks", "chunks_fts", "vector_int8_1", "vector_bits_1"):
        assert await library.count(table) == 0
    with pytest.raises(ItemNotFoundError):
        await library.indexing.store_chunks(gone)


async def test_counts_of_words_are_mended_after_deletions(library: Library) -> None:
    gone = await library.add("Gone", "The quick fox.")
    await library.add("Stays", "A quick dog.")
    word_counts = WordCounts(library.database)
    assert not await word_counts.mend()
    await library.database.write(lambda raw: items.delete_permanently(raw, gone))
    assert ("fox", 1) in await _terms(library)
    assert await word_counts.mend()
    assert await _terms(library) == [("", 1), ("dog", 1), ("quick", 1)]


async def test_deleted_vectors_make_room_for_new_ones(library: Library) -> None:
    async def pages() -> int:
        return await library.database.read(lambda raw: int(raw.execute("PRAGMA page_count").fetchone()[0]))

    item_id = await library.add("Sea", LONG * 4)
    before = await pages()
    for _ in range(5):
        await library.indexing.store_chunks(item_id)
        await library.indexing.embed_item(item_id)
    assert await pages() <= before * 1.3


async def test_items_without_text_are_found_by_title_note_and_address(library: Library) -> None:
    item_id = await library.add("Waiting page", None, note="recommended by Ada", url="https://example.org/lovelace")
    for query in ("waiting", "ada", "lovelace"):
        (result,) = (await find(library, query)).results
        assert (result.item_id, result.chunk_id, result.start) == (item_id, None, None)
    await library.set_text(item_id, "Now the text is there.")
    await library.indexing.store_chunks(item_id)
    assert [result.chunk_id is None for result in (await find(library, "waiting", mode="keyword")).results] == [False]
    assert [result.chunk_id is None for result in (await find(library, "ada", mode="keyword")).results] == [True]


async def test_changed_titles_and_tags_are_found_after_a_refresh(library: Library) -> None:
    item_id = await library.add("Old name", "Some text.", tags=("old",))

    def rename(raw: Connection) -> None:
        items.update(raw, item_id, title="Fresh name")
        items.remove_tag(raw, items.number_of(raw, item_id), "old")
        items.add_tag(raw, items.number_of(raw, item_id), "gardening", "user")

    await library.database.write(rename)
    await library.indexing.refresh_item_terms(item_id)
    assert await titles(library, "fresh", mode="keyword") == ["Fresh name"]
    assert await titles(library, "gardening", mode="keyword") == ["Fresh name"]
    assert await titles(library, "old", mode="keyword") == []


async def test_trashed_items_never_appear_and_come_back(library: Library) -> None:
    item_id = await library.add("Bread", "Knead the dough.")
    await library.database.write(lambda raw: items.update(raw, item_id, deleted_at=clock.now()))
    for mode in ("hybrid", "keyword", "semantic"):
        response = await find(library, "dough", mode=mode)
        assert (response.results, response.total) == ((), 0)
    assert await titles(library, "") == []
    assert await titles(library, "kind:article dough") == []
    await library.database.write(lambda raw: items.update(raw, item_id, deleted_at=None))
    assert await titles(library, "dough") == ["Bread"]


async def test_a_narrow_filter_loses_nothing(library: Library) -> None:
    for index in range(300):
        rare = index % 100 == 7
        await library.add(
            f"Note {index}", "The same words everywhere.", tags=("rare",) if rare else (), embed=index < 20 or rare
        )
    for mode in ("hybrid", "keyword", "semantic"):
        found = await find(library, "the same words", mode=mode, filters=Filters(tags=("rare",)))
        assert sorted(result.title for result in found.results) == ["Note 107", "Note 207", "Note 7"]
        assert found.total == 3


async def test_scanning_all_vectors_and_seeking_those_in_scope_find_the_same(library: Library) -> None:
    for index in range(6):
        await library.add(f"Note {index}", f"Words number {index}.", tags=("some",) if index % 2 else ())
    query = await library.embeddings.query_vector(["words number 3"])
    assert query is not None

    def nearest(raw: Connection, selective_items: int) -> list[int]:
        clause = search_index.scope_clause(raw, search_index.Scope(filters=Filters(tags=("some",))))
        found = vector_index.nearest(raw, 1, query.packed, clause, limit=10, selective_items=selective_items)
        return sorted(chunk for chunk, _ in found)

    sought = await library.database.read(lambda raw: nearest(raw, 2000))
    scanned = await library.database.read(lambda raw: nearest(raw, 1))
    assert sought == scanned
    assert len(sought) == 3


class OtherEmbedder(FakeEmbedder):
    """The same numbers under another name: another space."""

    model = EmbeddingModel("fake", "bag-of-words", "fake-2", dimension=64, max_tokens=256)


async def test_another_model_builds_its_own_space_and_then_takes_over(tmp_path: Path) -> None:
    path = tmp_path / "cortex.db"
    async with open_library(path) as library:
        await library.add("One", "The first text.")
        await library.add("Two", "The second text.")
    async with open_library(path, OtherEmbedder()) as library:
        waiting = await library.indexing.items_without_vectors()
        assert len(waiting) == 2
        await library.indexing.embed_item(waiting[0])
        response = await find(library, "first text")
        assert response.degraded == "keyword_only"
        assert response.results
        assert await library.indexing.embed_missing() == 1
        assert await library.indexing.embed_missing() == 0
        response = await find(library, "first text")
        assert response.degraded is None
        space = await library.database.read(embedding_spaces.active)
        assert space is not None
        assert space.identity.fingerprint == "fake-2"
        tables = await library.database.read(
            lambda raw: [row[0] for row in raw.execute("SELECT name FROM sqlite_schema WHERE name LIKE 'vector_%'")]
        )
        assert sorted(tables) == ["vector_bits_2", "vector_int8_2"]


async def test_a_library_in_memory_works_too() -> None:
    async with open_library(None) as library:
        await library.add("Bread", "Knead the dough.")
        assert await titles(library, "dough") == ["Bread"]
