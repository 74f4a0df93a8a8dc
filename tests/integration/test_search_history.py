"""What was searched for is noted in one go, and not lost by stopping."""

from __future__ import annotations

from pathlib import Path

from tests.findable import open_library

from cortex.db.repositories.searches import SearchRepository
from cortex.services.search_history import SearchHistory


async def test_pending_queries_are_written_when_asked_for_and_at_the_stop(tmp_path: Path) -> None:
    async with open_library(tmp_path / "cortex.db") as library:
        history = SearchHistory(SearchRepository(library.database), later_seconds=3600)
        history.note("  spring \n tides ")
        history.note("x" * 201)
        history.note("   ")
        assert await library.count("search_history") == 0
        await history.flush()
        assert await library.count("search_history") == 1
        assert [(one.text, one.type) for one in await library.suggestions.suggest("spring", limit=5)] == [
            ("spring tides", "history")
        ]
        history.note("neap tides")
        await history.aclose()
        assert await library.count("search_history") == 2


async def test_pending_queries_are_written_by_themselves(tmp_path: Path) -> None:
    async with open_library(tmp_path / "cortex.db") as library:
        history = SearchHistory(SearchRepository(library.database), later_seconds=0)
        history.note("spring tides")
        assert history._writing is not None
        await history._writing
        assert await library.count("search_history") == 1


async def test_what_cannot_be_written_is_let_go(tmp_path: Path) -> None:
    async with open_library(tmp_path / "cortex.db") as library:
        history = SearchHistory(SearchRepository(library.database), later_seconds=3600)
        history.note("spring tides")
        await library.database.close()
        await history.aclose()
