"""Security rows 1–6 and 8–11: who is answered at all."""

from __future__ import annotations

import json

import pytest
from tests.conftest import RunningServer
from tests.security.raw_http import Answer, exchange, handshake, request

FOREIGN_ORIGINS = (
    "http://evil.example",
    "https://evil.example",
    "http://127.0.0.1.evil.com",
    "http://localhost.evil.com",
    "http://tauri.localhost.evil.com",
    "tauri://localhost.evil.com",
    "http://eviltauri.localhost",
    "http://127.0.0.1:1",
    "http://localhost",
    "http://localhost:5173",
    "https://tauri.localhost",
    "null",
    "",
    "file://",
    f"chrome-extension://{'a' * 32}",
)
EXTENSION = f"Origin: chrome-extension://{'a' * 32}"
CHAT = "/api/ws/chat/conv_x"


def _is_refusal(answer: Answer, *statuses: int) -> None:
    assert answer.status in statuses, answer
    assert "access-control-allow-origin" not in answer.headers
    if answer.headers.get("content-type") == "application/json":
        assert set(json.loads(answer.body)) == {"error", "message", "details", "request_id"}


def test_the_right_host_and_token_are_answered(server: RunningServer) -> None:
    for host in ("127.0.0.1", "localhost", "[::1]", "LOCALHOST"):
        assert request(server, host=f"{host}:{server.port}").status == 200


def test_row_1_dns_rebinding(server: RunningServer) -> None:
    _is_refusal(request(server, host=f"evil.example:{server.port}"), 403)
    _is_refusal(request(server, target="/api/health", token=None, host=f"evil.example:{server.port}"), 403)


@pytest.mark.parametrize(
    "host",
    [
        ":{port}",
        " ",
        "127.0.0.1.evil.com:{port}",
        "localhost.evil.com",
        "localhost.evil.com:{port}",
        "0.0.0.0:{port}",
        "x.internal",
        "localhost:{port}@evil",
        "evil@localhost:{port}",
        "localhost.:{port}",
        "127.0.0.1",
        "127.0.0.1:1",
        "127.1:{port}",
        "2130706433:{port}",
        "[::ffff:127.0.0.1]:{port}",
        "localhost:{port},evil",
        "localhost:0{port}",
    ],
)
def test_row_2_host_edge_cases(server: RunningServer, host: str) -> None:
    _is_refusal(request(server, host=host.format(port=server.port)), 400, 403)


def test_row_2_no_host_and_two_hosts(server: RunningServer) -> None:
    _is_refusal(request(server, host=None), 400, 403)
    _is_refusal(request(server, host=None, version="1.0"), 400, 403)
    twice = (f"Host: 127.0.0.1:{server.port}",)
    _is_refusal(request(server, headers=twice), 400, 403)
    _is_refusal(request(server, headers=twice, version="1.0"), 400, 403)
    _is_refusal(request(server, headers=("Host: evil.example",)), 400, 403)


@pytest.mark.parametrize(
    "target",
    ["@evil.com", "http://evil.com/api/health", "//evil.com/api/health", "*", "evil.com:80", "api/health", "\\api"],
)
def test_row_3_targets_that_are_no_path(server: RunningServer, target: str) -> None:
    for token in (None, ""):
        answer = request(server, target=target, token=token)
        assert 400 <= answer.status < 500


def test_row_3_a_host_that_confuses_url_building(server: RunningServer) -> None:
    for host in ("a/health?x=", f"127.0.0.1:{server.port}/health?x=", f"127.0.0.1:{server.port}#", "a\\b"):
        _is_refusal(request(server, host=host, token=None), 400, 403)


def test_row_4_origin_equal_to_host(server: RunningServer) -> None:
    evil = f"evil.example:{server.port}"
    _is_refusal(request(server, host=evil, headers=(f"Origin: http://{evil}",)), 403)


@pytest.mark.parametrize("origin", [*FOREIGN_ORIGINS, "http://localhost:{port}.evil.com", "http://127.0.0.1:{port}/"])
def test_row_5_foreign_origins(server: RunningServer, origin: str) -> None:
    header = f"Origin: {origin.format(port=server.port)}"
    _is_refusal(request(server, headers=(header,)), 403)
    _is_refusal(request(server, target="/api/health", token=None, headers=(header,)), 403)
    _is_refusal(handshake(server, CHAT, header, f"Authorization: Bearer {server.token}"), 403)


def test_row_5_several_origins(server: RunningServer) -> None:
    own = f"Origin: http://127.0.0.1:{server.port}"
    _is_refusal(request(server, headers=(own, "Origin: http://evil.example")), 403)
    _is_refusal(request(server, headers=(own, own)), 403)


def test_own_origins_are_echoed_exactly(server: RunningServer) -> None:
    for origin in (
        f"http://127.0.0.1:{server.port}",
        f"http://localhost:{server.port}",
        f"http://[::1]:{server.port}",
        "tauri://localhost",
        "http://tauri.localhost",
    ):
        answer = request(server, headers=(f"Origin: {origin}",))
        assert (answer.status, answer.headers["access-control-allow-origin"]) == (200, origin)
        assert answer.headers["vary"] == "Origin"
        assert "access-control-allow-credentials" not in answer.headers


