"""Conversations over HTTP: the rows of the contract, and what lies between them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from tests.api.chat_library import QUESTION, converse, fill
from tests.conftest import ServerThread

IDS: dict[str, str] = {}
MESSAGE_FIELDS = {"id", "role", "content", "citations", "tool_calls", "provider", "model", "usage", "created_at"}
CITATION_FIELDS = {
    "n", "item_id", "chunk_id", "title", "url", "quote", "start", "end", "page", "content_version",
}  # fmt: skip


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """The owner's client of one server for all of these tests, with the small library in it."""
    with ServerThread(data_dir=tmp_path_factory.mktemp("talks") / "data") as server, server.client() as http:
        IDS.update(fill(server, http))
        yield http


@pytest.fixture
def library(client: httpx.Client) -> dict[str, str]:
    return IDS


def ask(client: httpx.Client, conversation: str, content: str = QUESTION, **more: object) -> dict[str, Any]:
    answer = client.post(f"/api/conversations/{conversation}/messages", json={"content": content, **more})
    assert answer.status_code == 200, answer.text
    message: dict[str, Any] = answer.json()
    return message


def read(client: httpx.Client, conversation: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/api/conversations/{conversation}").raise_for_status().json()
    return found


def refused(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["error"]) == (status, code), answer.text


def test_an_answer_cites_what_stands_in_the_library(client: httpx.Client, library: dict[str, str]) -> None:
    answer = ask(client, converse(client))
    assert set(answer) >= MESSAGE_FIELDS
    assert (answer["role"], answer["status"], answer["found"]) == ("assistant", "done", True)
    assert (answer["provider"], answer["model"]) == ("embedded", "extractive")
    assert answer["usage"]["total_tokens"] == 0
    assert any("Ada Moreland" in citation["quote"] for citation in answer["citations"])
    for citation in answer["citations"]:
        assert set(citation) >= CITATION_FIELDS
        text = client.get(f"/api/items/{citation['item_id']}").json()["content_text"]
        assert text[citation["start"] : citation["end"]] == citation["quote"]
        assert f"[{citation['n']}]" in answer["content"]


def test_what_is_not_there_is_said_not_to_be_there(client: httpx.Client, library: dict[str, str]) -> None:
    answer = ask(client, converse(client), "Which treaty ended the Thirty Years' War?")
    assert (answer["found"], answer["citations"]) == (False, [])
    assert "not in your library" in answer["content"]


def test_only_the_scope_answers(client: httpx.Client, library: dict[str, str]) -> None:
    kitchen = converse(client, scope={"tags": ["kitchen"]})
    assert ask(client, kitchen)["found"] is False
    assert ask(client, kitchen, scope={"item_ids": [library["lighthouse"]]})["found"] is True
    assert ask(client, converse(client), scope={"collection_id": "coll_none"})["found"] is False


def test_conversations_are_listed_last_used_first(client: httpx.Client) -> None:
    before = client.get("/api/conversations", params={"limit": 1}).json()["total"]
    conversations = [converse(client, title=f"Talk {number}") for number in range(3)]
    ask(client, conversations[0], "Anybody here?")
    first = client.get("/api/conversations", params={"limit": 2}).json()
    assert [one["id"] for one in first["items"]] == [conversations[0], conversations[2]]
    assert first["items"][0]["message_count"] == 2
    assert first["total"] == before + 3
    cursor: str | None = first["next_cursor"]
    rest: list[str] = []
    while cursor:
        page = client.get("/api/conversations", params={"limit": 2, "cursor": cursor}).json()
        rest += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert (rest[0], len(rest), len(set(rest))) == (conversations[1], before + 1, before + 1)
    jumped = client.get("/api/conversations", params={"offset": 2}).json()
    assert [one["id"] for one in jumped["items"]] == rest[:50]
    refused(client.get("/api/conversations", params={"cursor": "nonsense"}), 422, "validation_error")
    refused(client.get("/api/conversations", params={"limit": 0}), 422, "validation_error")


def test_titles_come_from_the_first_question_unless_given(client: httpx.Client) -> None:
    named, unnamed = converse(client, title="  Mine  "), converse(client)
    for conversation in (named, unnamed):
        ask(client, conversation, "What is a\nlighthouse?")
        ask(client, conversation, "And a buoy?")
    assert (read(client, named)["title"], read(client, unnamed)["title"]) == ("Mine", "What is a")
    renamed = client.put(f"/api/conversations/{unnamed}", json={"title": "Sea marks"})
    assert renamed.json()["title"] == read(client, unnamed)["title"] == "Sea marks"
    refused(client.put(f"/api/conversations/{unnamed}", json={"title": " "}), 422, "validation_error")


def test_deleting(client: httpx.Client) -> None:
    conversation = converse(client)
    first = ask(client, conversation, "One?")
    ask(client, conversation, "Two?")
    question = read(client, conversation)["messages"][0]
    assert question["role"] == "user"
    assert client.delete(f"/api/conversations/{conversation}/messages/{question['id']}").status_code == 204
    left = [message["content"] for message in read(client, conversation)["messages"] if message["role"] == "user"]
    assert left == ["Two?"]
    refused(client.get(f"/api/conversations/{conversation}/messages/{first['id']}"), 404, "message_not_found")
    assert client.delete(f"/api/conversations/{conversation}").status_code == 204
    refused(client.get(f"/api/conversations/{conversation}"), 404, "conversation_not_found")
    refused(client.delete(f"/api/conversations/{conversation}"), 404, "conversation_not_found")


def test_editing_and_regenerating(client: httpx.Client, library: dict[str, str]) -> None:
    conversation = converse(client)
    answer = ask(client, conversation)
    messages = f"/api/conversations/{conversation}/messages"
    again = client.post(f"{messages}/{answer['id']}/regenerate")
    assert (again.status_code, again.json()["found"]) == (200, True)
    question = read(client, conversation)["messages"][0]
    edited = client.put(f"{messages}/{question['id']}", json={"content": "What goes into a rye sourdough?"}).json()
    assert edited["citations"][0]["item_id"] == library["bread"]
    now = read(client, conversation)["messages"]
    assert [message["id"] for message in now] == [question["id"], edited["id"]]
    refused(client.put(f"{messages}/{edited['id']}", json={"content": "Words"}), 422, "validation_error")
    refused(client.put(f"{messages}/msg_none", json={"content": "Words"}), 404, "message_not_found")
    refused(client.post(f"{messages}/msg_none/regenerate"), 404, "message_not_found")


def test_what_was_lost_comes_back(client: httpx.Client) -> None:
    conversation = converse(client)
    answer = ask(client, conversation, "One?")
    ask(client, conversation, "Two?")
    full = read(client, conversation)
    where = f"/api/conversations/{conversation}"
    writes: tuple[Callable[[], httpx.Response], ...] = (
        lambda: client.delete(where),
        lambda: client.delete(f"{where}/messages/{answer['id']}"),
        lambda: client.put(f"{where}/messages/{full['messages'][0]['id']}", json={"content": "Three?"}),
        lambda: client.post(f"{where}/messages/{answer['id']}/regenerate"),
        lambda: client.put(where, json={"title": "Other"}),
    )
    for write in writes:
        written = write()
        assert written.is_success
        undo_id = written.headers.get("X-Undo-Id") or written.json()["undo_id"]
        client.post(f"/api/undo/{undo_id}").raise_for_status()
        assert read(client, conversation) == full


def test_what_cannot_be_asked(client: httpx.Client) -> None:
    conversation = converse(client)
    messages = f"/api/conversations/{conversation}/messages"
    refused(client.post(messages, json={"content": ""}), 422, "validation_error")
    refused(client.post(messages, json={"content": " \n "}), 422, "validation_error")
    refused(client.post(messages, json={"content": "x" * 20_001}), 422, "validation_error")
    refused(client.post(messages, json={}), 422, "validation_error")
    refused(client.post(messages, json={"content": "Hm?", "model": "elsewhere"}), 422, "validation_error")
    unknown = client.post("/api/conversations/conv_none/messages", json={"content": "Hm?"})
    refused(unknown, 404, "conversation_not_found")
    assert read(client, conversation)["messages"] == []


def test_the_same_events_as_server_sent_ones(client: httpx.Client, library: dict[str, str]) -> None:
    conversation = converse(client)
    url = f"/api/conversations/{conversation}/messages"
    with client.stream("POST", url, json={"content": QUESTION}, headers={"Accept": "text/event-stream"}) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = [line for line in answer.iter_lines() if line.startswith("data: ")]
    events = [json.loads(line.removeprefix("data: ")) for line in lines]
    kinds = [event["type"] for event in events if event["type"] != "status"]
    assert kinds == ["sources", *["chunk"] * (len(kinds) - 2), "done"]
    message = events[-1]["message"]
    assert message["content"] == "".join(event["content"] for event in events if event["type"] == "chunk")
    stored = read(client, conversation)["messages"][-1]
    assert stored | {"suggestions": []} == message  # what is suggested comes after the answer
    assert [event["seq"] for event in events] == sorted({event["seq"] for event in events})


def test_hostile_words_are_words(client: httpx.Client, library: dict[str, str]) -> None:
    conversation = converse(client)
    for words in ("'; DROP TABLE messages; --", "NEAR(", '"', "tag:", "*", "\x00null\x00", "{{7*7}}", "🙂" * 100, "-"):
        assert ask(client, conversation, words)["status"] == "done"
