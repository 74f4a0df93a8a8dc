"""The search graph: the query language end to end, modes, pages, facets, second tries, other scripts, hostile words."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.findable import Library, open_library

from cortex.db.driver import Connection
from cortex.db.repositories import items
from cortex.domain.search import Filters, SearchRequest, SearchResponse
from cortex.services.retrieval.snippets import snippet

PAGES = {
    "Sourdough": "Feed the starter twice a day. The exact phrase stands here. Bake bread until the crust is brown.",
    "Rye": "Rye bread needs a sour starter. This phrase is not exact.",
    "Bicycle": "Oil the chain after rain. Check the brakes before every ride.",
    "Telescope": "Point the telescope at Saturn. Its rings are visible on a clear night.",
}


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Library]:
    async with open_library(tmp_path / "cortex.db") as opened:
        for month, (title, text) in enumerate(PAGES.items(), start=1):
            await opened.add(
                title,
                text,
                tags=(title.lower(), "all things"),
                site="blog.example.org" if month % 2 else "example.com",
                kind="note" if month == 4 else "article",
                created_at=f"2026-0{month}-15T12:00:00.000Z",
                favourite=month == 2,
                archived=month == 3,
            )
        yield opened


async def find(library: Library, query: str, **options: object) -> SearchResponse:
    return await library.search.run(SearchRequest(query, **options))  # type: ignore[arg-type] # as the class has them


async def titles(library: Library, query: str, **options: object) -> list[str]:
    return [result.title for result in (await find(library, query, **options)).results]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("saturn", ["Telescope"]),
        ('"exact phrase"', ["Sourdough"]),
        ('bread "exact phrase"', ["Sourdough"]),
        ("bread -rye", ["Sourdough"]),
        ('bread -"sour starter"', ["Sourdough"]),
        ("bread tag:rye", ["Rye"]),
        ('bread tag:"all things" -tag:rye', ["Sourdough"]),
        ("site:example.org", ["Bicycle", "Sourdough"]),
        ("-site:example.org", ["Telescope", "Rye"]),
        ("kind:note", ["Telescope"]),
        ("before:2026-02", ["Sourdough"]),
        ("after:2026-04-15", ["Telescope"]),
        ("after:2026-02 before:2026-04", ["Bicycle", "Rye"]),
        ("is:favourite", ["Rye"]),
        ("is:archived", ["Bicycle"]),
        ("is:read", []),
        ("tag:nothing", []),
        ('"no such phrase anywhere"', []),
    ],
)
async def test_the_query_language(library: Library, query: str, expected: list[str]) -> None:
    assert await titles(library, query, mode="keyword") == expected
    if '"' in query or ":" in query:
        found = await titles(library, query)
        assert found[: len(expected)] == expected
        assert "Rye" not in found or "Rye" in expected


async def test_words_are_found_in_other_forms(library: Library) -> None:
    assert await titles(library, "baking", mode="keyword") == ["Sourdough"]
    assert (await titles(library, "visible ring at night"))[0] == "Telescope"


async def test_scores_fall_from_at_most_one(library: Library) -> None:
    for mode in ("hybrid", "keyword", "semantic"):
        scores = [result.score for result in (await find(library, "rye bread starter", mode=mode)).results]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)


async def test_collections_by_name_with_those_inside(library: Library) -> None:
    def arrange(raw: Connection) -> None:
        now = "2026-01-01T00:00:00.000Z"
        for row in (("c1", "Kitchen", None), ("c2", "Oven", "c1")):
            raw.execute(
                "INSERT INTO collections (id, name, parent_id, created_at, updated_at) VALUES (?, ?, ?, ?, ?)",
                (*row, now, now),
            )
        items.update(raw, library.ids["Rye"], collection_id="c2")

    await library.database.write(arrange)
    assert await titles(library, "bread in:kitchen", mode="keyword") == ["Rye"]
    assert await titles(library, "bread -in:Kitchen", mode="keyword") == ["Sourdough"]
    assert await titles(library, "bread", mode="keyword", filters=Filters(collections=("c1",))) == ["Rye"]


async def test_filters_of_body_and_query_both_hold(library: Library) -> None:
    assert await titles(library, "tag:rye", filters=Filters(kinds=("note",))) == []
    assert await titles(library, "kind:article", filters=Filters(kinds=("note",))) == []
    assert await titles(library, "", filters=Filters(item_ids=(library.ids["Rye"],))) == ["Rye"]
    assert (await find(library, "bread", filters=Filters(favourite=True))).query_type == "filtered"


async def test_nothing_asked_lists_the_newest(library: Library) -> None:
    response = await find(library, "", limit=3)
    assert [result.title for result in response.results] == ["Telescope", "Bicycle", "Rye"]
    assert response.total == 4
    assert await titles(library, "", limit=3, offset=3) == ["Sourdough"]


async def test_pages_join_without_gap_or_repetition(tmp_path: Path) -> None:
    async with open_library(tmp_path / "many.db") as library:
        for index in range(120):
            await library.add(f"Note {index}", f"Apples and pears, lot {index}.")
        seen: list[str] = []
        while True:
            response = await find(library, "apples pears", limit=50, offset=len(seen))
            assert response.total == 120
            if not response.results:
                break
            seen += [result.title for result in response.results]
        assert len(seen) == len(set(seen)) == 120


async def test_one_result_an_item_or_one_a_passage(tmp_path: Path) -> None:
    async with open_library(tmp_path / "long.db", chunk_size=40, chunk_overlap=0) as library:
        await library.add("Long", "\n\n".join("Apples are red and round, said the farmer. " * 3 for _ in range(6)))
        assert len((await find(library, "apples")).results) == 1
        passages = (await find(library, "apples", group_by="passage")).results
        assert len(passages) == 6
        assert len({result.chunk_id for result in passages}) == 6


async def test_facets_when_asked_for(library: Library) -> None:
    assert (await find(library, "bread")).facets is None
    facets = (await find(library, "bread", mode="keyword", facets=True)).facets
    assert facets is not None
    assert facets["kind"] == {"article": 2}
    assert facets["tag"] == {"all things": 2, "rye": 1, "sourdough": 1}
    assert facets["month"] == {"2026-01": 1, "2026-02": 1}


async def test_a_misspelt_word_is_tried_again(library: Library) -> None:
    response = await find(library, "telescpe", mode="keyword")
    assert [result.title for result in response.results] == ["Telescope"]
    assert response.corrected_query == "telescope"
    assert (await find(library, "zzzzzzz", mode="keyword")).corrected_query is None


async def test_similar_items(library: Library) -> None:
    response = await find(library, f"similar:{library.ids['Rye']}")
    assert response.query_type == "similar"
    assert response.results[0].title == "Sourdough"
    assert "Rye" not in [result.title for result in response.results]
    assert (await find(library, "similar:item_unknown")).results == ()


async def test_a_long_pasted_text_finds_what_resembles_it(library: Library) -> None:
    response = await find(library, (PAGES["Telescope"] + " ") * 20)
    assert response.query_type == "similar"
    assert response.results[0].title == "Telescope"


@pytest.mark.parametrize(
    ("text", "queries"),
    [
        ("私は漢字変換が好きです。", ["漢字", "変換", "漢字変換", "好", "です"]),
        ("今天天气很好，我们去公园散步。", ["天气", "公园", "散步", "园"]),
        ("ฉันรักภาษาไทยมาก", ["ภาษาไทย", "รัก"]),
        ("한국어를 공부합니다", ["한국어를"]),
        ("Привет, мир", ["привет", "МИР"]),
        ("Ελληνικά κείμενα", ["ελληνικα"]),
        ("हिन्दी में लिखा", ["हिन्दी"]),
        ("مرحبا بالعالم", ["مرحبا"]),
        ("Crème brûlée à la carte", ["creme", "brûlée", "BRULEE"]),
        ("The ﬁne ｆｕｌｌｗｉｄｔｈ text", ["fine", "fullwidth"]),
    ],
)
async def test_every_script_is_found(tmp_path: Path, text: str, queries: list[str]) -> None:
    async with open_library(tmp_path / "scripts.db") as library:
        await library.add("Other", "Nothing of the kind.")
        await library.add("It", text)
        for query in queries:
            results = (await find(library, query, mode="keyword")).results
            assert [result.title for result in results] == ["It"], query
            assert "<mark>" in results[0].snippet, query


async def test_hostile_words_are_literal(library: Library, shared: Path) -> None:
    strings = json.loads((shared / "data/hostile/naughty-strings.json").read_text(encoding="utf-8"))
    for query in strings:
        response = await find(library, query)
        await library.suggestions.suggest(query, limit=8)
        for result in response.results:
            assert not re.search(r"<(?!/?mark>)", result.snippet)
    assert await library.count("items") == 4


@pytest.mark.parametrize(
    "query", ['"', 'NEAR("a" "b")', "a*", "^bread", "title:bread", "bread AND", "a\x00b", "\ud800", "%", "'; DROP"]
)
async def test_syntax_of_the_index_is_no_syntax_here(library: Library, query: str) -> None:
    for mode in ("hybrid", "keyword", "semantic"):
        await find(library, query, mode=mode)
        await find(library, f"tag:{query} in:{query} -{query}", mode=mode)


async def test_snippets_are_escaped(tmp_path: Path) -> None:
    async with open_library(tmp_path / "x.db") as library:
        await library.add("X", "<script>alert('bread')</script> & <mark>fake</mark>")
        (result,) = (await find(library, "bread")).results
        assert result.snippet == (
            "&lt;script&gt;alert(&#x27;<mark>bread</mark>&#x27;)&lt;/script&gt; &amp; &lt;mark&gt;fake&lt;/mark&gt;"
        )


def test_snippets_show_where_the_words_are() -> None:
    text = "Nothing here. " * 60 + "The needle and the thread are here. " + "Nothing there. " * 60
    shown = snippet(text, ["needle", "threads"])
    assert "<mark>needle</mark>" in shown
    assert "<mark>thread</mark>" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) < 400


async def test_many_searches_at_once(library: Library) -> None:
    answers = await asyncio.gather(*(titles(library, query) for query in ("saturn", "brakes", "rye") * 20))
    assert {answer[0] for answer in answers} == {"Telescope", "Bicycle", "Rye"}


async def test_suggestions(library: Library) -> None:
    async def texts(typed: str) -> list[tuple[str, str]]:
        return [(one.text, one.type) for one in await library.suggestions.suggest(typed, limit=8)]

    assert ("Telescope", "title") in await texts("tele")
    assert ("bicycle", "tag") in await texts("bic")
    assert ("the brakes", "term") in await texts("the brak")
    assert ("telescope", "spelling") in await texts("telescpoe")
    assert await texts("") == []
    assert await texts("xyzzy") == []


async def test_passages_carry_their_evidence(library: Library) -> None:
    passages = await library.passages.retrieve_passages("How visible are the rings of Saturn?", limit=3)
    best = passages[0]
    assert best.title == "Telescope"
    assert best.text == PAGES["Telescope"][best.start : best.end]
    assert set(best.matched_terms) == {"visible", "rings", "saturn"}
    assert best.missing_terms == ()
    assert best.coverage == pytest.approx(1.0)
    assert best.cosine is not None
    assert best.cosine > 0.3
    assert best.bm25 > 0
    unknown = await library.passages.retrieve_passages("Who painted the Mona Lisa?", limit=3)
    assert all(passage.coverage < 0.5 for passage in unknown)
    quoted = await library.passages.retrieve_passages('What are "rings on Saturn"?', limit=3)
    assert quoted[0].title == "Telescope"
    scoped = await library.passages.retrieve_passages("saturn", Filters(tags=("rye",)), limit=3)
    assert {passage.title for passage in scoped} <= {"Rye"}
