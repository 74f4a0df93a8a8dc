"""Which models the owner chooses, and where keys are kept: never to be read again, and only for one place."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.api.library import refused, undo
from tests.conftest import RunningServer, ServerThread

KEY = "sk-canary-4f1d0c7e9b2a"
CLOUD = {"model": "anthropic/claude-sonnet-4-5", "api_key": KEY}


def get(client: httpx.Client) -> dict[str, Any]:
    answer = client.get("/api/settings/ai")
    assert answer.status_code == 200, answer.text
    settings: dict[str, Any] = answer.json()
    return settings


def put(client: httpx.Client, **body: object) -> dict[str, Any]:
    answer = client.put("/api/settings/ai", json=body)
    assert answer.status_code == 200, answer.text
    settings: dict[str, Any] = answer.json()
    return settings


def test_everything_that_can_be_chosen_is_stored_and_undone(client: httpx.Client) -> None:
    before = get(client)
    assert (before["provider"], before["cloud"]) == ("auto", {"model": None, "api_base": None, "api_key": "unset"})
    chosen: dict[str, Any] = {
        "provider": "hybrid",
        "ollama_host": "http://127.0.0.1:11500",
        "chat_model": "qwen3:4b",
        "fallbacks": [
            {"provider": "ollama", "model": "qwen3:1.7b"},
            {"provider": "cloud", "model": "openai/gpt-5-mini"},
        ],
        "remote_hosts": ["nas.home:11434", "ollama.com"],
        "keep_alive": "30m",
        "preload": True,
        "thinking": True,
    }
    changed = put(client, **chosen, cloud={"model": "anthropic/claude-sonnet-4-5"})
    shown = {**chosen, "fallbacks": [{**one, "api_key": None} for one in chosen["fallbacks"]]}
    shown["fallbacks"][1]["api_key"] = "unset"
    assert {name: changed[name] for name in chosen} == shown
    assert changed["cloud"]["model"] == "anthropic/claude-sonnet-4-5"
    again = get(client)
    assert {name: again[name] for name in again} == {name: changed[name] for name in again}
    undo(client, changed["undo_id"])
    assert get(client) == before


def test_what_is_chosen_outlives_a_restart(tmp_path: Path) -> None:
    for visit in range(2):
        with ServerThread(data_dir=tmp_path / "data") as running, running.client() as http:
            if visit == 0:
                put(http, provider="cloud", cloud=CLOUD, fallbacks=[{"provider": "ollama", "model": "qwen3:4b"}])
            shown = get(http)
            assert shown["cloud"] == {"model": "anthropic/claude-sonnet-4-5", "api_base": None, "api_key": "set"}
            assert [one["model"] for one in shown["fallbacks"]] == ["qwen3:4b"]
            assert [one["name"] for one in shown["in_use"]] == ["anthropic/claude-sonnet-4-5"]


def test_openai_is_an_alias_that_needs_no_prefix(client: httpx.Client) -> None:
    changed = put(client, provider="openai", cloud={"model": "gpt-5-mini", "api_key": KEY})
    assert (changed["provider"], changed["cloud"]["model"]) == ("openai", "openai/gpt-5-mini")
    assert [(one["name"], one["local"], one["place"]) for one in changed["in_use"]] == [
        ("openai/gpt-5-mini", False, "api.openai.com")
    ]


def test_a_key_can_never_be_read_again(server: RunningServer, caplog: pytest.LogCaptureFixture) -> None:
    with server.client() as http, caplog.at_level(logging.DEBUG):
        changed = http.put("/api/settings/ai", json={"provider": "cloud", "cloud": CLOUD})
        assert changed.json()["cloud"]["api_key"] == "set"
        undone = http.post(f"/api/undo/{changed.json()['undo_id']}")
        again = http.put("/api/settings/ai", json={"provider": "cloud", "cloud": CLOUD})
        bad = http.put("/api/settings/ai", json={"cloud": {"api_key": KEY, "model": 5}, "unknown": KEY[:0] or 1})
        assert bad.status_code == 422
        answers = [changed, undone, again, bad, *(http.get(path) for path in ("/api/settings/ai", "/api/settings"))]
        answers += [http.get("/api/health/detailed"), http.get("/api/privacy/ledger"), http.get("/openapi.json")]
        assert not [answer.url for answer in answers if KEY in answer.text]
    kept = [
        path for path in server.settings.data_dir.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()
    ]
    assert [path.name for path in kept] in ([], ["secrets.json"]), "the keyring, else a file for the owner alone"
    assert all(path.stat().st_mode & 0o077 == 0 for path in kept)
    assert KEY not in caplog.text


def test_a_key_belongs_to_its_place(client: httpx.Client) -> None:
    """Row 33: another address or another service never gets the key of the one before."""
    put(client, provider="cloud", cloud=CLOUD)
    assert put(client, cloud={"model": "anthropic/claude-haiku-4-5"})["cloud"]["api_key"] == "set", "the same place"
    assert put(client, cloud={"api_base": "https://elsewhere.example/v1"})["cloud"]["api_key"] == "unset"
    assert put(client, cloud={"api_base": None})["cloud"]["api_key"] == "unset", "it was forgotten, not hidden"
    assert put(client, cloud={"api_key": KEY})["cloud"]["api_key"] == "set"
    assert put(client, cloud={"model": "openai/gpt-5-mini"})["cloud"]["api_key"] == "unset"
    both = put(client, cloud={"model": "mistral/mistral-small-latest", "api_key": KEY})
    assert both["cloud"]["api_key"] == "set"
    assert put(client, cloud={"api_key": "set"})["cloud"]["api_key"] == "set", "read back and sent again"
    assert put(client, cloud={"api_key": None})["cloud"]["api_key"] == "unset"


def test_undoing_brings_no_key_back(client: httpx.Client) -> None:
    put(client, provider="cloud", cloud=CLOUD)
    moved = put(client, cloud={"model": "openai/gpt-5-mini", "api_key": "sk-other"})
    undo(client, moved["undo_id"])
    shown = get(client)["cloud"]
    assert (shown["model"], shown["api_key"]) == ("anthropic/claude-sonnet-4-5", "unset")
    assert put(client, cloud={"model": "openai/gpt-5-mini"})["cloud"]["api_key"] == "unset", (
        "nor one that was left over"
    )


def test_a_fallback_has_a_key_of_its_own(client: httpx.Client) -> None:
    fallback = {"provider": "cloud", "model": "mistral/mistral-small-latest"}
    changed = put(client, provider="cloud", cloud=CLOUD, fallbacks=[{**fallback, "api_key": "sk-mistral"}])
    assert [one["name"] for one in changed["in_use"]] == [
        "anthropic/claude-sonnet-4-5",
        "mistral/mistral-small-latest",
    ]
    assert put(client, fallbacks=[fallback])["fallbacks"][0]["api_key"] == "set"
    assert put(client, fallbacks=[])["fallbacks"] == []
    assert put(client, fallbacks=[fallback])["fallbacks"][0]["api_key"] == "unset"


def test_a_compatible_server_needs_neither_prefix_nor_key(client: httpx.Client) -> None:
    cloud = {"model": "qwen/qwen3-4b", "api_base": "http://127.0.0.1:1234/v1"}
    changed = put(client, provider="cloud", cloud=cloud)
    assert [(one["model"], one["local"], one["place"]) for one in changed["in_use"]] == [
        ("qwen/qwen3-4b", True, "127.0.0.1:1234")
    ]


def test_what_is_missing_is_said(client: httpx.Client) -> None:
    notes = put(client, provider="cloud", cloud={"model": "gemini/gemini-2.5-flash"})["notes"]
    assert "no key for generativelanguage.googleapis.com" in notes[0]
    hybrid = put(client, provider="hybrid", cloud={"model": None})
    assert any("no cloud model is set" in note for note in hybrid["notes"])
    part = client.get("/api/health/detailed").json()["dependencies"]["language_model"]
    assert part["status"] == "unavailable"


@pytest.mark.parametrize(
    "body",
    [
        {"provider": "cloud"},
        {"provider": "openai"},
        {"provider": "openai", "cloud": {"model": "anthropic/claude-sonnet-4-5"}},
        {"cloud": {"model": "nonsense/model", "api_key": KEY}},
        {"cloud": {"model": "claude-sonnet-4-5", "api_key": KEY}},
        {"cloud": {"model": "m", "api_base": "http://someone:secret@example.com/v1"}},
        {"cloud": {"model": "m", "api_base": "http://example.com/v1", "api_key": KEY}},
        {"cloud": {"model": "m", "api_base": "ftp://example.com"}},
        {"cloud": {"api_base": "not an address"}},
        {"cloud": {"api_key": KEY}},
        {"cloud": {"model": "openai/gpt-5-mini", "api_key": "two words"}},
        {"cloud": {"model": "openai/gpt-5-mini", "unknown": 1}},
        {"fallbacks": [{"provider": "cloud", "model": "nonsense/model"}]},
        {"fallbacks": [{"provider": "magic", "model": "x"}]},
        {"fallbacks": [{"provider": "ollama", "model": "x"}] * 11},
        {"remote_hosts": ["http://someone:secret@nas.home"]},
        {"remote_hosts": ["not a host"]},
        {"keep_alive": "for ever"},
        {"preload": "maybe"},
    ],
    ids=lambda body: json.dumps(body)[:60],
)
def test_an_invalid_choice_changes_nothing(client: httpx.Client, body: dict[str, Any]) -> None:
    before = get(client)
    error = refused(client.put("/api/settings/ai", json={"chat_model": "other", **body}), 422, "validation_error")
    assert KEY not in json.dumps(error)
    assert get(client) == before


def test_a_kept_key_does_not_get_onto_an_open_line(client: httpx.Client) -> None:
    put(client, provider="cloud", cloud={"model": "m", "api_base": "http://example.com/v1"})
    refused(client.put("/api/settings/ai", json={"cloud": {"api_key": KEY}}), 422, "validation_error")
    assert get(client)["cloud"]["api_key"] == "unset"


def test_nobody_else_can_name_an_address_for_models(client: httpx.Client) -> None:
    """Row 33: `api_base` in any other body is ignored or refused."""
    put(client, provider="embedded")
    bodies: dict[str, dict[str, object]] = {
        "/api/embeddings": {"input": ["x"]},
        "/api/conversations": {"title": "x"},
        "/api/items": {"content": "x", "content_type": "text/plain"},
    }
    for path, body in bodies.items():
        answer = client.post(path, json={**body, "api_base": "http://127.0.0.1:1", "cloud": {"api_base": "http://x"}})
        assert answer.status_code in (200, 201, 422), answer.text
    assert get(client)["cloud"]["api_base"] is None
