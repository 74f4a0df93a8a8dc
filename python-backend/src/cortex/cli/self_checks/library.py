"""Everything together, through the API of a server of our own: what is saved is read, found, asked about, digested."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cortex.cli.connection import Connection, served
from cortex.cli.self_checks import samples
from cortex.cli.self_checks.model_server import MODEL, SAYS, model_server
from cortex.config import load_settings

_PATIENCE_S = 120.0
_AN_ITEM = "/api/items"


class Served:
    """The server, once it answers."""

    def __init__(self) -> None:
        self.cortex: Connection | None = None

    def open(self, opened: contextlib.ExitStack, folder: Path) -> str:
        """Serve a new library in `folder` until `opened` ends."""
        nothing_there = "http://127.0.0.1:1"
        settings = load_settings(
            data_dir=folder, host="127.0.0.1", port=0, ai_provider="embedded", ollama_host=nothing_there
        )
        cortex = opened.enter_context(served(settings.model_copy(update={"db_path": None, "token": None})))
        health = cortex.call("GET", "/api/health")
        _expect(health["status"] == "healthy", f"it calls itself {health['status']}")
        self.cortex = cortex
        return f"version {health['version']} answers"


def _interface(cortex: Connection) -> str:
    """The page that Cortex serves, under its content security policy, with the files that it names."""
    page = cortex.http.get("/")
    page.raise_for_status()
    policy = page.headers["Content-Security-Policy"]
    _expect("default-src 'none'" in policy or "default-src 'self'" in policy, f"its policy is {policy}")
    files = re.findall(r'(?:src|href)="(/(?:assets|ui)/[^"]+)"', page.text)
    _expect(bool(files), "the page names no files of its own")
    for file in files:
        cortex.http.get(file).raise_for_status()
    built = "/assets/" in page.text
    return f"{'the built interface' if built else 'the plain page'}, {len(files)} files"


def _documentation(cortex: Connection) -> str:
    """The document of the API, and the page that shows it."""
    cortex.http.get("/docs").raise_for_status()
    document = cortex.http.get("/openapi.json").raise_for_status().json()
    described = document["paths"]["/api/search"]["post"].get("description", "")
    _expect(described != "", "the operations are not described")
    return f"{len(document['paths'])} addresses"


def _capture(cortex: Connection) -> str:
    """A page, a note and a PDF file are saved and read."""
    page = {"url": "https://example.org/rodvig", "content": samples.HTML, "content_type": "text/html"}
    note = {"content": samples.MARKDOWN, "content_type": "text/markdown", "tags": ["baking"]}
    saved = [cortex.call("POST", _AN_ITEM, json=body)["id"] for body in (page, note)]
    files = [("files", ("ferry.pdf", samples.pdf(), "application/pdf"))]
    saved.append(cortex.call("POST", f"{_AN_ITEM}/upload", files=files)["items"][0]["id"])
    items = [_until(lambda each=each: _processed(cortex, each)) for each in saved]  # type: ignore[misc] # bound per item
    for item in items:
        _expect(item["status"] == "ready", f"{item['title']} is {item['status']}: {item['error']}")
        _expect(bool(item["summary"]), f"{item['title']} has no summary")
    return ", ".join(item["title"] for item in items)


def _by_words(cortex: Connection) -> str:
    found = cortex.call("POST", "/api/search", json={"query": "rapeseed paraffin", "mode": "keyword"})
    return _first(found, "lighthouse")


def _by_meaning(cortex: Connection) -> str:
    found = cortex.call("POST", "/api/search", json={"query": samples.MEANT, "mode": "semantic"})
    _expect(found["degraded"] is None, f"it is degraded: {found['degraded']}")
    return _first(found, "Sourdough")


def _ask(cortex: Connection) -> str:
    """An answer that quotes the library."""
    message = _asked(cortex)
    quotes = [citation["quote"] for citation in message["citations"]]
    _expect(any(samples.ANSWERED_BY in quote for quote in quotes), f"the answer was {message['content'][:200]!r}")
    return f"answered with {len(quotes)} citations"


def _digest(cortex: Connection) -> str:
    wanted = cortex.call("POST", "/api/digests", json={})
    digest = _until(lambda: _done(cortex.call("GET", f"/api/digests/{wanted['id']}"), "pending"))
    _expect(digest["status"] == "ready", f"it is {digest['status']}")
    shown = cortex.http.get(f"/api/digests/{wanted['id']}", params={"format": "html"}).raise_for_status()
    _expect("Sourdough" in shown.text, "it leaves out what was saved")
    return "made, and shown as a page"


def _ollama(cortex: Connection) -> str:
    """An Ollama (of a few lines, in this process) is asked."""
    with model_server() as url:
        tried = cortex.call(
            "POST", "/api/settings/ai/test", json={"provider": "ollama", "ollama_host": url, "chat_model": MODEL}
        )
    _expect(tried["ok"] and tried["sample"] == SAYS, f"{tried['error']} {tried['advice']}")
    return f"{tried['sample']!r}"


def _cloud(cortex: Connection) -> str:
    """A server that speaks as OpenAI does (of a few lines, in this process) is asked, through LiteLLM."""
    with model_server() as url:
        cloud = {"model": f"openai/{MODEL}", "api_base": f"{url}/v1", "api_key": "sk-self-test"}
        tried = cortex.call("POST", "/api/settings/ai/test", json={"provider": "cloud", "cloud": cloud})
    _expect(tried["ok"] and tried["sample"] == SAYS, f"{tried['error']} {tried['advice']}")
    return f"{tried['sample']!r}"


def _asked(cortex: Connection) -> dict[str, Any]:
    conversation = cortex.call("POST", "/api/conversations", json={})["id"]
    message: dict[str, Any] = cortex.call(
        "POST", f"/api/conversations/{conversation}/messages", json={"content": samples.QUESTION}
    )
    return message


def _first(found: dict[str, Any], title: str) -> str:
    titles = [result["title"] for result in found["results"]]
    _expect(bool(titles) and title.lower() in titles[0].lower(), f"found {titles}")
    return f"{titles[0]} in {found['took_ms']} ms"


def _processed(cortex: Connection, item_id: str) -> dict[str, Any] | None:
    item: dict[str, Any] = cortex.call("GET", f"{_AN_ITEM}/{item_id}")
    return item if item["status"] in ("ready", "failed", "waiting") else None


def _done(value: dict[str, Any], pending: str) -> dict[str, Any] | None:
    return None if value["status"] == pending else value


def _until(look: Callable[[], dict[str, Any] | None]) -> dict[str, Any]:
    deadline = time.monotonic() + _PATIENCE_S
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"not done after {_PATIENCE_S:.0f} seconds")
        time.sleep(0.1)
    return found


def _expect(held: bool, otherwise: str) -> None:
    if not held:
        raise RuntimeError(otherwise)


STEPS: tuple[tuple[str, Callable[[Connection], str]], ...] = (
    ("interface", _interface),
    ("document of the API", _documentation),
    ("saving and processing", _capture),
    ("search by words", _by_words),
    ("search by meaning", _by_meaning),
    ("conversation", _ask),
    ("digest", _digest),
    ("a model of Ollama", _ollama),
    ("a cloud model", _cloud),
)
"""In this order, on one library: later ones use what earlier ones saved."""
