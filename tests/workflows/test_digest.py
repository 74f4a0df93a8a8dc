"""What digests say: a month by a fixed clock, every line asserted; and what happens to lines on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.workflows.digest_library import Life, day_of, living
from tests.workflows.digest_month import SAVED

from cortex.domain.digest import Digest, DigestBody
from cortex.services.digests.records import body_from_json
from cortex.services.tasks import NewPassage

MONTH = Path(__file__).with_name("digest_month.txt")


@pytest.fixture
async def life(tmp_path: Path) -> AsyncIterator[Life]:
    async with living(tmp_path / "cortex.db") as it:
        yield it


def written_out(body: DigestBody) -> list[str]:
    """Every line with its reason and what it cites."""
    rows = [f"  {one.text} {list(one.citations)}" for one in body.introduction]
    sections = [(f"new: {theme.heading}", theme.lines) for theme in body.themes]
    sections += [(name, getattr(body, name)) for name in ("connected", "forgotten", "unread", "tasks", "dead_links")]
    for name, lines in sections:
        for line in lines:
            rows.append(f"  {name} | {line.title} | {line.text}")
            rows.append(f"    {line.reason}")
            rows += [f"    [{one.n}] {one.title} {one.start}-{one.end}: {one.quote}" for one in line.citations]
    return rows


async def test_a_month_line_by_line(life: Life) -> None:
    """Something is saved every day, all about bread and lighthouses is read, the daily digest comes at eight.

    `digest_month.txt` holds every line of every digest; each quote is looked up where it is said to stand.
    """
    rows: list[str] = []
    forgotten: dict[str, str] = {}
    assert await life.schedule.tick() is None, "a new library waits for its first hour"
    for number, (title, text, tags, site) in enumerate(SAVED, start=1):
        life.later(hours=4)
        item_id = await life.save(title, text, tags, site)
        if tags[0] in ("bread", "lighthouses"):
            life.later(hours=1)
            await life.read(item_id)
        if number == 10:
            await life.task("Return the lens book", "2026-03-12")
        life.moment = life.days.next_hour(life.moment, 8)
        digest, body = await life.made(await _due(life))
        assert await life.schedule.tick() is None, "one a day"
        rows += [f"{day_of(digest.until)}", *written_out(body)]
        assert [line.title for theme in body.themes for line in theme.lines] == [title]
        for line in body.forgotten:
            assert line.title not in forgotten, f"{line.title} came on {forgotten[line.title]} already"
            forgotten[line.title] = day_of(digest.until)
    assert forgotten, "something old came back"
    assert rows == MONTH.read_text(encoding="utf-8").splitlines()


async def test_every_line_stands_in_a_library_of_real_notes(life: Life, shared: Path) -> None:
    """Notes of a real person, saved two a day with their folders as tags: no line without its words, none twice."""
    files = sorted((shared / "data/corpora/til").glob("*/*.md"))[::8][:60]
    assert await life.schedule.tick() is None
    last: dict[str, str] = {}
    for number, file in enumerate(files, start=1):
        life.later(hours=3)
        await life.save(file.stem, file.read_text(encoding="utf-8"), (file.parent.name,), "til.example")
        if number % 2:
            continue
        life.moment = life.days.next_hour(life.moment, 8)
        digest, body = await life.made(await _due(life))
        titles = {line.title for theme in body.themes for line in theme.lines}
        assert titles == {one.stem for one in files[number - 2 : number]}
        for line in body.forgotten:
            assert line.item_id not in last, "no turn twice within a month"
            last[line.item_id or ""] = digest.until
    assert last


async def test_a_change_while_it_is_made_takes_the_line_away_and_nothing_else(life: Life) -> None:
    kept = await life.save("Leeks", "Leeks tolerate heavy clay better than carrots do.", ("garden",))
    changed = await life.save("Carrots", "Carrots want sand and a deep bed to grow in.", ("garden",))
    digest = await life.requested()
    for step in (life.making.gather, life.making.theme, life.making.rank, life.making.write):
        assert await step(digest.id)
    await life.database.write(
        lambda raw: raw.execute("UPDATE item_contents SET text = replace(text, 'Carrots', 'Turnips')")
    )
    assert await life.making.verify(digest.id)
    assert await life.making.store(digest.id)
    body = body_from_json((await life.service.get(digest.id)).body or "")
    assert [line.item_id for line in body.lines] == [kept]
    assert changed not in {one.item_id for line in body.lines for one in line.citations}
    await life.assert_quotes(body)


async def test_tasks_and_dead_links_have_their_place(life: Life) -> None:
    item = await life.save("Leeks", "Leeks tolerate heavy clay. Sow leeks in March.", ("garden",))
    passage = NewPassage("Sow leeks in March.", 27)
    await life.task("Sow", "2026-02-27", item_id=item, passage=passage)
    await life.task("Buy twine", "2026-03-02")
    await life.task("Far away", "2026-04-02")
    await life.task("Some day")
    gone = {"kind": "bookmark", "status": "failed", "error_code": "http_410", "error_message": "gone"}
    dead = await life.save("Gone for good", None, (), "gone.example", **gone)
    await life.save("Refused", None, (), "other.example", **gone | {"error_code": "http_403"})
    life.later(minutes=1)
    body = await life.asked()
    assert [(line.text, line.reason) for line in body.tasks] == [
        ("Sow", "Overdue since 27 February."),
        ("Buy twine", "Due on 2 March."),
    ]
    assert [(one.quote, one.start) for one in body.tasks[0].citations] == [("Sow leeks in March.", 27)]
    line = body.dead_links[0]
    assert (line.item_id, line.text, len(body.dead_links)) == (dead, "Gone for good", 1)
    assert line.reason == (
        "The address answers 410 (Gone). You saved it on 1 March, and nothing of the page could be kept but its "
        "address."
    )
    assert body.dead_links[0].citations[0].quote is None
    assert body.links.startswith("Saved addresses were not looked at")
    life.later(hours=1)
    assert not (await life.asked()).dead_links, "what died is told once"


async def test_what_was_ready_too_late_comes_with_the_next_one(life: Life) -> None:
    await life.save("Leeks", "Leeks tolerate heavy clay better than carrots do.")
    slow = await life.save("A long book", "Books take long to be read.", status="processing", processed_at=None)
    life.later(minutes=1)
    body = await life.asked()
    assert (body.new_items, body.in_work) == (1, 1)
    assert body.introduction[0].text == "You saved 1 thing since 22 February. 1 more is waiting or being read."
    life.later(hours=1)
    await life.database.write(
        lambda raw: raw.execute("UPDATE items SET status = 'ready', processed_at = ? WHERE id = ?", (life.moment, slow))
    )
    life.later(hours=1)
    late = await life.asked()
    assert [(line.item_id, line.reason) for line in late.themes[0].lines] == [
        (slow, "Saved on 1 March, and read by Cortex only now.")
    ]
    life.later(hours=1)
    digest, empty = await life.made(await life.requested())
    assert digest.is_empty
    assert empty.introduction[0].text == "You saved nothing new since 1 March."


async def _due(life: Life) -> Digest:
    digest = await life.schedule.tick()
    assert digest is not None
    return digest
