"""Every route declares what it takes to call it, or is a listed exemption; and the guard holds each to its word."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import httpx
import pytest
from tests.conftest import RunningServer, ServerThread
from tests.security.raw_http import handshake, request

from cortex.api.access import EXEMPTIONS, route_table
from cortex.api.interface import VIEWS
from cortex.config import load_settings
from cortex.main import create_app
from cortex.security.route_table import RouteRule
from cortex.security.scopes import Scope

RULES = route_table(create_app(load_settings(in_memory=True))).rules
CALLS = [(method, rule) for rule in RULES for method in sorted(rule.methods or ())]
GUARDED = [(method, rule) for method, rule in CALLS if rule.exemption is None]
SOCKETS = [rule for rule in RULES if rule.methods is None]


def _named(calls: list[tuple[str, RouteRule]]) -> list[str]:
    return [f"{method} {rule.path}" for method, rule in calls]


def _address(rule: RouteRule) -> str:
    """The route's path with something in the place of each parameter."""
    return re.sub(r"\{[^}]+\}", "x", rule.path)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with ServerThread(data_dir=tmp_path_factory.mktemp("library") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def anonymous(server: RunningServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, trust_env=False, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def keys(server: RunningServer) -> dict[Scope, str]:
    with server.client() as owner:
        return {
            scope: owner.post("/api/auth/keys", json={"name": scope.value, "scope": scope.value}).json()["key"]
            for scope in Scope
        }


def test_every_route_declares_its_scope_or_is_exempt_with_a_reason() -> None:
    undeclared = [f"{rule.methods} {rule.path}" for rule in RULES if not rule.declared and rule.exemption is None]
    assert undeclared == [], "add @requires(Scope.…) below the route's decorator"
    assert [rule.path for rule in RULES if rule.declared and rule.exemption] == [], "either a scope or an exemption"


def test_every_exemption_is_of_a_route_that_exists_and_says_why() -> None:
    paths = {rule.path for rule in RULES if rule.exemption}
    assert {exemption.path for exemption in EXEMPTIONS} == paths
    assert all(len(exemption.reason) > 10 for exemption in EXEMPTIONS)


def test_no_exempt_route_reads_the_library() -> None:
    assert {f"{method} {rule.path}" for method, rule in CALLS if rule.exemption} == {
        *(f"GET {view}" for view in VIEWS),
        "GET /assets/{name}",
        "GET /favicon.svg",
        "GET /ui/{name}",
        "GET /docs",
        "GET /docs/{name}",
        "GET /openapi.json",
        "HEAD /openapi.json",
        "GET /health",
        "GET /api/health",
        "GET /api/auth/proof",
        "POST /api/auth/sessions",
    }


@pytest.mark.parametrize(("method", "rule"), GUARDED, ids=_named(GUARDED))
def test_row_7_no_route_without_a_token(anonymous: httpx.Client, method: str, rule: RouteRule) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic d3Jvbmc="}):
        for content in (None, b"{", b'{"ids": []}'):
            json_type = {"Content-Type": "application/json"} if content else {}
            answer = anonymous.request(method, _address(rule), headers=headers | json_type, content=content)
            assert answer.status_code == 401, f"{method} {rule.path} with {headers}"
            if method != "HEAD":
                assert set(answer.json()) == {"error", "message", "details", "request_id"}


@pytest.mark.parametrize("rule", SOCKETS, ids=[rule.path for rule in SOCKETS])
def test_row_7_no_websocket_without_a_token(server: RunningServer, rule: RouteRule) -> None:
    assert handshake(server, _address(rule)).status == 401
    assert handshake(server, _address(rule), "Authorization: Bearer wrong").status == 401


@pytest.mark.parametrize(("method", "rule"), GUARDED, ids=_named(GUARDED))
def test_a_key_of_too_small_a_scope_is_refused(
    server: RunningServer, keys: dict[Scope, str], method: str, rule: RouteRule
) -> None:
    for scope, key in keys.items():
        if not rule.access.admits(scope):
            answer = request(server, method, _address(rule), token=key)
            assert answer.status == 403, f"{scope.value} on {method} {rule.path}"


def test_the_document_names_every_guarded_route_and_asks_for_a_token(anonymous: httpx.Client) -> None:
    document = anonymous.get("/openapi.json").json()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            (rule,) = [
                rule
                for rule in RULES
                if rule.path.replace(":path}", "}") == path and method.upper() in (rule.methods or ())
            ]
            assert bool(operation["security"]) == (rule.exemption is None), f"{method} {path}"
            for status in ("401", "403") if rule.exemption is None else ("403",):
                schema = operation["responses"][status]["content"]["application/json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/ErrorBody"}
    assert json.dumps(document).count("HTTPValidationError") == 0


ROW_13 = {
    Scope.capture: (
        ("DELETE", "/api/items/x"),
        ("GET", "/api/items"),
        ("GET", "/api/auth/keys"),
        ("POST", "/api/search"),
        ("POST", "/api/conversations"),
        ("GET", "/api/settings"),
        ("GET", "/api/export"),
    ),
    Scope.companion: (
        ("DELETE", "/api/items/x"),
        ("GET", "/api/settings"),
        ("GET", "/api/export"),
        ("POST", "/api/conversations"),
        ("GET", "/api/auth/keys"),
    ),
    Scope.read: (("POST", "/api/items"), ("DELETE", "/api/items/x"), ("PUT", "/api/settings")),
    Scope.write: (("GET", "/api/auth/keys"), ("PUT", "/api/settings"), ("POST", "/api/backup")),
}


@pytest.mark.parametrize("scope", ROW_13, ids=lambda scope: scope.value)
def test_row_13_what_narrow_keys_may_not(server: RunningServer, keys: dict[Scope, str], scope: Scope) -> None:
    for method, path in ROW_13[scope]:
        answer = request(server, method, path, token=keys[scope])
        assert answer.status == 403, f"{scope.value} on {method} {path}"
        assert json.loads(answer.body)["error"] == "forbidden"
