"""Signing in, sessions, tickets, API keys and the proof, as requests and answers."""

from __future__ import annotations

import base64
import hashlib
import hmac

import httpx
from tests.conftest import RunningServer


def _anonymous(server: RunningServer) -> httpx.Client:
    return httpx.Client(base_url=server.url, trust_env=False, timeout=30)


def _sign_in(client: httpx.Client, browser: httpx.Client) -> dict[str, str]:
    ticket = client.post("/api/auth/tickets", json={}).json()["ticket"]
    answer = browser.post("/api/auth/sessions", json={"ticket": ticket})
    assert answer.status_code == 200, answer.text
    signed_in: dict[str, str] = answer.json()
    return signed_in


def test_health_needs_no_token_and_everything_else_does(server: RunningServer) -> None:
    with _anonymous(server) as http:
        assert http.get("/api/health").status_code == 200
        assert http.get("/health").status_code == 200
        refused = http.get("/api/health/detailed", headers={"X-Request-ID": "mine-1"})
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == "Bearer"
        body = refused.json()
        assert set(body) == {"error", "message", "details", "request_id"}
        assert (body["error"], body["request_id"], refused.headers["x-request-id"]) == (
            "unauthorized",
            "mine-1",
            "mine-1",
        )


def test_a_401_wins_over_a_422_and_a_404(server: RunningServer) -> None:
    with _anonymous(server) as http:
        json = {"Content-Type": "application/json"}
        assert http.post("/api/auth/keys", content=b"{not json", headers=json).status_code == 401
        assert http.post("/api/auth/keys", json={}).status_code == 401
        assert http.get("/api/no-such-route").status_code == 401


def test_an_unsane_request_id_is_replaced(client: httpx.Client) -> None:
    for offered in ("a b", "x" * 200, "{evil}", ""):
        answer = client.get("/api/health", headers={"X-Request-ID": offered})
        assert answer.headers["x-request-id"].startswith("req_")


