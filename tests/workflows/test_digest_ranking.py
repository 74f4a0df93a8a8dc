"""What digests rank by: what was read, marked, kept and asked about; and what less is wanted of."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.workflows.digest_library import Life, living

from cortex.exceptions import ItemNotFoundError
from cortex.queue.wakeup import Wakeup
from cortex.services.events import EventBus
from cortex.services.undo import UndoService


@pytest.fixture
async def life(tmp_path: Path) -> AsyncIterator[Life]:
    async with living(tmp_path / "cortex.db") as it:
        yield it


async def shelf(life: Life) -> dict[str, str]:
    """Four things about bread and four about trains, saved days ago; and a bell that was saved just now."""
    texts = {
        "Rye": ("A rye loaf keeps for a week in a cloth.", "bread"),
        "Crust": ("Steam keeps a crust soft in the first minutes.", "bread"),
        "Salt": ("Two percent of salt suits most doughs.", "bread"),
        "Folds": ("A wet dough wants gentle folds.", "bread"),
        "Halts": ("The slow train stops at nineteen halts.", "trains"),
        "Passes": ("The sleeper crosses the pass before dawn.", "trains"),
        "Gauge": ("The narrow gauge line uses rails of a mine.", "trains"),
        "Signals": ("An arm that points down lets a train go.", "trains"),
    }
    ids = {title: await life.save(title, text, (tag,)) for title, (text, tag) in texts.items()}
    life.later(days=10)
    ids["Bells"] = await life.save("Bells", "A bell is tuned on a lathe.", ("bells",))
    life.later(minutes=1)
    return ids


async def queue(life: Life) -> dict[str, str]:
    """The unread queue of a digest that is made now: titles with their reasons, in order."""
    life.later(minutes=1)
    body = await life.asked(life.days.before(life.moment, hours=1))
    return {line.title: line.reason for line in body.unread}


async def test_without_anything_read_the_newest_comes_first_and_says_so(life: Life) -> None:
    await shelf(life)
    found = await queue(life)
    assert list(found) == ["Signals", "Gauge", "Passes", "Halts", "Folds", "Salt", "Crust"]
    assert set(found.values()) == {"Unread since you saved it on 1 March."}


async def test_what_is_like_what_was_read_comes_first_with_the_reason(life: Life) -> None:
    ids = await shelf(life)
    for title in ("Rye", "Crust", "Salt"):
        await life.read(ids[title])
    found = await queue(life)
    assert list(found) == ["Folds", "Signals", "Gauge", "Passes", "Halts"]
    assert found["Folds"] == "You read most of what you save about bread (3 of 4)."
    await life.read(ids["Folds"], 0.4)
    assert (await queue(life))["Folds"] == (
        "You read most of what you save about bread (3 of 4). You stopped at 40% of it."
    )


async def test_marking_keeping_and_asking_count_too(life: Life) -> None:
    ids = await shelf(life)
    await life.database.write(
        lambda raw: raw.execute(
            'INSERT INTO highlights (id, item_id, content_version, quote, start, "end", colour, created_at, '
            "updated_at) VALUES ('h', ?, 1, 'slow', 4, 8, 'yellow', ?, ?)",
            (ids["Halts"], life.moment, life.moment),
        )
    )
    found = await queue(life)
    assert found["Signals"] == "You marked passages in 1 of 4 things you saved about trains."
    assert list(found)[:4] == ["Signals", "Gauge", "Passes", "Halts"]
    await life.database.write(lambda raw: raw.execute("UPDATE items SET favourite = 1 WHERE id = ?", (ids["Rye"],)))
    cited = json.dumps([{"item_id": ids["Salt"]}])
    await life.database.write(
        lambda raw: (
            raw.execute("INSERT INTO conversations (id, title, created_at, updated_at) VALUES ('c', 'c', '', '')"),
            raw.execute(
                "INSERT INTO messages (id, conversation_id, position, role, content, status, citations, created_at, "
                "updated_at) VALUES ('m', 'c', 1, 'assistant', 'So.', 'done', ?, '', '')",
                (cited,),
            ),
        )
    )
    found = await queue(life)
    assert list(found)[:4] == ["Folds", "Salt", "Crust", "Rye"]
    assert found["Folds"] == "You keep as favourites 1 of 4 things you saved about bread."
    learned = await life.service.learned(limit=10)
    assert [(one.name, one.favourite, one.marked, one.asked) for one in learned.interests] == [
        ("bread", 1, 0, 1),
        ("trains", 0, 1, 0),
    ]


async def test_less_like_this_lowers_says_so_and_is_taken_back(life: Life) -> None:
    ids = await shelf(life)
    for title in ("Rye", "Crust", "Salt"):
        await life.read(ids[title])
    life.later(minutes=1)
    digest, body = await life.made(await life.requested(life.days.before(life.moment, hours=1)))
    assert body.unread[1].title == "Signals"
    undo_id = await life.service.want_less(digest.id, ids["Signals"], less=True)
    assert undo_id is not None
    assert await life.service.want_less(digest.id, ids["Signals"], less=True) is None
    found = await queue(life)
    assert "Signals" not in found, "it is offered no more itself"
    assert list(found)[-3:] == ["Gauge", "Passes", "Halts"]
    assert found["Gauge"] == (
        "Unread since you saved it on 1 March. It stands lower because you asked for less about trains."
    )
    learned = await life.service.learned(limit=10)
    assert [one.title for one in learned.less] == ["Signals"]
    assert next(one.reason for one in learned.interests if one.name == "trains") == "You asked for less about trains."
    with pytest.raises(ItemNotFoundError):
        await life.service.want_less(digest.id, "item_nowhere", less=True)

    async def terms(_: object) -> None: ...

    await UndoService(life.database, EventBus(), Wakeup(), terms).undo(undo_id)
    assert "Signals" in await queue(life)
    await life.service.want_less(digest.id, ids["Signals"], less=True)
    await life.service.want_less(digest.id, ids["Signals"], less=False)
    assert not (await life.service.learned(limit=10)).less


async def test_the_forgotten_take_turns_and_what_was_touched_is_not_forgotten(life: Life) -> None:
    ids = await shelf(life)
    life.later(days=20)
    turns: list[list[str]] = []
    for _ in range(4):
        await life.save(f"Loaf {life.moment}", "A loaf of bread is baked today.", ("bread",))
        await life.read(ids["Salt"], 0.2)
        life.later(hours=1)
        turns.append([line.title for line in (await life.asked()).forgotten])
        life.later(days=2)
    assert "Salt" not in {title for turn in turns for title in turn}, "it was opened lately"
    assert {title for turn in turns for title in turn} == {"Rye", "Crust", "Folds"}
    flat = [title for turn in turns for title in turn]
    assert len(flat) == len(set(flat)), "each once within weeks"
    life.later(days=40)
    again: set[str] = set()
    for _ in range(4):
        life.later(days=8)
        await life.save("Another loaf", "A loaf of bread is baked again.", ("bread",))
        life.later(hours=1)
        again |= {line.title for line in (await life.asked()).forgotten}
    assert set(flat) & again, "after weeks they may come back"
    assert "Bells" not in again
