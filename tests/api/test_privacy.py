"""The ledger of what left this machine."""

from __future__ import annotations

import asyncio

import httpx
from tests.conftest import RunningServer

from cortex.domain import clock
from cortex.domain.access import OutboundConnection


def test_the_ledger_is_paged_newest_first(server: RunningServer, client: httpx.Client) -> None:
    assert client.get("/api/privacy/ledger").json() == {"items": [], "next_cursor": None, "total": 0}
    for number in range(5):
        connection = OutboundConnection(
            at=clock.now(), host=f"site{number}.example", port=443, purpose="page", outcome="ok", status=200
        )
        asyncio.run_coroutine_threadsafe(server.application.ledger.add(connection), server.loop).result(10)
    seen, cursor = [], None
    while True:
        page = client.get("/api/privacy/ledger", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        assert page["total"] == 5
        seen += [entry["host"] for entry in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [f"site{number}.example" for number in (4, 3, 2, 1, 0)]
    jumped = client.get("/api/privacy/ledger", params={"offset": 4}).json()
    assert [entry["host"] for entry in jumped["items"]] == ["site0.example"]
    assert client.get("/api/privacy/ledger", params={"cursor": "'; --"}).status_code == 422


def test_the_ledger_is_filtered_by_host_and_purpose(server: RunningServer, client: httpx.Client) -> None:
    for host, purpose in (("A.example", "page"), ("b.example", "page"), ("a.example", "cloud model"), ("x_y", "page")):
        connection = OutboundConnection(at=clock.now(), host=host, port=443, purpose=purpose, outcome="ok")
        asyncio.run_coroutine_threadsafe(server.application.ledger.add(connection), server.loop).result(10)

    def found(**wanted: str | int) -> tuple[list[str], int]:
        page = client.get("/api/privacy/ledger", params=wanted).json()
        return [f"{entry['host']} {entry['purpose']}" for entry in page["items"]], page["total"]

    assert found(host="A.EX") == (["a.example cloud model", "A.example page"], 2)
    assert found(host="a.ex", purpose="page") == (["A.example page"], 1)
    assert found(purpose="page", limit=1) == (["x_y page"], 3)
    assert found(host="_") == (["x_y page"], 1)
    assert found(host="%") == ([], 0)
