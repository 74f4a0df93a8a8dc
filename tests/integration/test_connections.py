"""Edges on a real library: as items arrive, change, go to the trash, come back and are deleted."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from tests.findable import Library, open_library

from cortex.db.driver import Connection
from cortex.db.repositories import connections as stored
from cortex.db.repositories import items
from cortex.domain import clock
from cortex.services.connections import ConnectionService
from cortex.services.related_items import RelatedItems

LEEKS = "Leeks tolerate heavy clay. Raised rows drain before winter, and leeks planted there rot less often."
MORE_LEEKS = (
    "Leeks planted in raised rows rot less often in winter. Heavy clay is what leeks tolerate before rows drain."
)
TREATY = "A treaty signed in 1648 ended thirty years of war between kings whose envoys met at Münster."


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Library]:
    async with open_library(tmp_path / "cortex.db") as it:
        yield it


@pytest.fixture
def service(library: Library) -> ConnectionService:
    return ConnectionService(library.database)


async def others(library: Library, item_id: str) -> list[str]:
    related, total = await RelatedItems(library.database).of_item(item_id, limit=50)
    assert total == len(related)
    return [one.item_id for one in related]


async def edges(library: Library) -> list[tuple[object, ...]]:
    def read(raw: Connection) -> list[tuple[object, ...]]:
        return [tuple(row) for row in raw.execute("SELECT * FROM connections ORDER BY 1, 2")]

    return await library.database.read(read)


async def test_a_new_item_is_connected_both_ways_and_the_unrelated_is_not(
    library: Library, service: ConnectionService
) -> None:
    first = await library.add("Leeks", LEEKS)
    treaty = await library.add("Westphalia", TREATY)
    assert await service.connect_outdated() == 2
    assert await edges(library) == []
    second = await library.add("More leeks", MORE_LEEKS)
    assert await service.connect_item(second) == 1, "only the new one is looked at"
    assert (await others(library, first), await others(library, second)) == ([second], [first])
    assert await others(library, treaty) == []


async def test_doing_it_again_changes_nothing_and_nothing_is_left_to_do(
    library: Library, service: ConnectionService
) -> None:
    for title, text in (("Leeks", LEEKS), ("More leeks", MORE_LEEKS), ("Westphalia", TREATY)):
        await library.add(title, text)
    assert await service.connect_outdated() == 3
    before = await edges(library)
    assert before
    assert await service.connect_outdated() == 0
    for item_id in library.ids.values():
        await service.connect_item(item_id)
    assert await edges(library) == before


async def test_passages_are_shown_where_they_stand(library: Library, service: ConnectionService) -> None:
    first = await library.add("Leeks 😀", f"😀 An introduction.\n\n{LEEKS}")
    await library.add("More leeks", MORE_LEEKS)
    await service.connect_outdated()
    related, _ = await RelatedItems(library.database).of_item(first, limit=1)
    assert related[0].reasons[0].type == "similarity"
    contents = [
        await library.database.read(partial(items.content, item_id=quote.item_id)) for quote in related[0].passages
    ]
    assert [quote.item_id for quote in related[0].passages] == [first, related[0].item_id]
    for quote, content in zip(related[0].passages, contents, strict=True):
        assert content is not None
        assert (content.text or "")[quote.start : quote.end] == quote.text
        assert quote.text.rstrip(".") in related[0].reason


async def test_without_vectors_links_and_tags_connect_and_likeness_comes_with_the_vectors(
    library: Library, service: ConnectionService
) -> None:
    first = await library.add(
        "Leeks", LEEKS, tags=("allotment", "clay"), canonical_url="https://garden.example/leeks", embed=False
    )
    second = await library.add("Tagged", TREATY, tags=("allotment", "clay"), embed=False)
    third = await library.add("Linking", f"{MORE_LEEKS} See https://garden.example/leeks too.", embed=False)
    await service.connect_outdated()
    related, _ = await RelatedItems(library.database).of_item(first, limit=5)
    assert [(one.item_id, one.reasons[0].type) for one in related] == [(third, "link"), (second, "tags")]
    assert related[0].reason == "“Linking” links to “Leeks”."
    assert related[0].passages == ()
    await library.indexing.embed_missing()
    assert await service.connect_outdated() == 3
    related, _ = await RelatedItems(library.database).of_item(first, limit=5)
    assert {reason.type for reason in related[0].reasons} >= {"link", "similarity"}
    assert len(related[0].passages) == 2


async def test_the_older_of_two_items_may_be_the_one_that_links(library: Library, service: ConnectionService) -> None:
    older = await library.add("Linking", "Read https://treaty.example/1648 one day.")
    await service.connect_outdated()
    newer = await library.add("Westphalia", TREATY, canonical_url="https://treaty.example/1648")
    await service.connect_item(newer)
    assert await others(library, older) == [newer]


async def test_the_trash_hides_and_restoring_connects_with_what_came_meanwhile(
    library: Library, service: ConnectionService
) -> None:
    first = await library.add("Leeks", LEEKS)
    second = await library.add("More leeks", MORE_LEEKS)
    await service.connect_outdated()
    await library.database.write(lambda raw: items.update(raw, first, deleted_at=clock.now()))
    assert await others(library, second) == []
    third = await library.add("Leeks again", f"{LEEKS} {MORE_LEEKS}")
    await service.connect_outdated()
    assert await others(library, third) == [second]
    await library.database.write(lambda raw: items.update(raw, first, deleted_at=None))
    assert await service.connect_outdated(first) == 1
    assert set(await others(library, first)) == {second, third}
    assert set(await others(library, third)) == {first, second}


async def test_deletion_for_good_takes_the_edges_along_and_neighbours_are_looked_at_again(
    library: Library, service: ConnectionService
) -> None:
    first = await library.add("Leeks", LEEKS)
    second = await library.add("More leeks", MORE_LEEKS)
    treaty = await library.add("Westphalia", TREATY)
    await service.connect_outdated()
    await library.database.write(lambda raw: items.delete_permanently(raw, first))
    assert await edges(library) == []
    assert await service.connect_outdated(second) == 1
    assert await service.connect_outdated(treaty) == 0


async def test_new_content_and_new_tags_are_connected_again(library: Library, service: ConnectionService) -> None:
    first = await library.add("Leeks", LEEKS)
    second = await library.add("More leeks", MORE_LEEKS)
    await service.connect_outdated()
    await library.set_text(second, TREATY)
    await library.indexing.store_chunks(second)
    await library.indexing.embed_item(second)
    assert await service.connect_outdated() == 1
    assert await others(library, first) == []
    for item_id in (first, second):
        number = await library.database.read(partial(items.number_of, item_id=item_id))
        for name in ("allotment", "clay"):
            await library.database.write(partial(items.add_tag, item_number=number, name=name, by="user"))
    assert await service.connect_outdated() == 2
    assert await others(library, first) == [second]


async def test_a_list_holds_the_best_few_and_a_better_one_takes_the_place_of_the_weakest(
    library: Library, service: ConnectionService
) -> None:
    hub = await library.add("Hub", "The hub.", canonical_url="https://hub.example/page", embed=False)
    spokes = [
        await library.add(f"Spoke {number}", "See https://hub.example/page here.", embed=False)
        for number in range(stored.MOST + 3)
    ]
    await service.connect_outdated()
    assert len(await others(library, hub)) == stored.MOST
    assert hub in await others(library, spokes[-1]), "who is not in its list may still have it in theirs"
    better = await library.add(
        "Better", "See https://hub.example/page now.", tags=("hubs",), site="hub.example", embed=False
    )
    number = await library.database.read(lambda raw: items.number_of(raw, hub))
    await library.database.write(lambda raw: items.add_tag(raw, number, "hubs", "user"))
    await service.connect_item(better)
    assert (await others(library, hub))[0] == better
    assert len(await others(library, hub)) == stored.MOST


async def test_the_graph_is_bounded_and_grows_around_its_focus(library: Library, service: ConnectionService) -> None:
    chain = [
        await library.add(f"Page {n}", f"{n} https://chain.example/{n + 1}", canonical_url=f"https://chain.example/{n}")
        for n in range(5)
    ]
    await library.add("Westphalia", TREATY)
    await service.connect_outdated()
    related = RelatedItems(library.database)
    whole = await related.graph(None, limit=100, min_score=0.7)
    assert {node.id for node in whole.nodes} == set(chain)
    assert {frozenset((edge.source, edge.target)) for edge in whole.edges} >= {
        frozenset(pair) for pair in itertools.pairwise(chain)
    }
    assert sum(node.degree for node in whole.nodes) == 2 * len(whole.edges)
    near = await related.graph(chain[0], limit=3, min_score=0.0)
    assert near.nodes[0].id == chain[0]
    assert len(near.nodes) == 3
    inside = {node.id for node in near.nodes}
    assert all({edge.source, edge.target} <= inside for edge in near.edges)
    await library.database.write(lambda raw: items.update(raw, chain[2], deleted_at=clock.now()))
    left = await related.graph(None, limit=100, min_score=0.0)
    assert chain[2] not in {node.id for node in left.nodes}
    assert chain[2] not in {end for edge in left.edges for end in (edge.source, edge.target)}
