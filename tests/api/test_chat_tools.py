"""Tools in the chat, from the socket to the library: shown, approved, refused, given up."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import httpx
import pytest
from tests.api.chat_library import QUESTION, chat, filled, send, until_end
from tests.api.library import refused, undo
from tests.api.tool_chat import NOTE, TASK, Wanted, acting, conversing, receive_error, tasks, until, using
from tests.conftest import RunningServer

from cortex.providers.chat_model import ChatPart, ChatRequest, TextDelta, ToolCall, ToolCalls


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with filled(tmp_path_factory.mktemp("chat")) as (running, _):
        yield running


@pytest.fixture
def conversation(client: httpx.Client) -> Iterator[str]:
    with conversing(client) as made:
        yield made


def test_approved_it_is_done_and_the_answer_goes_on(
    server: RunningServer, client: httpx.Client, conversation: str
) -> None:
    with using(server, acting([TASK])) as model, chat(server, conversation) as socket:
        send(socket, {"message": "Remind me to call Ada, please."})
        asked = until(socket, "tool_call")
        assert asked["name"] == "create_task"
        assert asked["arguments"] == TASK[1]
        assert asked["needs_approval"] is True
        assert asked["description"] == "Make the task “Call Ada”, due Friday 2 January 2099."
        assert tasks(client) == []
        send(socket, {"type": "approve", "tool_call_id": asked["id"]})
        result = until(socket, "tool_result")
        assert (result["id"], result["state"]) == (asked["id"], "done")
        assert tasks(client) == ["Call Ada"]
        message = until_end(socket)[-1]["message"]
        assert (message["status"], message["content"]) == ("done", "That is done.")
        (call,) = message["tool_calls"]
        assert (call["state"], call["undo_id"], call["id"]) == ("done", result["undo_id"], asked["id"])
        told = model.requests[-1].messages[-1]
        assert (told.role, told.name) == ("tool", "create_task")
        assert told.content.startswith("Made the task task_")
    stored = client.get(f"/api/conversations/{conversation}").json()["messages"][-1]
    assert stored["tool_calls"] == message["tool_calls"]
    undo(client, call["undo_id"])
    assert tasks(client) == []


def test_refused_it_is_not_done_and_the_model_is_told(
    server: RunningServer, client: httpx.Client, conversation: str
) -> None:
    with using(server, acting([TASK], end="Then not.")) as model, chat(server, conversation) as socket:
        send(socket, {"message": QUESTION})
        asked = until(socket, "tool_call")
        send(socket, {"type": "refuse", "tool_call_id": asked["id"]})
        assert until(socket, "tool_result")["state"] == "refused"
        assert until_end(socket)[-1]["message"]["content"].endswith("Then not.")
        assert "refused" in model.requests[-1].messages[-1].content
        send(socket, {"type": "approve", "tool_call_id": asked["id"]})
        assert receive_error(socket) == "conflict"
        send(socket, {"type": "approve", "tool_call_id": "call_none"})
        assert receive_error(socket) == "tool_call_not_found"
    assert tasks(client) == []


def test_two_wait_at_once_and_are_decided_one_by_one(
    server: RunningServer, client: httpx.Client, conversation: str
) -> None:
    with using(server, acting([TASK, NOTE])) as model, chat(server, conversation) as socket:
        send(socket, {"message": QUESTION})
        first, second = until(socket, "tool_call"), until(socket, "tool_call")
        send(socket, {"type": "approve", "tool_call_id": second["id"]})
        assert until(socket, "tool_result")["id"] == second["id"]
        assert tasks(client) == []
        assert len(model.requests) == 1, "the answer goes on when all is decided"
        send(socket, {"type": "approve", "tool_call_id": first["id"]})
        assert until(socket, "tool_result")["id"] == first["id"]
        assert until_end(socket)[-1]["message"]["status"] == "done"
        assert [message.name for message in model.requests[-1].messages if message.role == "tool"] == [
            "create_task",
            "save_note",
        ]
    assert tasks(client) == ["Call Ada"]


def test_reading_tools_need_no_word_and_what_they_find_is_cited(
    server: RunningServer, client: httpx.Client, conversation: str
) -> None:
    def script(request: ChatRequest) -> Sequence[ChatPart] | str:
        if request.messages[-1].role == "tool":
            number = request.messages[-1].content.split("]")[0].removeprefix("[")
            return f"A rye sourdough rests for sixteen hours [{number}]."
        return [ToolCalls((ToolCall("s", "search_library", {"query": "rye sourdough rests"}),))]

    with using(server, script), chat(server, conversation) as socket:
        send(socket, {"message": QUESTION})
        events = until_end(socket)
    kinds = [event["type"] for event in events if event["type"] != "status"]
    assert kinds.index("tool_call") < kinds.index("tool_result") < kinds.index("chunk")
    message = events[-1]["message"]
    assert message["status"] == "done"
    (citation,) = message["citations"]
    assert (citation["title"], citation["verified"]) == ("Rye bread", True)
    assert "sixteen hours" in citation["quote"]
    (call,) = message["tool_calls"]
    assert (call["state"], call["needs_approval"], call["undo_id"]) == ("done", False, None)
    assert call["result"]["text"] is None, "what was read is not repeated"


def test_a_wish_without_evidence_reaches_the_tools(
    server: RunningServer, client: httpx.Client, conversation: str
) -> None:
    with using(server, acting([TASK])), chat(server, conversation) as socket:
        send(socket, {"message": "xylophone zeppelin quark"})
        asked = until(socket, "tool_call")
        send(socket, {"type": "approve", "tool_call_id": asked["id"]})
        message = until_end(socket)[-1]["message"]
        assert (message["content"], message["claims"]) == ("That is done.", [])


def test_calls_that_make_no_sense_are_shown_and_corrected(
    server: RunningServer, client: httpx.Client, conversation: str
) -> None:
    wrong: Wanted = ("create_task", {"name": "Call Ada"})
    with using(server, acting([wrong, ("fly", {})], [TASK])) as model, chat(server, conversation) as socket:
        send(socket, {"message": QUESTION})
        failed = [until(socket, "tool_result") for _ in range(2)]
        assert [event["state"] for event in failed] == ["failed", "failed"]
        assert until(socket, "tool_call")["name"] == "create_task"
        told = [message.content for message in model.requests[-1].messages if message.role == "tool"]
        assert "title: Field required" in told[0]
        assert "There is no tool 'fly'" in told[1]
        send(socket, {"type": "cancel"})
        assert until_end(socket)[-1]["message"]["status"] == "cancelled"


def test_over_http_the_answer_waits_and_goes_on(server: RunningServer, client: httpx.Client, conversation: str) -> None:
    with using(server, acting([TASK])), chat(server, conversation) as socket:
        url = f"/api/conversations/{conversation}"
        waiting = client.post(f"{url}/messages", json={"content": QUESTION}).raise_for_status().json()
        assert waiting["status"] == "waiting"
        (call,) = waiting["tool_calls"]
        assert (call["state"], call["result"]) == ("pending", None)
        assert tasks(client) == []
        decided = client.post(f"{url}/tool-calls/{call['id']}", json={"decision": "approve"}).raise_for_status().json()
        assert (decided["state"], decided["message_id"]) == ("done", waiting["id"])
        again = client.post(f"{url}/tool-calls/{call['id']}", json={"decision": "approve"}).raise_for_status().json()
        assert again["undo_id"] == decided["undo_id"]
        refused(client.post(f"{url}/tool-calls/{call['id']}", json={"decision": "refuse"}), 409, "conflict")
        refused(client.post(f"{url}/tool-calls/none", json={"decision": "refuse"}), 404, "tool_call_not_found")
        refused(client.post(f"{url}/tool-calls/{call['id']}", json={"decision": "x"}), 422, "validation_error")
        send(socket, {"resume": {"message_id": waiting["id"], "seq": 0}})
        assert until_end(socket)[-1]["message"]["status"] == "done"
    assert tasks(client) == ["Call Ada"]


def test_as_server_sent_events_it_stays_open(server: RunningServer, client: httpx.Client, conversation: str) -> None:
    url = f"/api/conversations/{conversation}"
    seen: list[str] = []
    with (
        using(server, acting([TASK])),
        client.stream(
            "POST", f"{url}/messages", json={"content": QUESTION}, headers={"Accept": "text/event-stream"}
        ) as answer,
    ):
        for line in answer.iter_lines():
            if not line.startswith("data: "):
                continue
            event = json.loads(line.removeprefix("data: "))
            seen.append(event["type"])
            if event["type"] == "tool_call":
                with server.client() as other:
                    body = {"decision": "approve"}
                    other.post(f"{url}/tool-calls/{event['id']}", json=body).raise_for_status()
            if event["type"] == "done":
                break
    assert seen.index("tool_call") < seen.index("tool_result") < seen.index("done")


def test_cancelled_while_it_waits(server: RunningServer, client: httpx.Client, conversation: str) -> None:
    with using(server, acting([TASK])), chat(server, conversation) as socket:
        send(socket, {"message": QUESTION})
        asked = until(socket, "tool_call")
        send(socket, {"type": "cancel"})
        events = until_end(socket)
        assert events[-1]["message"]["status"] == "cancelled"
        assert events[-1]["message"]["tool_calls"][0]["state"] == "expired"
        send(socket, {"type": "approve", "tool_call_id": asked["id"]})
        assert receive_error(socket) == "conflict"
    assert tasks(client) == []


def test_asking_on_refuses_what_waits(server: RunningServer, client: httpx.Client, conversation: str) -> None:
    with chat(server, conversation) as socket:
        with using(server, acting([TASK])):
            send(socket, {"message": QUESTION})
            asked = until(socket, "tool_call")
            waiting = client.get(f"/api/conversations/{conversation}").json()["messages"][-1]
            while waiting["status"] != "waiting":
                waiting = client.get(f"/api/conversations/{conversation}").json()["messages"][-1]
        with using(server, lambda _: "Something else."):
            send(socket, {"message": QUESTION})
            result = until(socket, "tool_result")
            assert (result["id"], result["state"]) == (asked["id"], "refused")
            assert until(socket, "done")["message"]["status"] == "cancelled"
            assert until(socket, "done")["message"]["content"] == "Something else."
    assert tasks(client) == []


def test_whoever_connects_is_told_what_waits(server: RunningServer, client: httpx.Client, conversation: str) -> None:
    with using(server, acting([TASK])):
        with chat(server, conversation) as socket:
            send(socket, {"message": QUESTION})
            asked = until(socket, "tool_call")
        with chat(server, conversation) as another:
            told = until(another, "tool_call")
            assert told["id"] == asked["id"]
            send(another, {"type": "approve", "tool_call_id": told["id"]})
            assert until_end(another)[-1]["message"]["status"] == "done"
    assert tasks(client) == ["Call Ada"]


def test_what_the_model_says_before_a_tool_is_kept(
    server: RunningServer, client: httpx.Client, conversation: str
) -> None:
    def script(request: ChatRequest) -> Sequence[ChatPart] | str:
        if request.messages[-1].role == "tool":
            return "It is done."
        return [TextDelta("I make the task."), ToolCalls((ToolCall("t", *TASK),))]

    with using(server, script), chat(server, conversation) as socket:
        send(socket, {"message": QUESTION})
        asked = until(socket, "tool_call")
        send(socket, {"type": "approve", "tool_call_id": asked["id"]})
        assert until_end(socket)[-1]["message"]["content"] == "I make the task.\n\nIt is done."