def test_row_6_preflight(server: RunningServer) -> None:
    asks = ("Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: authorization,content-type")
    for origin in FOREIGN_ORIGINS:
        answer = request(server, "OPTIONS", "/api/items", token=None, headers=(f"Origin: {origin}", *asks))
        _is_refusal(answer, 403)
        assert not [name for name in answer.headers if name.startswith("access-control-")]
    allowed = request(server, "OPTIONS", "/api/items", token=None, headers=("Origin: tauri://localhost", *asks))
    assert allowed.status == 204
    assert allowed.headers["access-control-allow-origin"] == "tauri://localhost"
    assert allowed.headers["access-control-allow-methods"] == "PUT"
    assert allowed.headers["access-control-allow-headers"] == "authorization,content-type"
    assert allowed.headers["vary"] == "Origin"
    assert request(server, "OPTIONS", "/api/items", token=None).status == 401


def test_row_8_a_token_in_the_address_is_no_token(server: RunningServer) -> None:
    for name in ("token", "access_token", "api_key", "key", "ticket"):
        _is_refusal(request(server, target=f"/api/items?{name}={server.token}", token=None), 401)
        _is_refusal(request(server, target=f"/api/events?{name}={server.token}", token=None), 401)


@pytest.mark.parametrize(
    "header",
    [
        "Authorization: {token}",
        "Authorization: Basic {token}",
        "Authorization: Bearer {token}x",
        "Authorization: Bearer",
        "Authorization: Bearer {token}\r\nAuthorization: Bearer {token}",
        "X-Api-Key: {token}",
        "X-Cortex-Session: {token}",
        "Cookie: token={token}",
        "Cookie: cortex_session_{port}={token}",
    ],
)
def test_row_8_the_token_counts_in_its_own_header_only(server: RunningServer, header: str) -> None:
    _is_refusal(request(server, token=None, headers=(header.format(token=server.token, port=server.port),)), 401)


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/json",
        "application/jsonp",
    ],
)
def test_row_9_csrf_by_simple_request(server: RunningServer, content_type: str | None) -> None:
    body = b'{"content": "planted", "content_type": "text/plain"}'
    kind = () if content_type is None else (f"Content-Type: {content_type}",)
    foreign = "Origin: http://evil.example"
    _is_refusal(request(server, "POST", "/api/items", token=None, headers=(foreign, *kind), body=body), 403)
    _is_refusal(request(server, "POST", "/api/items", token=None, headers=kind, body=body), 401)
    refused = request(server, "POST", "/api/items", headers=kind, body=body)
    _is_refusal(refused, 415)
    assert refused.error == "unsupported_media_type"
    chunked = (*kind, "Transfer-Encoding: chunked")
    head = "\r\n".join(
        [
            "POST /api/items HTTP/1.1",
            f"Host: 127.0.0.1:{server.port}",
            f"Authorization: Bearer {server.token}",
            *chunked,
            "",
            "",
        ]
    )
    _is_refusal(exchange(server, head.encode() + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)), 415)
    assert json.loads(request(server, target="/api/items").body)["total"] == 0


def test_row_10_an_unpaired_extension_is_refused_but_for_the_proof(server: RunningServer) -> None:
    for token in (None, ""):
        for target in ("/api/items", "/api/health", "/api/auth/keys", "/", "/openapi.json"):
            _is_refusal(request(server, target=target, token=token, headers=(EXTENSION,)), 403)
    proof = f"/api/auth/proof?key_id=owner&nonce={'n' * 32}"
    answer = request(server, target=proof, token=None, headers=(EXTENSION,))
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (200, EXTENSION.partition(": ")[2])
    firefox = "Origin: moz-extension://12345678-1234-1234-1234-123456789abc"
    assert request(server, target=proof, token=None, headers=(firefox,)).status == 200
    for origin in ("http://evil.example", "chrome-extension://short", f"chrome-extension://{'a' * 32}.evil.com"):
        _is_refusal(request(server, target=proof, token=None, headers=(f"Origin: {origin}",)), 403)


@pytest.mark.parametrize("target", [CHAT, "/api/ws/processing/item_x", "/api/ws/nothing-here"])
def test_row_11_websocket_hijack(server: RunningServer, target: str) -> None:
    bearer = f"Authorization: Bearer {server.token}"
    _is_refusal(handshake(server, target, "Origin: http://evil.example", bearer), 403)
    _is_refusal(handshake(server, target, bearer, host="evil.example"), 403)
    for headers in ((), (f"Cookie: cortex_session_{server.port}=x",)):
        refused = handshake(server, target, *headers)
        _is_refusal(refused, 401)
        assert refused.error == "unauthorized"
    assert handshake(server, target, f"Origin: http://127.0.0.1:{server.port}").status == 401
    _is_refusal(handshake(server, f"{target}?token={server.token}"), 401)
    _is_refusal(handshake(server, f"{target}?ticket=never-issued"), 401)


def test_row_11_event_streams(server: RunningServer) -> None:
    _is_refusal(request(server, target="/api/events", headers=("Origin: http://evil.example",)), 403)
    _is_refusal(request(server, target="/api/events", token=None), 401)
    cookie = (f"Cookie: cortex_session_{server.port}=x", "Sec-Fetch-Site: same-origin")
    _is_refusal(request(server, target="/api/events", token=None, headers=cookie), 401)


def test_a_websocket_opens_with_the_token_or_a_ticket_of_its_own_once(server: RunningServer) -> None:
    with server.client() as client:
        ticket = client.post("/api/auth/tickets", json={"purpose": "stream"}).json()["ticket"]
        wrong = client.post("/api/auth/tickets", json={"purpose": "session"}).json()["ticket"]
    let_in = handshake(server, CHAT, f"Authorization: Bearer {server.token}").status
    assert let_in != 401
    assert handshake(server, f"{CHAT}?ticket={ticket}").status == let_in
    _is_refusal(handshake(server, f"{CHAT}?ticket={ticket}"), 401)
    _is_refusal(handshake(server, f"{CHAT}?ticket={wrong}"), 401)
