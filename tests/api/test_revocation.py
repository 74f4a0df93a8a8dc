"""What a revoked key or session had opened ends at once, and what it asked for opens nothing any more."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
from tests.api.chat_library import QUESTION, converse, fill, receive, send
from tests.api.test_chat_socket import held
from tests.conftest import RunningServer, ServerThread
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

Revoke = Callable[[], httpx.Response]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with ServerThread(data_dir=tmp_path_factory.mktemp("revoked") / "data") as running:
        yield running


def make_key(client: httpx.Client, scope: str = "read") -> dict[str, str]:
    made: dict[str, str] = client.post("/api/auth/keys", json={"name": "k", "scope": scope}).raise_for_status().json()
    return made


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


@contextmanager
def caller(server: RunningServer, **headers: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, headers=headers, trust_env=False, timeout=20) as http:
        yield http


def opened(server: RunningServer, path: str, **headers: str) -> ClientConnection:
    return connect(f"ws://127.0.0.1:{server.port}{path}", additional_headers=headers, proxy=None, open_timeout=20)


def ends(socket: ClientConnection) -> int | None:
    """The code with which the server closes, whatever it still had to say before."""
    try:
        while True:
            socket.recv(timeout=10)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


def test_revoking_a_key_ends_its_websockets_and_nobody_elses(server: RunningServer, client: httpx.Client) -> None:
    key, other = make_key(client), make_key(client)
    conversation = converse(client)
    path = f"/api/ws/chat/{conversation}"
    with opened(server, path, **bearer(key["key"])) as chat, opened(server, path, **bearer(other["key"])) as stays:
        client.delete(f"/api/auth/keys/{key['id']}").raise_for_status()
        assert ends(chat) == 1008
        send(stays, {"type": "dance"})
        assert receive(stays)["error"] == "validation_error"


def test_revoking_a_key_ends_the_watching_of_an_item(server: RunningServer, client: httpx.Client) -> None:
    client.post("/api/processing/pause")
    key = make_key(client)
    item_id = client.post("/api/items", json={"content": "It waits."}).json()["id"]
    with opened(server, f"/api/ws/processing/{item_id}", **bearer(key["key"])) as socket:
        assert json.loads(socket.recv(timeout=10))["type"] == "progress"
        client.delete(f"/api/auth/keys/{key['id']}").raise_for_status()
        assert ends(socket) == 1008


def test_revoking_a_key_ends_its_event_stream(server: RunningServer, client: httpx.Client) -> None:
    key = make_key(client)
    with caller(server, **bearer(key["key"])) as http, http.stream("GET", "/api/events") as stream:
        lines = stream.iter_lines()
        assert next(lines) == ": connected"
        client.delete(f"/api/auth/keys/{key['id']}").raise_for_status()
        assert [line for line in lines if line] == [], "it ends, properly, without another event"


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "asked-by-a-key"}], ids=["plain", "idempotent"])
def test_revoking_a_key_ends_the_answer_that_it_reads(
    server: RunningServer, client: httpx.Client, headers: dict[str, str]
) -> None:
    client.post("/api/processing/resume")
    fill(server, client)
    key = make_key(client)
    url = f"/api/conversations/{converse(client)}/messages"
    asking = {"Accept": "text/event-stream", **headers}
    with (
        held(server),
        caller(server, **bearer(key["key"])) as http,
        http.stream("POST", url, json={"content": QUESTION}, headers=asking) as stream,
    ):
        lines = stream.iter_lines()
        next(line for line in lines if '"chunk"' in line)
        client.delete(f"/api/auth/keys/{key['id']}").raise_for_status()
        rest = list(lines)
    assert '"done"' not in "".join(rest)


def test_revoking_a_session_ends_what_its_tickets_opened_and_voids_the_others(
    server: RunningServer, client: httpx.Client
) -> None:
    conversation = converse(client)
    with caller(server) as browser:
        ticket = client.post("/api/auth/tickets", json={}).json()["ticket"]
        session = browser.post("/api/auth/sessions", json={"ticket": ticket}).json()
        browser.headers["X-Cortex-Session"] = session["secret"]
        stream, unused = (
            browser.post("/api/auth/tickets", json={"purpose": "stream"}).json()["ticket"] for _ in range(2)
        )
        sign_in = browser.post("/api/auth/tickets", json={"purpose": "session"}).json()["ticket"]
        with opened(server, f"/api/ws/chat/{conversation}?ticket={stream}") as chat:
            client.delete(f"/api/auth/sessions/{session['id']}").raise_for_status()
            assert ends(chat) == 1008
        with pytest.raises(InvalidStatus) as refused:
            opened(server, f"/api/ws/chat/{conversation}?ticket={unused}")
        assert refused.value.response.status_code == 401
        assert browser.post("/api/auth/sessions", json={"ticket": sign_in}).status_code == 401
