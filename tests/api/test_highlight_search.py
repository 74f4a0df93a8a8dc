"""What was marked, and what was noted beside it, is found; as long as it is there."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.api.library import save, undo
from tests.api.test_highlights import mark
from tests.api.test_processed_items import processed

TEXT = "Words about tides.\n\nThe moon raises tides. The sun raises tides too.\n"


@pytest.fixture
def item(client: httpx.Client) -> dict[str, Any]:
    """A note that is ready, beside another one."""
    processed(client, save(client, content="Something else entirely.", content_type="text/plain")["id"], 1)
    return processed(client, save(client, content=TEXT, content_type="text/plain", title="Tides")["id"], 1)


def found(client: httpx.Client, query: str, **body: object) -> dict[str, Any]:
    answer = client.post("/api/search", json={"query": query, "mode": "keyword", **body})
    assert answer.status_code == 200, answer.text
    answered: dict[str, Any] = answer.json()
    return answered


def results(client: httpx.Client, query: str, **body: object) -> list[dict[str, Any]]:
    answered: list[dict[str, Any]] = found(client, query, **body)["results"]
    return answered


@pytest.mark.parametrize("mode", ["auto", "hybrid", "keyword"])
def test_an_item_is_found_by_a_highlights_note_and_opens_there(
    client: httpx.Client, item: dict[str, Any], mode: str
) -> None:
    made = mark(client, item, "The moon", note="Remember the <b>syzygies</b> of spring")
    answered = found(client, "syzygy", mode=mode)
    first = answered["results"][0]
    assert first["item_id"] == item["id"]
    assert (first["start"], first["end"], first["chunk_id"]) == (made["start"], made["end"], None)
    assert first["matched"] == ["keyword", "highlight"]
    assert first["snippet"] == "Remember the &lt;b&gt;<mark>syzygies</mark>&lt;/b&gt; of spring The moon"
    assert (first["highlight"]["id"], first["highlight"]["quote"]) == (made["id"], "The moon")
    assert answered["corrected_query"] is None
    assert found(client, "syzygies", facets=True)["facets"]["kind"] == {"note": 1}
    assert found(client, "syzygies")["total"] == 1


def test_a_word_that_only_a_note_has_is_not_mended(client: httpx.Client, item: dict[str, Any]) -> None:
    mark(client, item, "The moon", note="The worbs of it")
    assert found(client, "worbs")["corrected_query"] is None
    assert found(client, "wordz")["corrected_query"] == "words"


def test_phrases_exclusions_and_scripts_without_spaces(client: httpx.Client, item: dict[str, Any]) -> None:
    mark(client, item, "The moon", note="cold dark matter 潮汐很强")
    assert [one["item_id"] for one in results(client, '"dark matter"')] == [item["id"]]
    assert results(client, '"matter dark"') == []
    assert [one["item_id"] for one in results(client, "潮汐")] == [item["id"]]
    assert results(client, "tides -cold") == []


def test_passages_come_beside_highlights(client: httpx.Client, item: dict[str, Any]) -> None:
    mark(client, item, "The moon", note="raises questions")
    by_passage = results(client, "raises", group_by="passage")
    assert sorted(one["chunk_id"] is None for one in by_passage) == [False, True]
    assert len(results(client, "raises")) == 1


def test_a_changed_and_a_deleted_note_is_found_as_it_is_now(client: httpx.Client, item: dict[str, Any]) -> None:
    made = mark(client, item, "The moon", note="perigee")
    path = f"/api/items/{item['id']}/highlights/{made['id']}"
    changed = client.put(path, json={"note": "apogee"}).json()
    assert (len(results(client, "apogee")), results(client, "perigee")) == (1, [])
    undo(client, changed["undo_id"])
    assert (results(client, "apogee"), len(results(client, "perigee"))) == ([], 1)
    gone = client.delete(path)
    assert results(client, "perigee") == []
    undo(client, gone.headers["X-Undo-Id"])
    assert len(results(client, "perigee")) == 1
    undo(client, made["undo_id"])
    assert results(client, "perigee") == []


def test_highlights_go_to_the_trash_and_come_back_with_their_item(client: httpx.Client, item: dict[str, Any]) -> None:
    mark(client, item, "The moon", note="perigee")
    client.delete(f"/api/items/{item['id']}")
    assert results(client, "perigee") == []
    client.post(f"/api/items/{item['id']}/restore")
    assert len(results(client, "perigee")) == 1
    client.delete(f"/api/items/{item['id']}", params={"permanent": "true"})
    assert results(client, "perigee") == []


def test_highlights_are_found_where_their_words_stand_in_a_new_version(
    client: httpx.Client, item: dict[str, Any]
) -> None:
    mark(client, item, "The moon", note="perigee")
    mark(client, item, "The sun", note="daylight")
    client.put(f"/api/items/{item['id']}", json={"content": "New words first.\n\nThe moon raises tides.\n"})
    new = processed(client, item["id"], 2)
    for mode in ("keyword", "auto"):
        kept = results(client, "perigee", mode=mode)[0]
        assert new["content_text"][kept["start"] : kept["end"]] == "The moon"
        assert kept["content_version"] == 2
        lost = results(client, "daylight", mode=mode)[0]
        assert (lost["item_id"], lost["start"], lost["end"]) == (item["id"], None, None)
        assert lost["highlight"]["content_version"] == 1


def test_items_with_highlights_are_a_filter(client: httpx.Client, item: dict[str, Any]) -> None:
    made = mark(client, item, "The moon")
    for query, filters in (("is:highlighted", None), ("", {"highlighted": True}), ("tides is:highlighted", None)):
        assert [one["item_id"] for one in results(client, query, filters=filters)] == [item["id"]]
    assert item["id"] not in [one["item_id"] for one in results(client, "-is:highlighted")]
    assert len(results(client, "", filters={"highlighted": False})) == 1
    client.delete(f"/api/items/{item['id']}/highlights/{made['id']}")
    assert results(client, "is:highlighted") == []
