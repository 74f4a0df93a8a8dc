"""POST /api/search and its neighbours over HTTP, on items that were captured and processed."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.api.chat_library import fill
from tests.api.library import get, refused, undo
from tests.conftest import RunningServer, ServerThread

from cortex.providers.fake_chat import FakeChatModel

RESULT_FIELDS = {
    "item_id", "chunk_id", "title", "url", "snippet", "score", "matched", "start", "end", "page", "content_version",
    "tags", "created_at",
}  # fmt: skip


@pytest.fixture
def library(server: RunningServer, client: httpx.Client) -> dict[str, str]:
    """Two notes, ready; their ids by name."""
    return fill(server, client)


def search(client: httpx.Client, query: str, **body: object) -> dict[str, Any]:
    answer = client.post("/api/search", json={"query": query, **body})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_the_answer_is_what_the_contract_says(client: httpx.Client, library: dict[str, str]) -> None:
    found = search(client, "who built the lighthouse?")
    assert set(found) >= {"results", "total", "query_type", "took_ms", "degraded"}
    assert found["query_type"] == "question"
    assert found["degraded"] is None
    assert found["took_ms"] > 0
    best = found["results"][0]
    assert set(best) >= RESULT_FIELDS
    assert best["item_id"] == library["lighthouse"]
    assert best["matched"] == ["keyword", "semantic"]
    assert best["tags"][0] == "sea"
    assert "<mark>lighthouse</mark>" in best["snippet"]
    text = get(client, best["item_id"])["content_text"]
    assert "lighthouse" in text[best["start"] : best["end"]]
    assert best["content_version"] == 1


def test_found_by_meaning_without_a_common_word(client: httpx.Client, library: dict[str, str]) -> None:
    (first, *_) = search(client, "baking a loaf", mode="semantic")["results"]
    assert (first["item_id"], first["matched"]) == (library["bread"], ["semantic"])
    assert search(client, "baking a loaf", mode="keyword")["results"] == []


def test_filters_operators_pages_and_facets(client: httpx.Client, library: dict[str, str]) -> None:
    assert [r["item_id"] for r in search(client, "oil tag:kitchen", mode="keyword")["results"]] == []
    for filters in ({"tag": "sea"}, {"tags": ["sea"]}, {"item_ids": [library["lighthouse"]]}):
        found = search(client, "lamp oil dough", filters=filters)
        assert [result["item_id"] for result in found["results"]] == [library["lighthouse"]]
        assert found["query_type"] == "filtered"
    found = search(client, "", facets=True, limit=1)
    assert (len(found["results"]), found["total"]) == (1, 2)
    assert found["facets"]["kind"] == {"note": 2}
    assert found["facets"]["tag"]["sea"] == 1
    assert len(search(client, "", offset=1)["results"]) == 1
    assert search(client, "", filters={"created_after": "2999-01-01T00:00:00Z"})["total"] == 0


def test_changes_show_at_once(client: httpx.Client, library: dict[str, str]) -> None:
    item = f"/api/items/{library['bread']}"
    client.put(item, json={"title": "Pumpernickel", "tags": ["westphalia"]}).raise_for_status()
    for word in ("pumpernickel", "westphalia", "tag:westphalia"):
        assert [r["item_id"] for r in search(client, word, mode="keyword")["results"]] == [library["bread"]], word
    client.delete(item).raise_for_status()
    assert library["bread"] not in [r["item_id"] for r in search(client, "rye sourdough")["results"]]
    client.post(f"{item}/restore").raise_for_status()
    assert search(client, "rye sourdough")["results"][0]["item_id"] == library["bread"]
    client.delete(item, params={"permanent": "true"}).raise_for_status()
    assert library["bread"] not in [r["item_id"] for r in search(client, "rye sourdough")["results"]]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"query": 1},
        {"query": "x", "limit": 0},
        {"query": "x", "limit": 101},
        {"query": "x", "offset": -1},
        {"query": "x", "mode": "magic"},
        {"query": "x", "group_by": "author"},
        {"query": "x", "filters": {"kind": "spaceship"}},
        {"query": "x", "filters": {"unknown": 1}},
        {"query": "x", "filters": {"created_after": "someday"}},
    ],
)
def test_what_is_refused(client: httpx.Client, body: dict[str, object]) -> None:
    refused(client.post("/api/search", json=body), 422, "validation_error")


def test_hostile_words_never_fail(client: httpx.Client, library: dict[str, str], shared: Path) -> None:
    strings = json.loads((shared / "data/hostile/naughty-strings.json").read_text(encoding="utf-8"))
    for one in strings[::4]:
        body = json.dumps({"query": one, "filters": {"tags": [one[:100]], "site": one[:100]}})
        for content in (body, json.dumps({"query": one})):
            answer = client.post("/api/search", content=content, headers={"Content-Type": "application/json"})
            assert answer.status_code in (200, 422), (one, answer.text)
        assert client.get("/api/search/suggestions", params={"q": one[:400]}).status_code == 200


def test_half_a_surrogate_pair_never_fails(client: httpx.Client, library: dict[str, str]) -> None:
    for body in (r'{"query": "\ud800"}', r'{"query": "x", "filters": {"tags": ["\ud800"]}}'):
        answer = client.post("/api/search", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (200, 422)
    answer = client.post(
        "/api/embeddings", content=r'{"input": ["\ud800"]}', headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in (200, 422)


def test_suggestions_and_history(client: httpx.Client, library: dict[str, str]) -> None:
    def suggest(typed: str) -> list[tuple[str, str]]:
        answer = client.get("/api/search/suggestions", params={"q": typed}).raise_for_status().json()
        return [(one["text"], one["type"]) for one in answer["suggestions"]]

    assert ("Skerry Point", "title") in suggest("skerr")
    assert ("kitchen", "tag") in suggest("kit")
    assert ("lighthouse", "term") in suggest("lighth")
    assert ("lighthouse", "spelling") in suggest("lighthuose")
    search(client, "colza oil")
    deadline = time.monotonic() + 10  # what was searched for is noted once the answer is out
    while ("colza oil", "history") not in suggest("colza"):
        assert time.monotonic() < deadline
    assert suggest("")[0] == ("colza oil", "history")
    refused(client.get("/api/search/suggestions", params={"limit": 0}), 422, "validation_error")


def test_explain(client: httpx.Client, library: dict[str, str]) -> None:
    answer = client.get("/api/search/explain", params={"query": "Who built the lighthuose?"}).raise_for_status().json()
    assert answer["corrections"] == {"lighthuose": "lighthouse"}
    assert answer["terms"] == ["built", "lighthuose", "lighthouse"]
    assert answer["passages"][0]["item_id"] == library["lighthouse"]
    assert answer["passages"][0]["bm25"] > 0
    assert 0 < answer["passages"][0]["cosine"] <= 1


def test_changes_of_saved_searches_are_told(client: httpx.Client) -> None:
    def told(lines: Iterator[str]) -> None:
        assert any(line == "event: searches.updated" for line in lines)

    with client.stream("GET", "/api/events", timeout=30) as stream:
        lines = stream.iter_lines()
        assert "connected" in next(lines)
        made = client.post("/api/searches", json={"name": "Tides", "request": {"query": "tides"}}).json()
        told(lines)
        client.put(f"/api/searches/{made['id']}", json={"name": "Ebb", "request": {"query": "ebb"}})
        told(lines)
        undo(client, client.delete(f"/api/searches/{made['id']}").headers["X-Undo-Id"])
        told(lines)
        told(lines)
        assert client.delete(f"/api/searches/{made['id']}").status_code == 204


def test_saved_searches(client: httpx.Client) -> None:
    body = {"name": "Ships", "request": {"query": "ship tag:sea", "mode": "keyword"}}
    created = client.post("/api/searches", json=body)
    assert created.status_code == 201
    saved = created.json()
    assert saved.pop("undo_id")
    assert saved["request"]["query"] == "ship tag:sea"
    path = f"/api/searches/{saved['id']}"
    assert client.get(path).json() == saved
    assert client.get("/api/searches").json()["items"] == [saved]
    renamed = client.put(path, json={**body, "name": "Boats"}).json()
    assert (renamed["name"], renamed["created_at"]) == ("Boats", saved["created_at"])
    assert client.delete(path).status_code == 204
    for answer in (client.get(path), client.put(path, json=body), client.delete(path)):
        refused(answer, 404, "search_not_found")
    assert client.get("/api/searches").json() == {"items": [], "next_cursor": None, "total": 0}
    refused(client.post("/api/searches", json={"name": "", "request": {"query": "x"}}), 422, "validation_error")


def test_embeddings(client: httpx.Client) -> None:
    answer = client.post("/api/embeddings", json={"input": ["one text", "another"]}).raise_for_status().json()
    assert (answer["dimension"], len(answer["embeddings"])) == (384, 2)
    assert sum(value * value for value in answer["embeddings"][0]) == pytest.approx(1, abs=1e-3)
    assert len(client.post("/api/embeddings", json={"input": "one text"}).json()["embeddings"]) == 1
    refused(client.post("/api/embeddings", json={"input": []}), 422, "validation_error")


def test_without_a_model_words_alone_answer(tmp_path: Path) -> None:
    no_model = tmp_path / "no-model"
    no_model.mkdir()
    with ServerThread(data_dir=tmp_path / "data", model_dir=no_model) as server, server.client() as client:
        body = {"content": "Caraway seeds go into the dough.", "content_type": "text/plain"}
        item_id = client.post("/api/items", json=body).raise_for_status().json()["id"]
        asyncio.run_coroutine_threadsafe(_settled(server, item_id), server.loop).result(60)
        for mode in ("auto", "hybrid", "semantic"):
            found = search(client, "caraway", mode=mode)
            assert [result["item_id"] for result in found["results"]] == [item_id]
            assert found["degraded"] == "keyword_only"
        assert search(client, "caraway", mode="keyword")["degraded"] is None
        refused(client.post("/api/embeddings", json={"input": "x"}), 503, "ai_provider_unavailable")


def test_an_item_that_waits_for_its_page_is_found_by_its_title(server: RunningServer, client: httpx.Client) -> None:
    body = {"url": "https://cortex-test.invalid/page", "title": "Zephyr"}
    item_id = client.post("/api/items", json=body).raise_for_status().json()["id"]
    asyncio.run_coroutine_threadsafe(_settled(server, item_id), server.loop).result(60)
    (result,) = search(client, "zephyr")["results"]
    assert (result["item_id"], result["chunk_id"], result["start"]) == (item_id, None, None)


async def _settled(server: RunningServer, item_id: str) -> None:
    """Until the item waits, for a model or for the network."""
    with server.application.events.subscribe() as changes:
        if (await server.application.items.get(item_id)).status == "waiting":
            return
        async for _ in changes:
            if (await server.application.items.get(item_id)).status == "waiting":
                return


def test_a_language_model_helps_where_little_is_found_and_only_when_asked(
    server: RunningServer, client: httpx.Client, library: dict[str, str]
) -> None:
    model = FakeChatModel(lambda _: '{"queries": ["lighthouse"]}')
    server.application.intelligence.models.use(model)
    plain = search(client, "pharos constructor")
    assert (plain["enhanced"], plain["also_searched"], model.requests) == (None, [], [])
    helped = search(client, "pharos constructor", enhance=True)
    assert (helped["enhanced"], helped["also_searched"]) == ("expanded", ["lighthouse"])
    assert helped["results"][0]["item_id"] == library["lighthouse"]
    assert helped["query_type"] == plain["query_type"] == "simple"


def test_a_key_that_may_not_chat_asks_no_language_model(server: RunningServer, client: httpx.Client) -> None:
    made = client.post("/api/auth/keys", json={"name": "extension", "scope": "companion"}).raise_for_status().json()
    headers = {"Authorization": f"Bearer {made['key']}"}
    model = FakeChatModel(lambda _: '{"queries": ["lighthouse"]}')
    server.application.intelligence.models.use(model)
    body = {"query": "pharos constructor"}
    assert client.post("/api/search", json=body, headers=headers).status_code == 200
    answer = client.post("/api/search", json={**body, "enhance": True}, headers=headers)
    assert (answer.status_code, answer.json()["error"], model.requests) == (403, "forbidden", [])
