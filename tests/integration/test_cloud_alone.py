"""LiteLLM does nothing on its own: no connections, no files, no keys from elsewhere; and only when it is called."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from tests.cloud_servers.gemini import GeminiServer
from tests.cloud_servers.openai import OpenAIServer
from tests.cloud_servers.setting import KEY

REPOSITORY = Path(__file__).resolve().parents[2]
_CALL = """
import asyncio, gc, json, os, sys
sys.path.insert(0, {repository!r})
import cortex.main, cortex.providers.cloud, cortex.providers.cloud_embedder
before = [name for name in sys.modules if name.partition(".")[0] in ("litellm", "openai", "tiktoken", "aiohttp")]

from tests.cloud_servers.setting import Ledger, all_parts, question
from cortex.providers.cloud import CloudChatModel
from cortex.providers.cloud_embedder import CloudEmbedder

async def main():
    model = CloudChatModel({model!r}, api_key=None, api_base={url!r}, recorder=Ledger())
    parts = await all_parts(model, question())
    embedder = CloudEmbedder({embedding!r}, api_key=None, api_base={url!r}, recorder=Ledger())
    await embedder.embed(["bread"], purpose="document")
    await embedder.aclose()
    from litellm.llms.custom_httpx.http_handler import AsyncHTTPHandler
    handlers = [one for one in gc.get_objects() if isinstance(one, AsyncHTTPHandler)]
    print(json.dumps({{
        "said": str(parts),
        "before": before,
        "transports": sorted({{type(one.client._transport).__name__ for one in handlers}}),
        "from_file": os.environ.get("FROM_A_FILE"),
        "base": os.environ.get("OPENAI_API_BASE"),
        "trusts": sorted({{one.client.trust_env for one in handlers}}),
    }}))

asyncio.run(main())
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("server", "model", "embedding"),
    [
        (OpenAIServer, "openai/gpt-4o-mini", "openai/text-embedding-3-small"),
        (GeminiServer, "gemini/gemini-2.5-flash", "gemini/gemini-embedding-001"),
    ],
)
def test_it_comes_late_and_knows_only_what_it_is_told(
    server: type[OpenAIServer], model: str, embedding: str, tmp_path: Path
) -> None:
    """In a process of its own, with everything around that would lead it astray."""
    (tmp_path / ".env").write_text("FROM_A_FILE=yes\nOPENAI_API_BASE=http://192.0.2.1/v1\n")
    astray = {
        "OPENAI_API_KEY": KEY,
        "OPENAI_API_BASE": "http://192.0.2.1/v1",
        "OPENAI_ORGANIZATION": "org-of-another-program",
        "GEMINI_API_KEY": KEY,
        "GEMINI_API_BASE": "http://192.0.2.1",
        "LITELLM_LOG": "DEBUG",
        "HTTP_PROXY": "http://192.0.2.1:3128",
        "ALL_PROXY": "http://192.0.2.1:3128",
    }
    with server() as standing_in:
        program = _CALL.format(repository=str(REPOSITORY), model=model, embedding=embedding, url=standing_in.url)
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=tmp_path,
            env={**os.environ, **astray},
            capture_output=True,
            text=True,
            timeout=100,
        )
        assert done.returncode == 0, done.stderr
        seen = list(standing_in.seen)

    lines = done.stdout.splitlines()
    assert len(lines) == 1, "LiteLLM wrote to standard output"
    told = json.loads(lines[0])
    assert "Hello" in told["said"]
    assert told["before"] == []
    assert told["transports"] == ["AmbientTransport"]
    assert told["trusts"] == [False]
    assert (told["from_file"], told["base"]) == (None, None)
    assert KEY not in done.stderr
    for request in seen:
        assert KEY not in json.dumps(request.headers)
        assert "openai-organization" not in request.headers


@pytest.mark.slow
def test_a_run_without_cloud_calls_never_loads_it(tmp_path: Path) -> None:
    """A whole Cortex: saves, searches, answers, and tells of its health and settings."""
    program = f"""
import sys
sys.path.insert(0, {str(REPOSITORY)!r})
from pathlib import Path
from tests.api.chat_library import ready
from tests.conftest import ServerThread
with ServerThread(data_dir=Path({str(tmp_path / "data")!r})) as server, server.client() as client:
    note = {{"type": "note", "title": "Bread", "content": "Bread rises by yeast. " * 20}}
    item = client.post("/api/items", json=note)
    assert item.status_code in (200, 201, 202), item.text
    ready(server, item.json()["id"])
    assert client.post("/api/search", json={{"query": "yeast"}}).json()["results"]
    talk = client.post("/api/conversations", json={{}}).raise_for_status().json()["id"]
    question = {{"content": "What makes bread rise?"}}
    client.post(f"/api/conversations/{{talk}}/messages", json=question).raise_for_status()
    for path in ("health", "settings", "settings/ai", "usage"):
        client.get("/api/" + path).raise_for_status()
loaded = [name for name in sys.modules if name.partition(".")[0] in ("litellm", "openai", "tiktoken", "keyring")]
print("loaded", sorted({{name.partition(".")[0] for name in loaded}}))
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] in ("loaded []", "loaded ['keyring']")


async def test_what_no_call_asked_for_is_refused() -> None:
    from cortex.providers import cloud_library
    from cortex.providers.cloud_exchange import StrayRequestError

    library = await cloud_library.litellm()
    with pytest.raises(StrayRequestError):
        await library.aclient_session.get("https://telemetry.example/")
    with pytest.raises(StrayRequestError):
        library.client_session.get("https://telemetry.example/")
    with pytest.raises(StrayRequestError):
        await library.module_level_aclient.client.get("https://telemetry.example/")
    with pytest.raises((StrayRequestError, httpx.RequestError)):
        library.module_level_client.get("https://telemetry.example/")
