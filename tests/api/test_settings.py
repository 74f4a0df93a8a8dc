"""What the owner chooses."""

from __future__ import annotations

import httpx
import pytest
from tests.api.library import refused, undo


def test_settings_are_read_and_changed(client: httpx.Client) -> None:
    before = client.get("/api/settings").json()
    assert before["trash_days"] == 30
    changed = client.put("/api/settings", json={"trash_days": 7}).json()
    assert changed["trash_days"] == 7
    assert client.get("/api/settings").json()["trash_days"] == 7
    undo(client, changed["undo_id"])
    assert client.get("/api/settings").json() == before


def test_ai_settings_are_read_and_changed(client: httpx.Client) -> None:
    before = client.get("/api/settings/ai").json()
    assert before["provider"] == "auto"
    assert before["embedding"]["provider"] == "embedded"
    body = {"provider": "embedded", "ollama_host": "http://127.0.0.1:11500", "chat_model": "other:1b"}
    changed = client.put("/api/settings/ai", json=body).json()
    assert {name: changed[name] for name in body} == body
    again = client.get("/api/settings/ai").json()
    assert {name: again[name] for name in body} == body
    assert client.put("/api/settings/ai", json={"provider": "auto"}).json()["chat_model"] == "other:1b"
    undo(client, changed["undo_id"])
    assert client.get("/api/settings/ai").json() == before


@pytest.mark.parametrize(
    "body",
    [
        {"provider": "nonsense", "chat_model": "other"},
        {"chat_model": "other", "ollama_host": "javascript:alert(1)"},
        {"chat_model": "other", "embedding": {"provider": "nonsense"}},
        {"chat_model": "other", "embedding": {"model": "another-model"}},
        {"chat_model": "other", "unknown": 1},
        {"chat_model": ""},
    ],
)
def test_an_invalid_ai_setting_changes_nothing(client: httpx.Client, body: dict[str, object]) -> None:
    before = client.get("/api/settings/ai").json()
    refused(client.put("/api/settings/ai", json=body), 422, "validation_error")
    assert client.get("/api/settings/ai").json() == before


@pytest.mark.parametrize("body", [{"trash_days": 0}, {"trash_days": "many"}, {"trash_days": 5, "unknown": 1}])
def test_an_invalid_setting_changes_nothing(client: httpx.Client, body: dict[str, object]) -> None:
    refused(client.put("/api/settings", json=body), 422, "validation_error")
    assert client.get("/api/settings").json()["trash_days"] == 30


def test_settings_are_the_owners(client: httpx.Client) -> None:
    key = client.post("/api/auth/keys", json={"name": "script", "scope": "write"}).json()["key"]
    for path in ("/api/settings", "/api/settings/ai"):
        headers = {"Authorization": f"Bearer {key}"}
        refused(client.get(path, headers=headers), 403, "forbidden")
        refused(client.put(path, json={}, headers=headers), 403, "forbidden")
