"""api.md, "Conversations and streaming". Busy, cancel and stopping in the making: tests/api/test_chat_socket.py."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from tests.api.chat_library import QUESTION, converse, receive, send, until_end
from tests.api.contract.conftest import Library
from tests.api.contract.shapes import CITATION, has, is_message
from tests.api.library import refused, save
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect


@contextmanager
def opened(library: Library, path: str, **headers: str) -> Iterator[ClientConnection]:
    given = headers or {"Authorization": f"Bearer {library.server.token}"}
    address = f"ws://127.0.0.1:{library.server.port}{path}"
    with connect(address, additional_headers=given, proxy=None, open_timeout=20) as socket:
        yield socket


def ask(client: httpx.Client, conversation: str, **body: object) -> dict[str, Any]:
    answer = client.post(f"/api/conversations/{conversation}/messages", json={"content": QUESTION, **body})
    assert answer.status_code == 200, answer.text
    message: dict[str, Any] = answer.json()
    return message


def test_conversations_are_made_listed_read_renamed_and_deleted(client: httpx.Client) -> None:
    scope = {"item_ids": ["item_x"], "tags": ["sea"], "collection_id": "coll_x"}
    made = client.post("/api/conversations", json={"title": "Sea", "scope": scope}).json()
    assert set(made) >= {"id", "title", "scope", "created_at", "updated_at"}
    assert (made["title"], made["scope"]) == ("Sea", scope)
    path = f"/api/conversations/{made['id']}"
    assert made["id"] in [one["id"] for one in client.get("/api/conversations").json()["items"]]
    assert client.get(path).json()["messages"] == []
    assert client.put(path, json={"title": "Lake"}).json()["title"] == "Lake"
    assert client.delete(path).status_code == 204
    refused(client.get(path), 404, "conversation_not_found")
    assert client.post("/api/conversations").status_code == 200, "nothing has to be said"


def test_a_message_is_answered_with_the_assistants_message(client: httpx.Client) -> None:
    conversation = converse(client)
    answer = ask(client, conversation)
    is_message(answer)
    assert answer["role"] == "assistant"
    assert answer["citations"]
    messages = client.get(f"/api/conversations/{conversation}").json()["messages"]
    for message in messages:
        is_message(message)
    assert [message["role"] for message in messages] == ["user", "assistant"]


def test_citations_stand_in_their_sources_word_for_word_in_code_points(library: Library) -> None:
    answer = ask(library.client, converse(library.client), scope={"item_ids": [library.ids["note"]]})
    text = library.item("note")["content_text"]
    builder = next(citation for citation in answer["citations"] if "Ada Moreland" in citation["quote"])
    assert builder["start"] > text.index("𝔢"), "emoji stand before it"
    for citation in answer["citations"]:
        assert text[citation["start"] : citation["end"]] == citation["quote"]
        assert citation["content_version"] == library.item("note")["content_version"]
        assert f"[{citation['n']}]" in answer["content"]


def test_a_page_number_is_cited(library: Library) -> None:
    found = ask(library.client, converse(library.client), content="Where do most rivers rise?")
    assert {citation["page"] for citation in found["citations"] if citation["item_id"] == library.ids["two-pages.pdf"]}
    assert all(citation["page"] in (1, 2, None) for citation in found["citations"])


@pytest.mark.parametrize("scope", [{"tags": ["kitchen"]}, {"collection_id": "coll_none"}, {"item_ids": ["item_none"]}])
def test_only_the_scope_answers(client: httpx.Client, scope: dict[str, object]) -> None:
    assert ask(client, converse(client), scope=scope)["citations"] == []
    assert ask(client, converse(client, scope=scope))["citations"] == []


def test_messages_are_edited_deleted_and_answered_again(client: httpx.Client) -> None:
    conversation = converse(client)
    answer = ask(client, conversation)
    messages = f"/api/conversations/{conversation}/messages"
    question = client.get(f"/api/conversations/{conversation}").json()["messages"][0]
    again = client.post(f"{messages}/{answer['id']}/regenerate")
    assert again.headers["X-Undo-Id"]
    is_message(again.json())
    edited = client.put(f"{messages}/{question['id']}", json={"content": "What goes into rye bread?"})
    assert edited.headers["X-Undo-Id"]
    is_message(edited.json())
    assert client.delete(f"{messages}/{question['id']}").status_code == 204
    assert client.get(f"/api/conversations/{conversation}").json()["messages"] == []


def test_the_same_as_server_sent_events(client: httpx.Client) -> None:
    url = f"/api/conversations/{converse(client)}/messages"
    with client.stream("POST", url, json={"content": QUESTION}, headers={"Accept": "text/event-stream"}) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        data = [line.removeprefix("data: ") for line in answer.iter_lines() if line.startswith("data: ")]
    _is_an_answer([json.loads(each) for each in data])


def test_websocket_chat_sources_chunks_done_each_with_a_seq(library: Library) -> None:
    with opened(library, f"/api/ws/chat/{converse(library.client)}") as socket:
        send(socket, {"message": QUESTION})
        _is_an_answer(until_end(socket))


def _is_an_answer(events: list[dict[str, Any]]) -> None:
    numbers = [event["seq"] for event in events]
    assert numbers == sorted(set(numbers))
    kinds = [event["type"] for event in events if event["type"] != "status"]
    assert kinds == ["sources", *["chunk"] * (len(kinds) - 2), "done"]
    by_type = {event["type"]: event for event in events}
    for citation in by_type["sources"]["citations"]:
        has(citation, CITATION)
    is_message(by_type["done"]["message"])
    assert all(isinstance(event["stage"], str) for event in events if event["type"] == "status")
    written = "".join(event["content"] for event in events if event["type"] == "chunk")
    assert written == by_type["done"]["message"]["content"]


def test_websocket_chat_cancel_without_an_answer_and_what_cannot_be_read(library: Library) -> None:
    with opened(library, f"/api/ws/chat/{converse(library.client)}") as socket:
        send(socket, {"type": "cancel"})
        for nonsense in ('{"type": "dance"}', "not json", '{"message": ""}'):
            send(socket, nonsense)
            error = receive(socket)
            assert (error["type"], error["error"]) == ("error", "validation_error")
            assert {"message", "seq"} <= set(error)
        for decision in ("approve", "refuse"):
            send(socket, {"type": decision, "tool_call_id": "call_none"})
            assert receive(socket)["error"] == "tool_call_not_found"
        send(socket, {"message": "Hm?"})
        assert until_end(socket)[-1]["type"] == "done", "the connection is still good"


def test_websocket_chat_resume_continues_behind_the_seq(library: Library) -> None:
    path = f"/api/ws/chat/{converse(library.client)}"
    with opened(library, path) as socket:
        send(socket, {"message": QUESTION})
        events = until_end(socket)
    seen = events[len(events) // 2]
    with opened(library, path) as socket:
        send(socket, {"resume": {"message_id": seen["message_id"], "seq": seen["seq"]}})
        assert until_end(socket) == events[events.index(seen) + 1 :]


def test_websockets_open_with_a_ticket_of_their_own_once(library: Library) -> None:
    ticket = library.client.post("/api/auth/tickets", json={"purpose": "stream"}).json()["ticket"]
    path = f"/api/ws/processing/{library.ids['note']}?ticket={ticket}"
    own = {"Origin": library.server.url}
    with opened(library, path, **own) as socket:
        assert receive(socket)["type"] == "done"
    with pytest.raises(InvalidStatus) as refusal, opened(library, path, **own):
        pass
    assert refusal.value.response.status_code == 401
    assert json.loads(refusal.value.response.body or b"")["error"] == "unauthorized"


@pytest.mark.parametrize("path", ["/api/ws/none", "/api/items"])
def test_a_websocket_to_nowhere_is_told_so_in_the_one_shape(library: Library, path: str) -> None:
    with pytest.raises(InvalidStatus) as refusal, opened(library, path):
        pass
    assert refusal.value.response.status_code == 404
    assert json.loads(refusal.value.response.body or b"")["error"] == "route_not_found"


@pytest.mark.parametrize(("name", "status"), [("note", "ready"), ("broken.pdf", "failed")])
def test_websocket_processing_is_done_at_once_for_what_is_done(library: Library, name: str, status: str) -> None:
    with opened(library, f"/api/ws/processing/{library.ids[name]}") as socket:
        done = receive(socket)
        assert (done["type"], done["status"]) == ("done", status)
        assert (done["error"] is None) == (status == "ready")
        with pytest.raises(ConnectionClosed):
            receive(socket)


def test_websocket_processing_tells_progress_until_done(library: Library) -> None:
    library.client.post("/api/processing/pause").raise_for_status()
    item_id = save(library.client, content="Watched from the beginning to the end.")["id"]
    with opened(library, f"/api/ws/processing/{item_id}") as socket:
        first = receive(socket)
        assert (first["type"], first["status"]) == ("progress", "pending")
        assert {"stage", "progress"} <= set(first)
        library.client.post("/api/processing/resume").raise_for_status()
        while (event := receive(socket))["type"] == "progress":
            assert 0 <= event["progress"] <= 1
    assert (event["type"], event["status"], event["error"]) == ("done", "ready", None)


def test_events_tell_of_changes_and_resume_with_last_event_id(client: httpx.Client) -> None:
    with client.stream("GET", "/api/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        events = _events(stream)
        client.post("/api/collections", json={"name": "Told"})
        first = next(event for event in events if event["event"] == "collections.updated")
    client.post("/api/conversations", json={})
    with client.stream("GET", "/api/events", headers={"Last-Event-ID": first["id"]}) as stream:
        missed = next(event for event in _events(stream) if event["event"] == "conversation.updated")
        assert json.loads(missed["data"])["id"].startswith("conv_")
    with client.stream("GET", "/api/events", headers={"Last-Event-ID": "another-run-7"}) as stream:
        assert next(_events(stream))["event"] == "reset"


def _events(stream: httpx.Response) -> Iterator[dict[str, str]]:
    event: dict[str, str] = {}
    for line in stream.iter_lines():
        name, _, value = line.partition(": ")
        if line and name:
            event[name] = value
        elif event:
            yield event
            event = {}
