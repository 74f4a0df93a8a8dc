"""Automatic tags on a real library: shared, few, and never against a person's word."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.migrate import migrate
from cortex.db.repositories import items, vocabulary
from cortex.domain import clock
from cortex.domain.ids import new_id
from cortex.domain.item import Item
from cortex.providers.chat_model import ChatModel, ChatRequest
from cortex.providers.fake_chat import FakeChatModel
from cortex.providers.gateway.gateway import Gateway
from cortex.services.connections import ConnectionService
from cortex.services.events import EventBus
from cortex.services.item_writing import ItemWriter
from cortex.services.stored_blocks import blocks_to_json
from cortex.services.tagging import Budget, TagService


class Library:
    """Items with text, and what was told to the word index."""

    def __init__(self, database: Database):
        self.database = database
        self.refreshed: list[str] = []
        self.service = TagService(database, EventBus(), self._refresh)

    async def _refresh(self, item_ids: Sequence[str]) -> None:
        self.refreshed += item_ids

    async def add(self, title: str, text: str, *user_tags: str) -> str:
        moment = clock.now()
        item = Item(new_id("item"), title, "note", "manual", "processing", moment, moment)

        def store(connection: Connection) -> None:
            number = items.insert(connection, item, title_by_user=False, site=None)
            version = items.add_version(connection, item.id, items.NewVersion("0" * 64, "text/plain"))
            items.store_extraction(
                connection, item.id, version, html="", text=text, blocks=blocks_to_json([]), warnings=[]
            )
            for name in user_tags:
                items.add_tag(connection, number, name, "user")

        await self.database.write(store)
        return await self.tag(item.id)

    async def tag(self, item_id: str) -> str:
        item = await self.database.read(lambda connection: items.get(connection, item_id))
        await self.service.tag_item(item)
        return item_id

    async def tags(self, item_id: str) -> dict[str, str]:
        item = await self.database.read(lambda connection: items.get(connection, item_id))
        return {tag.name: tag.by for tag in item.tags}


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Library]:
    database = Database(tmp_path / "cortex.db")
    await database.open()
    await migrate(database, backups=None)
    yield Library(database)
    await database.close()


def note(subject: str, about: str) -> tuple[str, str]:
    return (
        f"{subject.title()} and {about}",
        f"{subject} matters for {about}. Whoever knows {subject} knows {about}. {subject} again.",
    )


async def test_what_three_items_share_becomes_a_tag_of_all_three(library: Library) -> None:
    ids = [await library.add(*note("sourdough", about)) for about in ("ovens", "flour", "salt")]
    for item_id in ids:
        assert (await library.tags(item_id)).get("sourdough") == "auto"
    assert set(ids[:2]) <= set(library.refreshed) or "sourdough" in await library.tags(ids[0])


async def test_the_owners_word_is_reused_in_its_spelling(library: Library) -> None:
    await library.add("A first note", "Nothing much.", "Sour-Doughs")
    item_id = await library.add(*note("sour dough", "ovens"))
    assert (await library.tags(item_id)).get("Sour-Doughs") == "auto"


async def test_a_tag_that_was_taken_off_does_not_come_back(library: Library) -> None:
    ids = [await library.add(*note("sourdough", about)) for about in ("ovens", "flour", "salt")]

    def refuse(connection: Connection) -> None:
        number = items.number_of(connection, ids[2])
        items.remove_tag(connection, number, "sourdough")
        connection.execute("INSERT INTO refused_tags (item_number, tag_name) VALUES (?, 'sourdough')", (number,))

    await library.database.write(refuse)
    await library.tag(ids[2])
    assert "sourdough" not in await library.tags(ids[2])
    await library.add(*note("sourdough", "water"))
    assert "sourdough" not in await library.tags(ids[2])


async def test_tagging_again_changes_nothing(library: Library) -> None:
    ids = [await library.add(*note("sourdough", about)) for about in ("ovens", "flour", "salt")]
    before = [await library.tags(item_id) for item_id in ids]
    for item_id in ids:
        await library.tag(item_id)
    assert [await library.tags(item_id) for item_id in ids] == before


async def test_a_persons_tags_stay_and_leave_less_room(library: Library) -> None:
    for about in ("ovens", "flour", "salt"):
        await library.add(*note("sourdough", about))
    item_id = await library.add(*note("sourdough", "crust"), "a", "b", "c", "d", "e")
    assert await library.tags(item_id) == dict.fromkeys("abcde", "user")


async def test_an_items_tags_are_few_and_the_vocabulary_stays_within_its_budget(library: Library) -> None:
    for index in range(150):
        words = [f"subject{chr(97 + (index * 7 + k) % 26)}{chr(97 + (index // 3 + k) % 26)}" for k in range(8)]
        item_id = await library.add(" ".join(words), ". ".join(words * 4))
        assert len(await library.tags(item_id)) <= 5
    count = await library.database.read(vocabulary.automatic_count)
    assert 0 < count <= Budget.of(150).shared


def test_the_budget_grows_slower_than_the_library() -> None:
    assert Budget.of(0).shared == 24
    assert Budget.of(578).shared <= 150
    assert Budget.of(10_000).shared == 500


async def proposed(library: Library, item_id: str, *names: str) -> dict[str, str]:
    item = await library.database.read(lambda connection: items.get(connection, item_id))
    await library.service.take_proposed(item, names)
    return await library.tags(item_id)


async def test_a_model_takes_what_is_there_and_adds_little(library: Library) -> None:
    await library.add("A first note", "Nothing much.", "Sour-Doughs")
    item_id = await library.add("Baking", "It rises slowly in the cold.", "kitchen")
    tags = await proposed(
        library, item_id, "sour dough", "Kitchens", "slow food", "food", "how to bake a loaf of bread", ""
    )
    assert tags == {"kitchen": "user", "Sour-Doughs": "auto", "slow food": "auto"}
    assert item_id in library.refreshed


async def test_what_a_person_took_off_no_model_puts_back(library: Library) -> None:
    item_id = await library.add("Baking", "It rises slowly in the cold.")
    assert await proposed(library, item_id, "bread") == {"bread": "auto"}

    def refuse(connection: Connection) -> None:
        number = items.number_of(connection, item_id)
        items.remove_tag(connection, number, "bread")
        connection.execute("INSERT INTO refused_tags (item_number, tag_name) VALUES (?, 'bread')", (number,))

    await library.database.write(refuse)
    assert await proposed(library, item_id, "Bread", "breads") == {}


BIRDS = [
    "heron",
    "robin",
    "osprey",
    "wren",
    "magpie",
    "plover",
    "bittern",
    "curlew",
    "dunlin",
    "avocet",
    "tern",
    "swan",
]


async def test_past_the_first_few_a_new_tag_needs_several_items(library: Library) -> None:
    for bird in BIRDS:
        assert await proposed(library, await library.add("x", "y"), bird) == {bird: "auto"}
    ids = [await library.add("x", "y") for _ in range(3)]
    assert [await proposed(library, item_id, "goose feather") for item_id in ids[:2]] == [{}, {}]
    assert await proposed(library, ids[2], "goose feather") == {"goose feather": "auto"}
    assert await library.tags(ids[0]) == {"goose feather": "auto"}, "the earlier ones get it, too"


async def test_a_model_that_invents_tags_all_the_time_fills_no_library_with_them(
    library: Library, shared: Path
) -> None:
    """The 578 notes, each written about by a model that has eight new tags for it, and the same ones now and then."""
    numbers = itertools.count()

    def inventing(request: ChatRequest) -> str:
        number = next(numbers)
        tags = [f"invention {letters(8 * number + place)}" for place in range(7)] + [f"again {letters(number // 4)}"]
        return json.dumps(
            {"summary_line": "what it says", "summary": "it says this", "key_points": [], "tags": tags, "entities": []}
        )

    async def chain(name: str | None) -> Sequence[ChatModel]:
        return (FakeChatModel(inventing),)

    writer = ItemWriter(library.database, Gateway(chain), library.service, ConnectionService(library.database))

    async def progress(done: int, of: int) -> None:
        pass

    outcomes = []
    for path in sorted((shared / "data" / "corpora" / "til").rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        item_id = await library.add(text.splitlines()[0].lstrip("# "), text)
        item = await library.database.read(lambda connection, one=item_id: items.get(connection, one))  # type: ignore[misc] # bound per turn
        outcomes.append(await writer.write(item, local_only=False, progress=progress))
        assert len(await library.tags(item_id)) <= 5
    assert outcomes.count("written") > 500
    count = await library.database.read(vocabulary.automatic_count)
    assert 24 <= count <= Budget.of(len(outcomes)).shared <= 150


def letters(number: int) -> str:
    found = ""
    for _ in range(5):
        found, number = found + "bcdfghjklm"[number % 10], number // 10
    return found
