"""Security rows 16, 25 and 27 through the whole system: hostile addresses, entities and PDFs, saved and processed."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.conftest import SHARED, RunningServer
from tests.security.test_outbound import SHORT_LIST

# one of the addresses comes to a name outside, `public.example`, which is looked up, now and again
pytestmark = pytest.mark.tries_to_leave

ENTITIES = {
    "external entity": '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    "<html xmlns='http://www.w3.org/1999/xhtml'><body><p>before &x; after</p></body></html>",
    "external subset": '<!DOCTYPE html SYSTEM "http://127.0.0.1:{port}/evil.dtd"><html><body><p>words</p></body></html>',
    "billion laughs": '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12))
    + "]><html><body><p>funny &m;</p></body></html>",
}


@pytest.fixture(scope="module")
def client(server: RunningServer) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


class Canary:
    """A listener on loopback that counts who comes by."""

    def __enter__(self) -> Canary:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.connections = 0
        threading.Thread(target=self._count, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.close()

    def _count(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            connection.close()


def _settled(server: RunningServer, item_ids: list[str], within_seconds: float) -> None:
    """Wait until none of the items is pending or in work."""

    async def busy() -> bool:
        items = [await server.application.items.get(item_id) for item_id in item_ids]
        return any(item.status in ("pending", "processing") for item in items)

    async def settle() -> None:
        async with asyncio.timeout(within_seconds):
            with server.application.events.subscribe() as changes:
                if await busy():
                    async for _ in changes:
                        if not await busy():
                            return

    asyncio.run_coroutine_threadsafe(settle(), server.loop).result(within_seconds + 10)


def test_row_16_saved_addresses_inside_are_never_fetched(server: RunningServer, client: httpx.Client) -> None:
    with Canary() as canary:
        urls = [template.format(port=canary.port) for template in SHORT_LIST]
        urls += [f"http://127.0.0.1:{server.port}/api/health", f"http://localhost:{server.port}/"]
        answers = [client.post("/api/items", json={"url": url}) for url in urls]
        assert {answer.status_code for answer in answers} <= {200, 422}
        saved = [answer.json()["id"] for answer in answers if answer.status_code == 200]
        assert len(saved) > 10
        _settled(server, saved, 60)
        assert canary.connections == 0
    for item_id in saved:
        item = client.get(f"/api/items/{item_id}").json()
        # public.example, which nobody finds, is what the address with a backslash names once it was evened out
        assert item["status"] == "failed" or (item["status"], item["error"]["code"]) == ("waiting", "dns"), item["url"]
        assert item["error"]["message"], "the reason in words"
        assert item["content_text"] in (None, "")
    assert client.get("/api/privacy/ledger").json()["total"] == 0


@pytest.mark.parametrize("kind", ENTITIES)
def test_row_25_entities_are_not_resolved(server: RunningServer, client: httpx.Client, kind: str) -> None:
    with Canary() as canary:
        page = ENTITIES[kind].replace("{port}", str(canary.port))
        started = time.monotonic()
        saved = client.post("/api/items", json={"content": page, "content_type": "text/html"}).json()["id"]
        _settled(server, [saved], 30)
        assert time.monotonic() - started < 15
        assert canary.connections == 0
    text = client.get(f"/api/items/{saved}").json()["content_text"] or ""
    assert "root:" not in text
    assert len(text) < 10_000


def test_row_27_hostile_pdfs_fail_with_a_reason_while_health_answers(
    server: RunningServer, client: httpx.Client, shared: Path
) -> None:
    files = sorted((shared / "data/pdf").rglob("*.pdf"), key=lambda path: path.stat().st_size)[:30]
    assert files, f"no PDFs in {SHARED}"
    saved = []
    for path in files:
        answer = client.post("/api/items/upload", files={"files": (path.name, path.read_bytes(), "application/pdf")})
        assert answer.status_code == 200, answer.text
        saved += [item["id"] for item in answer.json()["items"]]
    latencies: list[float] = []
    done = threading.Event()

    def watch() -> None:
        with httpx.Client(base_url=server.url, trust_env=False, timeout=30) as http:
            while not done.is_set():
                started = time.perf_counter()
                assert http.get("/api/health").status_code == 200
                latencies.append(time.perf_counter() - started)
                done.wait(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        _settled(server, saved, 110)
    finally:
        done.set()
        watcher.join(30)
    items = [client.get(f"/api/items/{item_id}").json() for item_id in saved]
    assert {item["status"] for item in items} <= {"ready", "failed"}
    assert all(item["error"]["message"] for item in items if item["status"] == "failed")
    assert any(item["status"] == "ready" for item in items)
    assert sorted(latencies)[int(len(latencies) * 0.9)] < 0.2
