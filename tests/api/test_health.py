"""Is it up, and what do errors look like?"""

from __future__ import annotations

import httpx
from tests.conftest import RunningServer


def test_health_needs_no_token_and_says_the_version(server: RunningServer) -> None:
    answer = httpx.get(f"{server.url}/api/health", trust_env=False)
    assert answer.status_code == 200
    assert answer.json() == {"status": "healthy", "version": "0.1.0"}
    assert httpx.get(f"{server.url}/health", trust_env=False).json() == answer.json()


def test_detailed_health_names_the_database(client: httpx.Client) -> None:
    body = client.get("/api/health/detailed").json()
    assert body["dependencies"]["database"]["status"] == "healthy"


def test_a_trailing_slash_makes_no_difference_and_no_redirect(client: httpx.Client) -> None:
    assert client.get("/api/health/").status_code == 200


def test_an_unknown_route_answers_in_the_error_shape(client: httpx.Client) -> None:
    answer = client.get("/api/nothing-here")
    assert answer.status_code == 404
    assert set(answer.json()) == {"error", "message", "details", "request_id"}
