"""A real Cortex for measurements: a server in this process, on an empty library in a temporary directory."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from cortex.config import load_settings
from cortex.main import Server, bind, create_app, server_config


@dataclass(frozen=True, slots=True)
class Document:
    """Something to save before measuring."""

    title: str
    content: str
    content_type: str


@contextlib.contextmanager
def served(**overrides: object) -> Iterator[httpx.Client]:
    """The owner's client of a Cortex that ends with the block; `overrides` are settings."""
    token = secrets.token_urlsafe(24)
    with tempfile.TemporaryDirectory(prefix="cortex-bench-") as directory:
        sockets, settings = bind(
            load_settings(port=0, token=token, data_dir=Path(directory), log_level="error", **overrides)
        )
        ready = threading.Event()
        server = Server(server_config(create_app(settings), settings), on_ready=ready.set)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[sockets])), daemon=True)
        thread.start()
        if not ready.wait(60):
            raise TimeoutError("the server did not start within 60 s")
        try:
            headers = {"Authorization": f"Bearer {token}"}
            address = f"http://127.0.0.1:{settings.port}"
            with httpx.Client(base_url=address, headers=headers, trust_env=False, timeout=120) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join(30)


def save_all(client: httpx.Client, documents: Sequence[Document]) -> dict[str, str]:
    """Save documents and wait until each is ready; gives item ids by title. Raises RuntimeError when one fails."""
    ids = {}
    for document in documents:
        answer = client.post(
            "/api/items",
            json={"title": document.title, "content": document.content, "content_type": document.content_type},
        )
        answer.raise_for_status()
        ids[document.title] = answer.json()["id"]
    while True:
        queue = client.get("/api/processing/queue").raise_for_status().json()
        if queue["failed"]:
            raise RuntimeError(f"{queue['failed']} documents failed: {queue['items'][:3]}")
        if not queue["pending"] and not queue["processing"]:
            return ids
        time.sleep(0.5)
