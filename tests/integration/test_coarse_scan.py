"""The copy of the bits in memory finds what the database's own scan finds, or is not asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from tests.findable import Library, open_library

from cortex.db import vector_index
from cortex.db.driver import Connection
from cortex.db.search_index import ScopeClause
from cortex.domain.search import SearchRequest
from cortex.services.retrieval.coarse import CoarseScan

WORDS = (
    *("tide", "moon", "water", "earth", "gravity", "orbit", "ocean", "wave"),
    *("shore", "sand", "salt", "wind", "storm", "sail", "harbour"),
)


class Clock:
    """A clock that the test moves."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Library]:
    async with open_library(tmp_path / "cortex.db") as opened:
        for index in range(40):
            words = [WORDS[(index * step) % len(WORDS)] for step in (1, 2, 3, 5)]
            await opened.add(f"Note {index}", f"{' '.join(words)} {index}.")
        yield opened


async def _fresh(scan: CoarseScan, clock: Clock) -> None:
    scan.keep_fresh(1)
    clock.now += 2
    scan.keep_fresh(1)
    copying = scan._copying
    assert copying is not None
    await copying


async def _both(library: Library, scan: CoarseScan, question: str) -> tuple[set[int], list[int] | None]:
    query = await library.embeddings.query_vector([question])
    assert query is not None

    def find(raw: Connection) -> tuple[set[int], list[int] | None]:
        clause = ScopeClause(None)
        scanned = {chunk for chunk, _ in vector_index.nearest(raw, 1, query.packed, clause, limit=10)}
        return scanned, scan.candidates(1, vector_index.bits_of(raw, query.packed), 10)

    return await library.database.read(find)


async def test_the_copy_finds_what_the_database_finds(library: Library) -> None:
    clock = Clock()
    scan = CoarseScan(library.database, library.embeddings, clock)
    await _fresh(scan, clock)
    for question in ("tide moon water", "storm at the harbour", "sand 7", "gravity"):
        scanned, copied = await _both(library, scan, question)
        assert copied is not None
        assert set(copied) == scanned


async def test_a_stale_copy_is_not_asked_and_none_is_made_while_passages_arrive(library: Library) -> None:
    clock = Clock()
    scan = CoarseScan(library.database, library.embeddings, clock)
    await _fresh(scan, clock)
    first = scan._copying
    await library.add("Late", "A late note about tides.")
    assert (await _both(library, scan, "late tides"))[1] is None
    scan.keep_fresh(1)  # sees the change
    clock.now += 0.5
    scan.keep_fresh(1)  # too soon
    assert scan._copying is first
    await _fresh(scan, clock)
    scanned, copied = await _both(library, scan, "late tides")
    assert copied is not None
    assert set(copied) == scanned


async def test_another_space_is_not_answered_for(library: Library) -> None:
    clock = Clock()
    scan = CoarseScan(library.database, library.embeddings, clock)
    await _fresh(scan, clock)
    assert scan.candidates(2, bytes(8), 10) is None


async def test_after_many_deletions_the_copy_rests(library: Library) -> None:
    clock = Clock()
    scan = CoarseScan(library.database, library.embeddings, clock)
    await _fresh(scan, clock)
    scan.forget()
    made = scan._copying
    clock.now += 30
    scan.keep_fresh(1)
    assert scan._copying is made
    clock.now += 31
    scan.keep_fresh(1)
    assert scan._copying is not made
    await scan.aclose()


async def test_searches_agree_with_and_without_the_copy(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    request = SearchRequest("storm harbour sail", mode="semantic", limit=20)
    without = [(result.title, result.score) for result in (await library.search.run(request)).results]
    clock = Clock()
    scan = CoarseScan(library.database, library.embeddings, clock)
    await _fresh(scan, clock)
    monkeypatch.setattr(library.search._nodes._legs, "_coarse", scan)
    asked = []
    original = vector_index.in_scope

    def watched(raw: Connection, space: int, chunks: Sequence[int], clause: ScopeClause) -> list[tuple[int, bytes]]:
        asked.append(len(chunks))
        return original(raw, space, chunks, clause)

    monkeypatch.setattr(vector_index, "in_scope", watched)
    assert [(result.title, result.score) for result in (await library.search.run(request)).results] == without
    assert asked

    await asyncio.gather(*(library.indexing.remove_item(library.ids[f"Note {index}"]) for index in range(20)))
    left = await library.search.run(request)
    assert {result.title for result in left.results} <= {f"Note {index}" for index in range(20, 40)}
    assert len(left.results) == 20
