"""api.md, "Processing, settings, health and the rest", as far as it belongs to the core."""

from __future__ import annotations

import math

import httpx
import pytest
from tests.api.contract.conftest import Library
from tests.api.library import refused, save, undo


def test_the_queue(library: Library) -> None:
    queue = library.client.get("/api/processing/queue").json()
    assert set(queue) >= {"pending", "processing", "failed", "paused", "items_per_minute", "items"}
    assert all(isinstance(queue[name], int) for name in ("pending", "processing", "failed"))
    by_id = {one["item_id"]: one for one in queue["items"]}
    failed, waiting = by_id[library.ids["broken.pdf"]], by_id[library.ids["waiting"]]
    for one in (failed, waiting):
        assert set(one) >= {
            "item_id", "title", "status", "stage", "progress", "attempts", "error", "next_attempt_at",
        }  # fmt: skip
    assert (failed["status"], failed["next_attempt_at"]) == ("failed", None)
    assert failed["error"]["message"]
    assert (waiting["status"], waiting["next_attempt_at"][-1]) == ("waiting", "Z")


def test_pause_and_resume(client: httpx.Client) -> None:
    client.post("/api/processing/pause").raise_for_status()
    assert client.get("/api/processing/queue").json()["paused"] is True
    client.post("/api/processing/resume").raise_for_status()
    assert client.get("/api/processing/queue").json()["paused"] is False


def test_retry_these_or_all_that_failed(library: Library) -> None:
    client = library.client
    client.post("/api/processing/pause").raise_for_status()
    try:
        named = client.post("/api/processing/retry", json={"item_ids": [library.ids["broken.pdf"], "item_none"]})
        assert named.json()["retried"] == 1
        assert library.item("broken.pdf")["status"] == "pending"
        assert client.post("/api/processing/retry").json()["retried"] == 0
    finally:
        client.post("/api/processing/resume").raise_for_status()


def test_settings(client: httpx.Client) -> None:
    assert "trash_days" in client.get("/api/settings").json()
    changed = client.put("/api/settings", json={"trash_days": 45}).json()
    assert (changed["trash_days"], client.get("/api/settings").json()["trash_days"]) == (45, 45)
    undo(client, changed["undo_id"])
    before = client.get("/api/settings").json()
    for invalid in ({"trash_days": 0}, {"trash_days": 40, "unknown": 1}, {"trash_days": "soon"}):
        refused(client.put("/api/settings", json=invalid), 422, "validation_error")
    assert client.get("/api/settings").json() == before


def test_settings_ai(client: httpx.Client) -> None:
    before = client.get("/api/settings/ai").json()
    assert before["provider"] == "auto"
    assert before["chat_model"] == "llama3.2:3b"
    assert before["embedding"]["provider"] == "embedded"
    assert before["ollama_host"].startswith("http")
    for provider in ("auto", "embedded", "ollama", "cloud", "openai", "hybrid"):
        body = {"provider": provider, "cloud": {"model": "openai/gpt-5-mini", "api_key": "sk-contract"}}
        changed = client.put("/api/settings/ai", json=body).json()
        assert changed["provider"] == provider
        assert changed["cloud"] == {"model": "openai/gpt-5-mini", "api_base": None, "api_key": "set"}
    client.put("/api/settings/ai", json={"provider": "auto", "cloud": {"model": None}}).raise_for_status()
    for invalid in ({"provider": "magic"}, {"chat_model": ""}, {"ollama_host": "not an address", "provider": "ollama"}):
        refused(client.put("/api/settings/ai", json=invalid), 422, "validation_error")
    assert client.get("/api/settings/ai").json() == before


@pytest.mark.parametrize("path", ["/api/health", "/health"])
def test_health_for_anybody(library: Library, path: str) -> None:
    with library.as_caller() as stranger:
        health = stranger.get(path).json()
    assert health["status"] in ("healthy", "degraded")
    assert set(health) == {"status", "version"}


def test_detailed_health_names_each_dependency(client: httpx.Client) -> None:
    health = client.get("/api/health/detailed").json()
    assert health["status"] == "healthy", health
    assert set(health["dependencies"]) >= {"database", "disk", "queue", "embedder"}
    for part in health["dependencies"].values():
        assert set(part) >= {"status", "latency_ms", "detail"}


@pytest.mark.parametrize("given", ["one text", ["one text", "another 🙂"]])
def test_embeddings(client: httpx.Client, given: object) -> None:
    answer = client.post("/api/embeddings", json={"input": given}).json()
    assert len(answer["embeddings"]) == (1 if isinstance(given, str) else len(list(given)))  # type: ignore[call-overload] # a list
    for vector in answer["embeddings"]:
        assert math.isclose(math.fsum(x * x for x in vector), 1, abs_tol=1e-3)
    refused(client.post("/api/embeddings", json={"input": []}), 422, "validation_error")


def test_tags_are_renamed_merged_with_a_preview_and_deleted(client: httpx.Client) -> None:
    for words, tag in (("One of two.", "first-of-two"), ("Two of two.", "second-of-two")):
        save(client, content=words, tags=[tag])
    listed = client.get("/api/tags", params={"q": "first-of"}).json()["items"]
    assert [(tag["name"], tag["count"]) for tag in listed] == [("first-of-two", 1)]
    merge = {"name": "second-of-two", "merge": True}
    preview = client.put("/api/tags/first-of-two", params={"preview": "true"}, json=merge).json()
    assert (preview["merged"], preview["items"], preview["undo_id"]) == (True, 1, None)
    assert client.put("/api/tags/first-of-two", json=merge).json()["undo_id"]
    assert client.get("/api/tags", params={"q": "second-of"}).json()["items"][0]["count"] == 2
    assert client.delete("/api/tags/second-of-two").headers["X-Undo-Id"]


def test_collections_are_nested(client: httpx.Client) -> None:
    outer = client.post("/api/collections", json={"name": "Outer"}).json()
    inner = client.post("/api/collections", json={"name": "Inner", "parent_id": outer["id"]}).json()
    assert inner["parent_id"] == outer["id"]
    path = f"/api/collections/{inner['id']}"
    assert client.put(path, json={"name": "Within"}).json()["name"] == "Within"
    assert client.get(path).json()["parent_id"] == outer["id"]
    assert client.delete(path).headers["X-Undo-Id"]


def test_the_privacy_ledger(client: httpx.Client) -> None:
    page = client.get("/api/privacy/ledger").json()
    assert set(page) >= {"items", "next_cursor", "total"}
    for connection in page["items"]:
        assert {"at", "host", "purpose", "item_id", "bytes_sent", "bytes_received"} <= set(connection)


def test_search_explain(client: httpx.Client) -> None:
    explained = client.get("/api/search/explain", params={"query": "lighthouse"}).json()
    assert {"query_type", "passages"} <= set(explained)


def test_metrics_are_prometheus_text(client: httpx.Client) -> None:
    metrics = client.get("/metrics")
    assert metrics.headers["content-type"].startswith("text/plain; version=")
    assert "# TYPE cortex_http_requests_total counter" in metrics.text
