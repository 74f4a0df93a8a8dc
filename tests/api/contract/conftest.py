"""One server for all tests of the contract, with a small library of committed samples in it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.api.chat_library import BREAD
from tests.conftest import RunningServer, ServerThread

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "documents"
EMOJI = (
    "# Skerry Point 🙂🙂\n\n🏳️‍🌈 Visitors 🙂 come from 𝔢verywhere.\n\n"
    "The lighthouse at Skerry Point was built in 1871 by Ada Moreland.\n\nParaffin replaced the colza oil in 1890."
)
"""Characters beyond the first plane stand before the passage: offsets that count anything but code points miss it."""


@dataclass
class Library:
    """The server, the owner's client, and the ids of what is in it by name."""

    server: RunningServer
    client: httpx.Client
    ids: dict[str, str] = field(default_factory=dict)

    def item(self, name: str) -> dict[str, Any]:
        """An item with its content."""
        found: dict[str, Any] = self.client.get(f"/api/items/{self.ids[name]}").raise_for_status().json()
        return found

    def key(self, scope: str) -> httpx.Client:
        """A client that holds a key of this scope."""
        made = self.client.post("/api/auth/keys", json={"name": scope, "scope": scope}).raise_for_status().json()
        return self.as_caller(Authorization=f"Bearer {made['key']}")

    def as_caller(self, **headers: str) -> httpx.Client:
        """A client that sends these headers only."""
        return httpx.Client(base_url=self.server.url, headers=headers, trust_env=False, timeout=30)


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    data_dir = tmp_path_factory.mktemp("contract") / "data"
    with ServerThread(data_dir=data_dir) as server, server.client() as client:
        found = Library(server, client)
        _fill(found)
        asyncio.run_coroutine_threadsafe(_settled(server, set(found.ids.values())), server.loop).result(90)
        yield found


@pytest.fixture
def client(library: Library) -> httpx.Client:
    """The owner's client."""
    return library.client


def _fill(library: Library) -> None:
    def save(name: str, **body: object) -> None:
        library.ids[name] = library.client.post("/api/items", json=body).raise_for_status().json()["id"]

    page = (SAMPLES / "article.html").read_text(encoding="utf-8")
    save("note", content=EMOJI, content_type="text/markdown", tags=["sea"], note="From the archive")
    save("bread", content=BREAD, content_type="text/markdown", tags=["kitchen"])
    library.client.put(f"/api/items/{library.ids['bread']}", json={"favourite": True}).raise_for_status()
    save("page", url="https://www.example.org/tides?utm_source=letter#top", content=page, source="extension")
    save("waiting", url="https://no-such-site.invalid/page")
    for name in ("two-pages.pdf", "broken.pdf"):
        file = {"files": (name, (SAMPLES / name).read_bytes())}
        uploaded = library.client.post("/api/items/upload", files=file).raise_for_status().json()
        library.ids[name] = uploaded["items"][0]["id"]


async def _settled(server: RunningServer, item_ids: set[str]) -> None:
    """Until each is ready, failed or waiting."""
    with server.application.events.subscribe() as changes:
        arrivals = aiter(changes)
        while item_ids := {item_id for item_id in item_ids if not await _is_settled(server, item_id)}:
            await anext(arrivals)


async def _is_settled(server: RunningServer, item_id: str) -> bool:
    return (await server.application.items.get(item_id)).status in ("ready", "failed", "waiting")
