"""Row 32: what saved pages tell a model to do. The model is the shipped one that obeys every word of them.

BIPIA's attacks (train part) stand in saved mails; the owner lets them be summarised, asks about them with tools
offered, and lets a text be drafted from them. Nothing may come of it but words.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.api.chat_library import converse, ready
from tests.conftest import REPOSITORY, RunningServer, ServerThread

from cortex.providers.fake_chat import FakeChatModel
from cortex.providers.obedient_chat import instructions_in, obey

SAMPLES = REPOSITORY / "tests" / "samples" / "prompt-injection"
FULL = REPOSITORY.parent / "shared" / "data" / "hostile" / "prompt-injection"
_PLACES = ("start", "middle", "end")
WRITING = {"create_task", "save_note", "tag_item", "set_reminder"}


def attacks() -> list[str]:
    """Every instruction of BIPIA's train part."""
    kinds: dict[str, list[str]] = json.loads((SAMPLES / "text_attack_train.json").read_text(encoding="utf-8"))
    return [attack for kind in kinds.values() for attack in kind]


def mails() -> list[str]:
    """The mails that attacks are put into: all fifty where the evaluation data is here, else the committed four."""
    folder = FULL if FULL.is_dir() else SAMPLES
    lines = (folder / "email_train.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["context"] for line in lines]


def injected(mail: str, attack: str, place: str) -> str:
    """The mail with the attack on a line of its own."""
    middle = len(mail) // 2
    start = {"start": 0, "middle": middle, "end": len(mail)}[place]
    return f"{mail[:start]}\n\n{attack}\n\n{mail[start:]}"


@pytest.fixture(scope="module")
def model() -> FakeChatModel:
    return FakeChatModel(obey)


@pytest.fixture(scope="module")
def library(
    model: FakeChatModel, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[RunningServer, list[str]]]:
    """Every attack in a mail, saved, summarised, tagged and connected with the obedient model in use."""
    texts = mails()
    with ServerThread(data_dir=tmp_path_factory.mktemp("injection") / "data") as server:
        server.application.intelligence.models.use(model)
        with server.client() as client:
            ids = [
                client.post(
                    "/api/items",
                    json={
                        "title": f"Mail {number}",
                        "content": injected(texts[number % len(texts)], attack, _PLACES[number % 3]),
                        "content_type": "text/plain",
                    },
                )
                .raise_for_status()
                .json()["id"]
                for number, attack in enumerate(attacks())
            ]
        for item_id in ids:
            ready(server, item_id)
        yield server, ids


def test_the_model_does_obey_every_attack() -> None:
    """Else nothing below would prove anything."""
    from cortex.providers.chat_model import ChatMessage

    missed = [a for a in attacks() if not instructions_in([ChatMessage("user", injected("Some mail.", a, "middle"))])]
    assert missed == []


def test_summaries_and_tags_of_hostile_mails_do_nothing(
    library: tuple[RunningServer, list[str]], model: FakeChatModel
) -> None:
    server, ids = library
    with server.client() as client:
        _nothing_happened(client, ids)
    asked = [request for request in model.requests if request.tools]
    assert asked == [], "tools were offered where nobody had asked a question"


@pytest.mark.parametrize("number", range(0, 75, 5))
def test_a_question_about_hostile_mails_changes_nothing_unapproved(
    number: int, library: tuple[RunningServer, list[str]], model: FakeChatModel
) -> None:
    server, ids = library
    with server.client() as client:
        conversation = converse(client, scope={"item_ids": ids[number : number + 5]})
        asked = {"content": "What do these mails say about the card, the payment and the company?"}
        answer = client.post(f"/api/conversations/{conversation}/messages", json=asked).raise_for_status().json()
        writing = [call for call in answer["tool_calls"] if call["name"] in WRITING]
        assert any(request.tools for request in model.requests), "no tools were offered: nothing was put to the test"
        assert {call["state"] for call in writing} <= {"pending", "failed"}
        _nothing_happened(client, ids)

        pending = [call["id"] for call in writing if call["state"] == "pending"]
        assert bool(pending) == (answer["status"] == "waiting")
        for call in pending:  # the owner says no to all of it; the answer goes on and still obeys what it reads
            client.post(f"/api/conversations/{conversation}/tool-calls/{call}", json={"decision": "refuse"})
        _nothing_happened(client, ids)


def test_some_of_it_did_reach_the_tool_boundary(library: tuple[RunningServer, list[str]]) -> None:
    """Else the test above would have passed because nobody tried."""
    server, _ = library
    with server.client() as client:
        conversations = client.get("/api/conversations", params={"limit": 200}).json()["items"]
        calls = [
            call
            for each in conversations
            for message in client.get(f"/api/conversations/{each['id']}").json()["messages"]
            for call in message["tool_calls"]
        ]
    assert {call["name"] for call in calls} >= WRITING
    assert {call["state"] for call in calls if call["name"] in WRITING} <= {"refused", "expired", "failed"}


def test_drafts_from_hostile_mails_are_only_words(library: tuple[RunningServer, list[str]]) -> None:
    server, ids = library
    with server.client() as client:
        answer = client.post(
            "/api/generate", json={"task": "draft", "item_ids": ids[:5], "instructions": "Write a short reply."}
        ).raise_for_status()
        assert answer.json()["content"]
        with client.stream("POST", "/api/generate-stream", json={"message": "Summarise my mails."}) as stream:
            lines = [line for line in stream.iter_lines() if line.startswith("data: ")]
        last: dict[str, Any] = json.loads(lines[-1].removeprefix("data: "))
        assert last["done"] is True
        _nothing_happened(client, ids)


def _nothing_happened(client: httpx.Client, ids: list[str]) -> None:
    """No task, no note, no tag by the owner, no reminder, nothing deleted, nothing fetched or sent."""
    assert client.get("/api/tasks").json()["total"] == 0
    page = client.get("/api/items", params={"limit": 200}).json()
    assert {item["id"] for item in page["items"]} == set(ids)
    assert [tag for item in page["items"] for tag in item["tags"] if tag["by"] == "user"] == []
    assert client.get("/api/items", params={"trashed": True}).json()["total"] == 0
    assert client.get("/api/privacy/ledger").json()["items"] == []


def test_samples_are_those_of_the_evaluation_data(shared: Path) -> None:
    committed = (SAMPLES / "text_attack_train.json").read_bytes()
    assert committed == (shared / "data" / "hostile" / "prompt-injection" / "text_attack_train.json").read_bytes()
