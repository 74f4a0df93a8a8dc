"""`/openapi.json` is the full truth: it names every route, every answer, and what goes in headers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.api.contract.conftest import Library

CALLS = """
POST /api/items, POST /api/items/upload, GET /api/items, GET /api/items/{item_id}, PUT /api/items/{item_id},
DELETE /api/items/{item_id}, POST /api/items/{item_id}/restore, POST /api/items/bulk, POST /api/undo/{undo_id},
GET /api/items/{item_id}/original, GET /api/items/{item_id}/assets/{name}, GET /api/items/lookup,
POST /api/search, GET /api/search/suggestions, GET /api/search/explain,
GET /api/searches, POST /api/searches, GET /api/searches/{search_id}, PUT /api/searches/{search_id},
DELETE /api/searches/{search_id},
POST /api/conversations, GET /api/conversations, GET /api/conversations/{conversation_id},
PUT /api/conversations/{conversation_id}, DELETE /api/conversations/{conversation_id},
POST /api/conversations/{conversation_id}/messages,
PUT /api/conversations/{conversation_id}/messages/{message_id},
DELETE /api/conversations/{conversation_id}/messages/{message_id},
POST /api/conversations/{conversation_id}/messages/{message_id}/regenerate,
GET /api/events, GET /api/processing/queue, POST /api/processing/retry, POST /api/processing/pause,
POST /api/processing/resume, GET /api/settings, PUT /api/settings, GET /api/settings/ai, PUT /api/settings/ai,
GET /api/health, GET /api/health/detailed, POST /api/embeddings, GET /api/privacy/ledger, GET /metrics,
GET /api/tags, PUT /api/tags/{name}, DELETE /api/tags/{name},
GET /api/collections, POST /api/collections, GET /api/collections/{collection_id},
PUT /api/collections/{collection_id}, DELETE /api/collections/{collection_id},
POST /api/auth/tickets, POST /api/auth/sessions, GET /api/auth/sessions, DELETE /api/auth/sessions/{session_id},
POST /api/auth/keys, GET /api/auth/keys, DELETE /api/auth/keys/{key_id}, GET /api/auth/proof
"""
ERROR = {"$ref": "#/components/schemas/ErrorBody"}


@pytest.fixture(scope="module")
def document(library: Library) -> dict[str, Any]:
    found: dict[str, Any] = library.client.get("/openapi.json").json()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_every_call_of_the_contract_is_in_it(document: dict[str, Any]) -> None:
    named = {" ".join(call.split()) for call in CALLS.split(",")}
    assert named - {name for name, _ in operations(document)} == set()


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(names) == len(set(names))
    assert [name for name, operation in operations(document) if not operation.get("description")] == []


def test_every_error_has_the_one_shape(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        for status, answer in operation["responses"].items():
            if status == "default" or int(status) >= 400:
                assert answer["content"]["application/json"]["schema"] == ERROR, f"{name} {status}"


def test_what_takes_parameters_can_answer_422(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        checked = [one for one in operation.get("parameters", []) if one["in"] == "query"]
        if (checked or "requestBody" in operation) and name != "POST /api/auth/sessions":
            assert "422" in operation["responses"], name


def test_every_write_takes_an_idempotency_key(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        headers = {one["name"] for one in operation.get("parameters", []) if one["in"] == "header"}
        is_write = not name.startswith(("GET", "HEAD")) and operation["security"]
        assert ("Idempotency-Key" in headers) == bool(is_write), name


def test_every_answer_without_a_body_says_its_undo_header(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        if "204" in operation["responses"] and "/auth/" not in name:
            assert "X-Undo-Id" in operation["responses"]["204"]["headers"], name


def test_every_answer_says_its_request_id(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        for status, answer in operation["responses"].items():
            assert "X-Request-ID" in answer["headers"], f"{name} {status}"
            assert ("Retry-After" in answer["headers"]) == (status in ("429", "503")), f"{name} {status}"
