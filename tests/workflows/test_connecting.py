"""The last step of processing: what belongs together is connected, also while there is no model."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.workflows.processing_library import Library, opened

from cortex.providers.fake import FakeEmbedder
from cortex.services.capture import Around
from cortex.services.connection_upkeep import ConnectionUpkeep
from cortex.services.items import ItemService
from cortex.services.related_items import RelatedItems
from cortex.services.term_refresh import TermRefresh

LEEKS = "Leeks tolerate heavy clay. Raised rows drain before winter, and leeks planted there rot less often."
MORE = "Leeks planted in raised rows rot less often in winter. Heavy clay is what leeks tolerate before rows drain."


async def save(library: Library, content: str, *tags: str) -> str:
    captured = await library.capture.save(
        url=None, content=content, content_type="text/plain", around=Around(tags=tags)
    )
    return captured.item.id


async def test_the_second_item_is_connected_with_the_first_by_the_time_it_is_ready(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, library.working():
        first = await save(library, LEEKS)
        await library.until(first, "ready")
        second = await save(library, MORE)
        await library.until(second, "ready")
        for one, other in ((first, second), (second, first)):
            related, total = await RelatedItems(library.database).of_item(one, limit=10)
            assert ([found.item_id for found in related], total) == ([other], 1)
            assert "leeks" in related[0].reason.casefold()
        assert await library.connections.connect_outdated() == 0, "processing leaves nothing to do"


async def test_items_that_wait_for_a_model_are_connected_by_their_tags_meanwhile(tmp_path: Path) -> None:
    embedder = FakeEmbedder(available=False)
    async with opened(tmp_path, embedder=embedder) as library, library.working():
        upkeep = asyncio.create_task(ConnectionUpkeep(library.connections, library.events).run())
        first = await save(library, LEEKS, "allotment", "winter", "clay")
        await library.until(first, "waiting")
        second = await save(library, "Interest is due each quarter.", "allotment", "winter", "clay")
        await library.until(second, "waiting")
        async with asyncio.timeout(30):
            while not (related := (await RelatedItems(library.database).of_item(first, limit=10))[0]):
                pass
        assert [(one.item_id, one.reasons[0].type, one.passages) for one in related] == [(second, "tags", ())]
        upkeep.cancel()
        await asyncio.wait([upkeep])


async def test_whoever_shows_connections_hears_when_a_change_of_tags_has_changed_them(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, library.working():
        first = await save(library, LEEKS)
        second = await save(library, "Interest is due each quarter.", "allotment", "winter", "clay")
        for item_id in (first, second):
            await library.until(item_id, "ready")
        upkeep = asyncio.create_task(ConnectionUpkeep(library.connections, library.events).run())
        changing = ItemService(library.database, library.blobs, library.events, library.wakeup, TermRefresh())
        with library.events.subscribe() as changes:
            await changing.change(first, {}, tags=["allotment", "winter", "clay"], content=None)
            async with asyncio.timeout(30):
                async for event in changes:
                    if event.type == "connections.updated":
                        break
        related, _ = await RelatedItems(library.database).of_item(first, limit=10)
        assert [one.item_id for one in related] == [second]
        upkeep.cancel()
        await asyncio.wait([upkeep])
