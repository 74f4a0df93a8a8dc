"""Chat over WebSocket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from tests.api.chat_library import QUESTION, chat, converse, fill, receive, send, until_end
from tests.conftest import RunningServer, ServerThread
from websockets.exceptions import ConnectionClosed

from cortex.services.answers import EXTRACTIVE, AnswerPart, Inquiry, Words


class Held:
    """Holds every answer behind its first words, on the server's loop, until it is let go."""

    def __init__(self, server: RunningServer):
        self._loop = server.loop
        self._go_on = asyncio.Event()

    async def answer(self, inquiry: Inquiry) -> AsyncGenerator[AnswerPart, None]:
        async for part in EXTRACTIVE.answer(inquiry):
            yield part
            if isinstance(part, Words):
                await self._go_on.wait()

    def let_go(self) -> None:
        self._loop.call_soon_threadsafe(self._go_on.set)


@contextmanager
def held(server: RunningServer) -> Iterator[Held]:
    answers = Held(server)
    server.application.answering.use(replace(EXTRACTIVE, answer=answers.answer))
    try:
        yield answers
    finally:
        answers.let_go()
        server.application.answering.use(EXTRACTIVE)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for these tests, with the small library in it."""
    with ServerThread(data_dir=tmp_path_factory.mktemp("chat") / "data") as running:
        with running.client() as http:
            fill(running, http)
        yield running


@pytest.fixture
def conversation(client: httpx.Client) -> str:
    return converse(client)


def test_sources_then_words_then_the_stored_answer(
    server: RunningServer, client: httpx.Client, conversation: str
) -> None:
    with chat(server, conversation) as socket:
        send(socket, {"message": QUESTION})
        events = until_end(socket)
        kinds = [event["type"] for event in events if event["type"] != "status"]
        assert kinds == ["sources", *["chunk"] * (len(kinds) - 2), "done"]
        message = events[-1]["message"]
        assert events[kinds.index("sources")]["seq"] < events[-1]["seq"]
        assert message["content"] == "".join(event["content"] for event in events if event["type"] == "chunk")
        send(socket, {"message": "When was it automated?"})
        more = until_end(socket)
        numbers = [event["seq"] for event in (*events, *more)]
        assert numbers == sorted(set(numbers))
    stored = client.get(f"/api/conversations/{conversation}").json()["messages"]
    assert stored[1] | {"suggestions": []} == message
    assert "automated" in stored[3]["citations"][0]["quote"]


def test_nonsense_is_answered_and_the_connection_stays(server: RunningServer, conversation: str) -> None:
    with chat(server, conversation) as socket:
        for nonsense in ("", "{", "[]", "null", '{"type": "cancel', '{"message": 7}', '{"type": "dance"}', "[" * 5000):
            send(socket, nonsense)
            assert receive(socket)["error"] == "validation_error"
        socket.send(b"\xff\xfe")
        assert receive(socket)["error"] == "validation_error"
        send(socket, {"message": "   "})
        assert receive(socket)["error"] == "validation_error"
        send(socket, {"message": QUESTION, "model": "elsewhere"})
        assert receive(socket)["error"] == "validation_error"
        send(socket, {"message": "x" * 20_001})
        assert "at most 20000 characters" in receive(socket)["message"]
        send(socket, {"resume": {"message_id": "msg_none", "seq": 0}})
        assert receive(socket)["error"] == "message_not_found"
        send(socket, {"type": "cancel"})
        send(socket, {"message": QUESTION})
        assert until_end(socket)[-1]["type"] == "done"


def test_an_unknown_conversation(server: RunningServer) -> None:
    with chat(server, "conv_none") as socket:
        assert receive(socket)["error"] == "conversation_not_found"
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=30)


def test_busy_then_cancelled(server: RunningServer, client: httpx.Client, conversation: str) -> None:
    with held(server), chat(server, conversation) as socket, chat(server, conversation) as other:
        send(socket, {"message": QUESTION})
        while receive(socket)["type"] != "chunk":
            pass
        for each in (socket, other):
            send(each, {"message": "And again?"})
            assert receive(each)["error"] == "busy"
        answer = client.post(f"/api/conversations/{conversation}/messages", json={"content": "And again?"})
        assert (answer.status_code, answer.json()["error"]) == (409, "conflict")
        send(socket, {"type": "cancel"})
        last = until_end(socket)[-1]
        assert (last["type"], last["message"]["status"]) == ("done", "cancelled")
        assert last["message"]["content"]
    assert client.get(f"/api/conversations/{conversation}").json()["messages"][-1] == last["message"]


def test_a_lost_connection_is_taken_up_again(server: RunningServer, client: httpx.Client, conversation: str) -> None:
    with held(server) as answers:
        with chat(server, conversation) as socket:
            send(socket, {"message": QUESTION})
            seen = [receive(socket)]
            while seen[-1]["type"] != "chunk":
                seen.append(receive(socket))
        answers.let_go()
        with chat(server, conversation) as socket:
            send(socket, {"resume": {"message_id": seen[-1]["message_id"], "seq": seen[-1]["seq"]}})
            rest = until_end(socket)
    assert [event["seq"] for event in (*seen, *rest)] == sorted({event["seq"] for event in (*seen, *rest)})
    content = "".join(event["content"] for event in (*seen, *rest) if event["type"] == "chunk")
    assert rest[-1]["message"]["content"] == content
    assert client.get(f"/api/conversations/{conversation}").json()["messages"][-1]["content"] == content


def test_an_answer_of_an_earlier_run_is_read_from_the_library(
    server: RunningServer, client: httpx.Client, conversation: str
) -> None:
    answer = client.post(f"/api/conversations/{conversation}/messages", json={"content": QUESTION}).json()
    asyncio.run_coroutine_threadsafe(server.application.answering.settled(), server.loop).result(30)
    answer = client.get(f"/api/conversations/{conversation}").json()["messages"][-1]
    server.application.answering.streams.forget(answer["id"])
    with chat(server, conversation) as socket:
        send(socket, {"resume": {"message_id": answer["id"], "seq": 500}})
        event = receive(socket)
    assert (event["type"], event["message"]) == ("done", answer)
    assert event["seq"] > 500


def test_an_answer_cut_off_by_a_crash_is_marked_at_the_next_start(tmp_path: Path) -> None:
    with ServerThread(data_dir=tmp_path / "data") as server, server.client() as client:
        conversation = converse(client)
        begin = server.application.conversations.begin(conversation, QUESTION, None)
        turn = asyncio.run_coroutine_threadsafe(begin, server.loop).result(30)
    with ServerThread(data_dir=tmp_path / "data") as server, server.client() as client:
        last = client.get(f"/api/conversations/{conversation}").json()["messages"][-1]
        assert (last["id"], last["status"]) == (turn.answer.id, "interrupted")
        with chat(server, conversation) as socket:
            send(socket, {"resume": {"message_id": turn.answer.id, "seq": 3}})
            assert receive(socket)["message"] == last


def test_a_stop_is_told_and_what_was_written_is_kept(tmp_path: Path) -> None:
    with ServerThread(data_dir=tmp_path / "data") as own, own.client() as client:
        fill(own, client)
        conversation = converse(client)
        with held(own), chat(own, conversation) as socket:
            send(socket, {"message": QUESTION})
            while receive(socket)["type"] != "chunk":
                pass
            own.loop.call_soon_threadsafe(own.application.stopping.set)
            assert until_end(socket)[-1]["error"] == "interrupted"
            assert receive(socket)["error"] == "stopping"
            with pytest.raises(ConnectionClosed) as closed:
                socket.recv(timeout=30)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1001
        stored = client.get(f"/api/conversations/{conversation}").json()["messages"][-1]
        assert (stored["status"], bool(stored["content"])) == ("interrupted", True)
