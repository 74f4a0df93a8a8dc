"""Highlights in the word index: those of an older Cortex too, each under a number of its own, gone with what it was."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path

import pytest
from tests.findable import Library, open_library

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.migrate import migrate, migrations
from cortex.db.repositories import highlights, items
from cortex.domain import clock
from cortex.domain.chunk import MOST_HIGHLIGHTS, ORDINAL_BITS, highlight_entry_number
from cortex.domain.highlight import Highlight
from cortex.domain.ids import new_id
from cortex.domain.item import Item
from cortex.domain.search import SearchRequest
from cortex.exceptions import ConflictError

BEFORE = 15
TEXT = "The moon raises tides.\n\nThe sun raises tides too."


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Library]:
    async with open_library(tmp_path / "cortex.db") as opened:
        yield opened


def highlight(item_id: str, quote: str, note: str | None = None) -> Highlight:
    now = clock.now()
    start = TEXT.index(quote)
    return Highlight(
        id=new_id("mark"),
        item_id=item_id,
        content_version=1,
        quote=quote,
        start=start,
        end=start + len(quote),
        colour="yellow",
        created_at=now,
        updated_at=now,
        note=note,
    )


async def put(library: Library, one: Highlight) -> None:
    await library.database.write(lambda raw: highlights.put(raw, one.id, asdict(one)))


async def entries(library: Library) -> list[int]:
    return await library.database.read(
        lambda raw: [row[0] for row in raw.execute("SELECT entry FROM highlights ORDER BY entry DESC")]
    )


def _old(connection: Connection) -> None:
    now = clock.now()
    item = Item(
        id="item_old", title="Old", kind="note", source="manual", status="ready", created_at=now, updated_at=now
    )
    items.insert(connection, item, title_by_user=True, site=None)
    for number, (quote, note) in enumerate((("The moon", "perigees 潮汐很强"), ("The sun", None))):
        connection.execute(
            'INSERT INTO highlights (id, item_id, content_version, quote, start, "end", note, colour, created_at, '
            "updated_at) VALUES (?, 'item_old', 1, ?, 0, 8, ?, 'yellow', ?, ?)",
            (f"mark_{number}", quote, note, now, now),
        )


async def test_highlights_of_an_older_library_are_found(tmp_path: Path) -> None:
    path = tmp_path / "cortex.db"
    database = Database(path)
    await database.open()
    for number, sql in migrations():
        if number <= BEFORE:
            await database.maintain(lambda c, n=number, s=sql: c.executescript(f"{s}; PRAGMA user_version={n};"))  # type: ignore[misc] # bound per step
    await database.write(_old)
    await migrate(database, backups=None)
    await database.close()
    async with open_library(path) as library:
        for query in ("perigee", "潮汐", "moon", "sun"):
            (result,) = (await library.search.run(SearchRequest(query))).results
            assert (result.item_id, result.matched) == ("item_old", ("keyword", "highlight"))


async def test_numbers_are_used_again_and_nothing_is_left_behind(library: Library) -> None:
    item_id = await library.add("Tides", TEXT)
    passages = await library.count("chunks_fts")
    first, second = highlight(item_id, "The moon"), highlight(item_id, "The sun")
    for one in (first, second, first):
        await put(library, one)
    number = await library.database.read(lambda raw: items.number_of(raw, item_id))
    assert await entries(library) == [highlight_entry_number(number, 0), highlight_entry_number(number, 1)]
    await library.database.write(lambda raw: highlights.put(raw, first.id, None))
    await put(library, highlight(item_id, "raises"))
    assert await entries(library) == [highlight_entry_number(number, 0), highlight_entry_number(number, 1)]
    assert await library.count("chunks_fts") == passages + 2
    await library.indexing.store_chunks(item_id)
    assert await library.count("chunks_fts") == passages + 2
    await library.database.write(lambda raw: items.delete_permanently(raw, item_id))
    assert await library.count("chunks_fts") == 0


async def test_an_item_has_numbers_for_so_many_highlights(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    item_id = await library.add("Tides", TEXT)
    number = await library.database.read(lambda raw: items.number_of(raw, item_id))
    assert highlight_entry_number(number, MOST_HIGHLIGHTS - 1) >> ORDINAL_BITS == number
    with pytest.raises(ValueError, match="at most"):
        highlight_entry_number(number, MOST_HIGHLIGHTS)
    monkeypatch.setattr(highlights, "MOST_HIGHLIGHTS", 1)
    await put(library, highlight(item_id, "The moon"))
    with pytest.raises(ConflictError, match="Nothing changed"):
        await put(library, highlight(item_id, "The sun"))
    assert len(await entries(library)) == 1


async def test_a_highlight_stands_in_a_passage_by_its_place_then_by_its_words(library: Library) -> None:
    item_id = await library.add("Tides", TEXT)
    one, gone = highlight(item_id, "The sun raises"), highlight(item_id, "The moon")
    await put(library, one)
    await put(library, gone)

    async def passages() -> dict[str, str]:
        def read(raw: Connection) -> dict[str, str]:
            numbers = [row[0] for row in raw.execute("SELECT entry FROM highlights")]
            texts = {row[0]: row[1] for row in raw.execute("SELECT id, text FROM chunks")}
            quotes = highlights.of_entries(raw, numbers)
            return {quotes[entry].quote: texts[chunk] for entry, chunk in highlights.passages_of(raw, numbers).items()}

        return await library.database.read(read)

    assert {quote: quote in text for quote, text in (await passages()).items()} == {one.quote: True, gone.quote: True}
    await library.set_text(item_id, "New words first.\n\nThe sun raises tides too.")
    await library.indexing.store_chunks(item_id)
    assert list(await passages()) == [one.quote]


async def test_a_note_ranks_with_the_passage_that_it_stands_beside(library: Library) -> None:
    for number in range(8):
        await library.add(f"Boats {number}", f"Boat {number} has a perigee and many other words that nobody asks for.")
    item_id = await library.add("Tides", TEXT)
    await put(library, highlight(item_id, "The moon", "perigee"))
    first = (await library.search.run(SearchRequest("perigee moon"))).results[0]
    assert (first.item_id, first.matched) == (item_id, ("keyword", "highlight"))
    assert first.score > 0.5


async def test_a_highlight_is_no_evidence_beside_its_passage(library: Library) -> None:
    item_id = await library.add("Tides", TEXT)
    await put(library, highlight(item_id, "The moon", "tides"))
    passages = await library.passages.retrieve_passages("moon tides", limit=20)
    assert [passage.item_id for passage in passages] == [item_id]
