"""Items written about by an Ollama on the wire, through the API: what is sent, and what its faults come to."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.api.test_model_choice import cortex_with
from tests.api.test_model_watch import when
from tests.conftest import RunningServer
from tests.e2e.program import until as wait_until
from tests.ollama_server.faults import CutJSON, EndsEarly, Fault, KilledMidStream, QueueFull, RunnerDies
from tests.ollama_server.frames import Said
from tests.ollama_server.generative import GenerativeOllama
from tests.ollama_server.wire import closed_port

TEXT = (
    "Leeks tolerate heavy clay better than carrots do, provided the bed drains before winter. Ada Moreland planted 120 "
    "leeks in raised rows near Norwich, and only 7 of them rotted. Feed the bed with compost in autumn, and avoid "
    "digging while the clay is wet, because wet clay compacts."
)
GOOD = json.dumps(
    {
        "summary_line": "Leeks in clay",
        "summary": "Leeks cope with clay; of 120 only 7 rotted.",
        "key_points": ["Raised rows help."],
        "tags": ["kitchen garden"],
        "entities": [{"name": "Ada Moreland", "kind": "person"}],
    }
)


def words(answer: str) -> list[str]:
    return [answer[place : place + 9] for place in range(0, len(answer), 9)]


def says(*answers: Said) -> Callable[[dict[str, Any]], Said]:
    """These one after the other, the last one again and again."""
    left = list(answers)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def save(http: httpx.Client, text: str = TEXT) -> str:
    answer = http.post("/api/items", json={"content": text, "content_type": "text/plain"})
    item_id: str = answer.raise_for_status().json()["id"]
    return item_id


def shown(http: httpx.Client, item_id: str) -> dict[str, Any]:
    found: dict[str, Any] = http.get(f"/api/items/{item_id}").json()
    return found


def until(server: RunningServer, item_id: str, *, written: bool = False) -> None:
    """Wait until the item is ready, and written about."""

    async def is_so() -> bool:
        item = await server.application.items.get(item_id)
        return item.status == "ready" and (not written or item.summary_by != "extractive")

    when(server, is_so)


def chats(wire: GenerativeOllama) -> list[dict[str, Any]]:
    return [request.json() for request in wire.seen if request.path == "/api/chat"]


def test_a_saved_text_is_written_about_by_itself(tmp_path: Path) -> None:
    with (
        GenerativeOllama(say=says(Said(words(GOOD)))) as wire,
        cortex_with(tmp_path, wire.url, chat_model="tiny-chat") as (server, http),
    ):
        item_id = save(http)
        until(server, item_id, written=True)
        item = shown(http, item_id)
        assert (item["summary_by"], item["summary_line"]) == ("ollama/tiny-chat:latest", "Leeks in clay")
        assert item["summary"] == "Leeks cope with clay; of 120 only 7 rotted."
        assert item["key_points"] == ["Raised rows help."]
        assert {"name": "kitchen garden", "by": "auto"} in item["tags"]
        listed = http.get("/api/items").json()["items"][0]
        assert listed["key_points"] == ["Raised rows help."]
        queue = http.get("/api/processing/queue").json()
        assert (queue["writing"], queue["being_written"], queue["pending"]) == (0, None, 0)
        (body,) = chats(wire)
        assert body["format"]["required"] == ["summary_line", "summary", "key_points", "tags", "entities"]
        assert not body.get("tools")


def test_a_wrong_answer_is_repaired_once(tmp_path: Path) -> None:
    answers = says(Said(words('{"summary": ["wrong"]}')), Said(words(GOOD)))
    with (
        GenerativeOllama(say=answers) as wire,
        cortex_with(tmp_path, wire.url, chat_model="tiny-chat") as (server, http),
    ):
        item_id = save(http)
        until(server, item_id, written=True)
        first, second = chats(wire)
        assert "wrong" not in str(first["messages"])
        assert "wrong" in second["messages"][-1]["content"]


@pytest.mark.parametrize(
    "said",
    [Said(words(GOOD[:120]), done_reason="length"), Said(words("I would rather not.")), Said(words('{"tags": 7}'))],
    ids=["cut", "prose", "shape"],
)
def test_an_answer_that_is_never_right_leaves_the_extract_marked_as_such(tmp_path: Path, said: Said) -> None:
    with (
        GenerativeOllama(say=says(said)) as wire,
        cortex_with(tmp_path, wire.url, chat_model="tiny-chat") as (server, http),
    ):
        item_id = save(http)
        until(server, item_id)
        item = shown(http, item_id)
        assert (item["summary_by"], item["summary_line"], item["key_points"]) == ("extractive", None, [])
        assert item["summary"]
        assert len(chats(wire)) == 2


@pytest.mark.parametrize(
    "fault",
    [KilledMidStream(2), RunnerDies(2), CutJSON(3), EndsEarly(2), QueueFull()],
    ids=["killed", "runner", "cut", "ended", "full"],
)
def test_a_model_that_fails_never_fails_the_item_which_is_written_later(tmp_path: Path, fault: Fault) -> None:
    with (
        GenerativeOllama(say=says(Said(words(GOOD)))) as wire,
        cortex_with(tmp_path, wire.url, chat_model="tiny-chat") as (server, http),
    ):
        wire.faults["/api/chat"] = fault
        item_id = save(http)
        until(server, item_id)
        item = shown(http, item_id)
        assert (item["summary_by"], item["error"]) == ("extractive", None)
        wire.faults.clear()
        server.application.intelligence.gateway._breakers._breakers.clear()  # time passes
        assert http.post("/api/processing/write", json={"item_ids": [item_id]}).json() == {"queued": 1}
        until(server, item_id, written=True)


def test_a_model_that_was_removed_leaves_the_extract(tmp_path: Path) -> None:
    with GenerativeOllama() as wire, cortex_with(tmp_path, wire.url, chat_model="tiny-chat") as (server, http):
        wire.models.clear()
        item_id = save(http)
        until(server, item_id)
        assert shown(http, item_id)["summary_by"] == "extractive"


@pytest.mark.parametrize("choice", [{}, {"chat_model": "tiny-chat"}], ids=["nobody chosen", "one chosen"])
def test_what_was_extracted_is_written_by_itself_once_an_ollama_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, choice: dict[str, str]
) -> None:
    monkeypatch.setattr("cortex.services.model_watch.EVERY_SECONDS", 0.05)
    port = closed_port()
    with cortex_with(tmp_path, f"http://127.0.0.1:{port}", **choice) as (server, http):
        item_id = save(http)
        until(server, item_id)
        assert shown(http, item_id)["summary_by"] == "extractive"
        assert http.get("/api/processing/queue").json()["writing"] == 0
        started = GenerativeOllama(say=says(Said(words(GOOD))))
        started.at = port
        with started:
            until(server, item_id, written=True)


def test_the_owner_may_ask_for_everything(tmp_path: Path) -> None:
    with cortex_with(tmp_path, "http://127.0.0.1:1") as (server, http):
        item_id = save(http)
        until(server, item_id)
        assert http.post("/api/processing/write").json() == {"queued": 1}
        assert http.post("/api/processing/write", json={"item_ids": ["item_unknown"]}).json() == {"queued": 0}
        # its processing is still listed for a moment after it can be read
        queue = wait_until(lambda: None if (now := http.get("/api/processing/queue").json())["items"] else now)
        assert (queue["writing"], queue["pending"]) == (1, 0)
