"""A digest that is being written when Cortex is killed is made once, by the next run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.api.test_digests import CARROTS, LEEKS, ready
from tests.api.test_processed_items import processed
from tests.e2e.cortex_process import CortexProcess
from tests.ollama_server.faults import HeldMidStream
from tests.ollama_server.frames import Said
from tests.ollama_server.generative import GenerativeOllama
from tests.ollama_server.wire import Gate

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_killed_while_a_model_writes_it_is_made_once(tmp_path: Path) -> None:
    data = tmp_path / "data"
    first = CortexProcess(data)
    first.until_ready()
    with first.client() as client:
        for title, text in (("Leeks", LEEKS), ("Carrots", CARROTS)):
            body = {"title": title, "content": text, "content_type": "text/plain", "tags": ["garden"]}
            processed(client, client.post("/api/items", json=body).raise_for_status().json()["id"], 1)
        gate = Gate()

        def say(body: dict[str, Any]) -> Said:
            if "beginning of a digest" in str(body):
                ollama.faults["/api/chat"] = HeldMidStream(0, gate)
            return Said(["{}"])

        with GenerativeOllama(say=say) as ollama:
            digest_id = _begun(client, ollama)
            assert gate.reached.wait(60), "the model was never asked"
            first.kill()
            gate.open()
    second = CortexProcess(data)
    second.until_ready()
    try:
        with second.client() as client:
            digest = ready(client, digest_id)
            listed = client.get("/api/digests").json()
            assert [one["id"] for one in listed["items"]] == [digest_id]
            assert [line["title"] for line in digest["body"]["themes"][0]["lines"]] == ["Carrots", "Leeks"]
    finally:
        second.kill()


def _begun(client: httpx.Client, ollama: GenerativeOllama) -> str:
    settings = {"provider": "ollama", "ollama_host": ollama.url, "chat_model": "tiny-chat"}
    client.put("/api/settings/ai", json=settings).raise_for_status()
    answer = client.post("/api/digests", json={}).raise_for_status()
    digest_id: str = answer.json()["id"]
    return digest_id