def test_every_answer_carries_the_security_headers(client: httpx.Client) -> None:
    for path in ("/api/health", "/api/no-such-route", "/api/auth/keys"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert "origin" in headers["vary"].lower()
        assert "server" not in headers


def test_a_ticket_signs_a_browser_in_once(server: RunningServer, client: httpx.Client) -> None:
    with _anonymous(server) as browser:
        ticket = client.post("/api/auth/tickets", json={"purpose": "session"}).json()["ticket"]
        first = browser.post("/api/auth/sessions", json={"ticket": ticket})
        assert first.status_code == 200
        cookie = first.headers["set-cookie"]
        assert cookie.startswith(f"cortex_session_{server.port}=")
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert server.token not in cookie
        assert first.json()["secret"] not in cookie
        assert browser.post("/api/auth/sessions", json={"ticket": ticket}).status_code == 401


def test_a_session_needs_both_halves(server: RunningServer, client: httpx.Client) -> None:
    with _anonymous(server) as browser, _anonymous(server) as other:
        secret = _sign_in(client, browser)["secret"]
        other_secret = _sign_in(client, other)["secret"]
        both = browser.get("/api/health/detailed", headers={"X-Cortex-Session": secret})
        assert both.status_code == 200
        assert browser.get("/api/health/detailed").status_code == 401, "the cookie alone"
        assert browser.get("/api/health/detailed", headers={"X-Cortex-Session": other_secret}).status_code == 401
        with _anonymous(server) as stolen:
            assert stolen.get("/api/health/detailed", headers={"X-Cortex-Session": secret}).status_code == 401


def test_the_cookie_alone_opens_originals_and_assets_from_the_page_itself_only(
    server: RunningServer, client: httpx.Client
) -> None:
    with _anonymous(server) as browser:
        _sign_in(client, browser)
        own = {"Sec-Fetch-Site": "same-origin"}
        for path in ("/api/items/item_x/original", "/api/items/item_x/assets/a.png"):
            assert browser.get(path, headers=own).status_code == 404, "let in, and nothing there"
            assert browser.get(path).status_code == 401
            assert browser.get(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 401
            assert browser.get(path, headers={"Sec-Fetch-Site": "same-site"}).status_code == 401
            assert browser.delete(path, headers=own).status_code == 401
        assert browser.get("/api/items/item_x", headers=own).status_code == 401
        assert browser.get("/api/health/detailed", headers=own).status_code == 401


def test_sessions_are_listed_and_revoked(server: RunningServer, client: httpx.Client) -> None:
    with _anonymous(server) as browser:
        signed_in = _sign_in(client, browser)
        browser.headers["X-Cortex-Session"] = signed_in["secret"]
        (listed,) = browser.get("/api/auth/sessions").json()["items"]
        assert (listed["id"], listed["current"]) == (signed_in["id"], True)
        assert "secret" not in str(listed)
        assert client.delete(f"/api/auth/sessions/{signed_in['id']}").status_code == 204
        assert browser.get("/api/auth/sessions").status_code == 401
        assert client.delete(f"/api/auth/sessions/{signed_in['id']}").json()["error"] == "session_not_found"


def test_keys_are_shown_once_stored_as_hashes_and_revoked(server: RunningServer, client: httpx.Client) -> None:
    made = client.post("/api/auth/keys", json={"name": "script", "scope": "read"}).json()
    with httpx.Client(
        base_url=server.url, headers={"Authorization": f"Bearer {made['key']}"}, trust_env=False
    ) as script:
        assert script.get("/api/health/detailed").status_code == 200
        assert script.get("/api/auth/keys").status_code == 403
        (listed,) = client.get("/api/auth/keys").json()["items"]
        assert listed["last_used_at"] is not None
        assert made["key"] not in str(listed)
        assert client.delete(f"/api/auth/keys/{made['id']}").status_code == 204
        assert script.get("/api/health/detailed").status_code == 401
    stored = b"".join(path.read_bytes() for path in server.settings.data_dir.rglob("cortex.db*"))
    assert b"script" in stored
    assert made["key"].encode() not in stored
    assert server.token.encode() not in stored


def test_a_key_asks_for_stream_tickets_but_signs_no_browser_in(server: RunningServer, client: httpx.Client) -> None:
    key = client.post("/api/auth/keys", json={"name": "k", "scope": "read"}).json()["key"]
    with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {key}"}, trust_env=False) as script:
        assert script.post("/api/auth/tickets", json={"purpose": "stream"}).status_code == 200
        assert script.post("/api/auth/tickets", json={"purpose": "session"}).status_code == 403


def test_an_event_stream_opens_with_a_ticket_of_its_own_once(server: RunningServer, client: httpx.Client) -> None:
    ticket = client.post("/api/auth/tickets", json={"purpose": "stream"}).json()["ticket"]
    with _anonymous(server) as browser:
        assert browser.post("/api/auth/sessions", json={"ticket": ticket}).status_code == 401, "another purpose"
        ticket = client.post("/api/auth/tickets", json={"purpose": "stream"}).json()["ticket"]
        assert browser.get("/api/health/detailed", params={"ticket": ticket}).status_code == 401, "not a stream"
        with browser.stream("GET", "/api/events", params={"ticket": ticket}) as stream:
            assert stream.status_code == 200
        with browser.stream("GET", "/api/events", params={"ticket": ticket}) as stream:
            assert stream.status_code == 401


def test_the_proof_is_the_hmac_of_the_contract(server: RunningServer) -> None:
    nonce = "abcdefghijklmnop-_0123"
    with _anonymous(server) as http:
        answer = http.get("/api/auth/proof", params={"nonce": nonce, "key_id": "owner"}).json()
    owner_key = hmac.digest(server.token.encode(), b"cortex-owner-proof-v1", "sha256")
    message = f"cortex-proof-v1|http://127.0.0.1:{server.port}|owner|{nonce}".encode()
    expected = base64.urlsafe_b64encode(hmac.new(owner_key, message, hashlib.sha256).digest()).rstrip(b"=").decode()
    assert answer["proof"] == expected


def test_the_proof_takes_sane_nonces_and_known_keys_only(server: RunningServer) -> None:
    with _anonymous(server) as http:
        for nonce in ("short", "x" * 129, "with|separator|in|it", "ümlaut-ümlaut-ümlaut"):
            assert http.get("/api/auth/proof", params={"nonce": nonce}).status_code == 422
        unknown = http.get("/api/auth/proof", params={"nonce": "a" * 20, "key_id": "key_unknown"})
        assert unknown.json()["error"] == "key_not_found"


def test_proofs_are_limited_with_the_time_to_wait(server: RunningServer) -> None:
    with _anonymous(server) as http:
        for _ in range(400):
            answer = http.get("/api/auth/proof", params={"nonce": "a" * 20})
            if answer.status_code == 429:
                break
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) >= 1
        assert answer.json()["error"] == "rate_limited"


def test_guessing_tickets_is_limited_and_locks_nobody_out(server: RunningServer, client: httpx.Client) -> None:
    with _anonymous(server) as http:
        statuses = [http.post("/api/auth/sessions", json={"ticket": f"guess-{n}"}).status_code for n in range(80)]
        assert statuses[0] == 401
        assert 429 in statuses
        assert _sign_in(client, http)["secret"], "a good ticket still works"


def test_guessing_tokens_is_limited_and_locks_nobody_out(server: RunningServer, client: httpx.Client) -> None:
    with _anonymous(server) as http:
        for guess in range(2000):
            answer = http.get("/api/health/detailed", headers={"Authorization": f"Bearer guess-{guess}"})
            if answer.status_code == 429:
                break
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) >= 1
    assert client.get("/api/health/detailed").status_code == 200, "the owner is let in all the while"
