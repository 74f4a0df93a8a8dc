"""The owner's word on calls of tools: done once, refused, always, too late."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from tests.api.chat_library import converse, filled
from tests.api.library import undo
from tests.integration.tool_answers import LATER, Answer, Library, answering, begun, said

from cortex.db.database import Database
from cortex.db.repositories import tool_calls
from cortex.domain import clock
from cortex.domain.conversation import AnswerScope
from cortex.domain.tool_call import ToolCallRecord
from cortex.exceptions import ConflictError, NotFoundError, ToolCallNotFoundError, ValidationError
from cortex.providers.chat_model import ToolCall
from cortex.services.chat_tools.calls import MOST_UNASKED
from cortex.services.chat_tools.toolbox import MOST_CALLS
from cortex.services.chat_tools.writing import Writers


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with filled(tmp_path_factory.mktemp("tools")) as made:
        yield made


@pytest.fixture
def answer(library: Library) -> Iterator[Answer]:
    with answering(library) as made:
        yield made


def test_refused_is_not_done_and_stays_refused(answer: Answer) -> None:
    call = answer.call("create_task", title="No")
    refused = answer.decide(call, "refuse")
    assert (refused.state, refused.result is not None and refused.result.is_error) == ("refused", True)
    assert answer.decide(call, "refuse").state == "refused"
    with pytest.raises(ConflictError):
        answer.decide(call)
    assert answer.client.get("/api/tasks").json()["total"] == 0
    with pytest.raises(ToolCallNotFoundError):
        answer.decide(replace(call, conversation_id="conv_other"))
    with pytest.raises(ValidationError):
        answer.decide(answer.call("create_task", title="No"), "refuse", always=True)


def test_approved_many_times_at_once_is_done_once(answer: Answer) -> None:
    call = answer.call("create_task", title="Once")

    async def approve(_: int) -> str:
        try:
            decided = await answer.service.decide(call.conversation_id, call.id, "approve", scope=AnswerScope())
        except ConflictError:
            return "conflict"
        return decided.state

    async def all_at_once() -> list[str]:
        return list(await asyncio.gather(*(approve(n) for n in range(20))))

    states = answer.on_loop(all_at_once())
    assert "done" in states
    tasks = answer.client.get("/api/tasks").json()
    assert tasks["total"] == 1
    assert answer.on_loop(answer.service.of_message(call.message_id))[0].state == "done"
    answer.client.delete(f"/api/tasks/{tasks['items'][0]['id']}")


def test_carried_out_again_after_a_crash_it_is_done_once(answer: Answer) -> None:
    """As after a kill between the owner's word and the tool: whoever goes on may not know how far it came."""
    call = answer.decide(answer.call("create_task", title="Once"))
    answer.on_loop(answer.service.carry_out(call, AnswerScope()))
    assert answer.client.get("/api/tasks").json()["total"] == 1
    again = answer.on_loop(answer.service.of_message(call.message_id))[0]
    assert (again.state, again.undo_id) == ("done", call.undo_id)
    undo(answer.client, str(call.undo_id))


def test_what_fails_leaves_nothing_and_says_so(answer: Answer) -> None:
    call = answer.call("create_task", title="About bread", item_id=answer.items["bread"])
    trash = answer.client.delete(f"/api/items/{answer.items['bread']}")
    failed = answer.decide(call)
    assert failed.state == "failed"
    assert said(failed).startswith("It was not done: There is no item")
    assert answer.client.get("/api/tasks").json()["total"] == 0
    undo(answer.client, trash.headers["X-Undo-Id"])


def test_an_unexpected_failure_in_the_note_undoes_the_write(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ConflictError("The note failed.")

    call = answer.call("create_task", title="Half")
    with monkeypatch.context() as patched:
        finish: Callable[..., None] = tool_calls.finish
        patched.setattr(tool_calls, "finish", lambda *a, **k: broken() if a[2] == "done" else finish(*a, **k))
        failed = answer.decide(call)
    assert failed.state == "failed"
    assert answer.client.get("/api/tasks").json()["total"] == 0


def test_always_is_for_one_tool_in_one_conversation(answer: Answer) -> None:
    first = answer.call("create_task", title="First")
    answer.decide(first, always=True)
    assert answer.on_loop(answer.service.granted(first.conversation_id)) == ["create_task"]
    reader = answer.call("create_task", title="Asked by somebody who may only read")
    assert reader.state == "pending"
    answer.answer = replace(answer.answer, may_write=True)
    assert answer.call("create_task", title="Second").state == "done"
    assert answer.call("save_note", title="Other tool", content="x").state == "pending"
    elsewhere = Answer(
        answer.server,
        answer.client,
        answer.items,
        replace(begun(answer.server, converse(answer.client)), may_write=True),
    )
    assert elsewhere.call("create_task", title="Elsewhere").state == "pending"
    answer.on_loop(answer.service.revoke(first.conversation_id, "create_task"))
    assert answer.call("create_task", title="Third").state == "pending"
    with pytest.raises(NotFoundError):
        answer.on_loop(answer.service.revoke(first.conversation_id, "create_task"))
    for task in answer.client.get("/api/tasks").json()["items"]:
        answer.client.delete(f"/api/tasks/{task['id']}")


def test_always_does_not_let_an_answer_run_wild(answer: Answer) -> None:
    answer.decide(answer.call("create_task", title="First"), always=True)
    answer.answer = replace(begun(answer.server, answer.answer.conversation_id), may_write=True)
    answer.rounds = 0
    wanted: list[tuple[str, dict[str, object]]] = [("create_task", {"title": f"Task {n}"}) for n in range(20)]
    ran = answer.calls(*wanted)
    assert len(ran.calls) == MOST_CALLS
    assert [call.state for call in ran.calls] == ["done"] * MOST_UNASKED + ["pending"] * (MOST_CALLS - MOST_UNASKED)
    assert answer.calls(("search_library", {"query": "rye"})).calls == ()
    ended = answer.on_loop(answer.service.end_pending(answer.answer.message_id, "refused", "Asked on."))
    assert {call.state for call in ended} == {"refused"}
    assert len(ended) == MOST_CALLS - MOST_UNASKED
    for task in answer.client.get("/api/tasks").json()["items"]:
        answer.client.delete(f"/api/tasks/{task['id']}")


def test_proposing_again_changes_nothing(answer: Answer) -> None:
    """A workflow's step may run twice."""
    wanted = [ToolCall("x", "create_task", {"title": "Twice"})]

    async def twice() -> tuple[list[ToolCallRecord], list[ToolCallRecord]]:
        first = await answer.service.propose(answer.answer, 0, wanted)
        return first, await answer.service.propose(answer.answer, 0, wanted)

    first, second = answer.on_loop(twice())
    assert first == second
    assert len(first) == 1


def test_each_tool_writes_in_one_transaction(answer: Answer) -> None:
    """What makes exactly-once true: a second write of the same call would be refused."""
    writes: list[str] = []

    class Counting(Database):
        def __init__(self, library: Database):
            super().__init__(library.path)
            self._library = library

        async def read(self, work: Any) -> Any:
            return await self._library.read(work)

        async def write(self, work: Any, *, durable: bool = False) -> Any:
            writes.append("write")
            return await self._library.write(work, durable=durable)

    service = answer.service
    original = service._writers

    def counted(library: Database) -> Writers:
        return original(Counting(library))

    calls = [
        answer.call("create_task", title="One"),
        answer.call("save_note", title="One", content="Only one transaction."),
        answer.call("tag_item", item_id=answer.items["bread"], add=["one"]),
        answer.call("set_reminder", when=LATER, item_id=answer.items["bread"]),
    ]
    service._writers = counted
    try:
        for call in calls:
            writes.clear()
            done = answer.decide(call)
            assert (done.state, writes) == ("done", ["write"]), call.name
            undo(answer.client, str(done.undo_id))
    finally:
        service._writers = original


def test_what_a_deleted_answer_wanted_is_not_done(answer: Answer) -> None:
    call = answer.call("create_task", title="Too late")
    answer.client.delete(f"/api/conversations/{call.conversation_id}").raise_for_status()
    with pytest.raises(ConflictError):
        answer.decide(call)
    assert answer.client.get("/api/tasks").json()["total"] == 0


def test_calls_go_when_their_answers_have_gone(answer: Answer) -> None:
    kept = answer.call("create_task", title="Kept")
    gone = Answer(answer.server, answer.client, answer.items, begun(answer.server, converse(answer.client)))
    left = gone.call("create_task", title="Gone")
    gone.client.delete(f"/api/conversations/{left.conversation_id}").raise_for_status()
    database = answer.server.application.database
    answer.on_loop(database.write(lambda connection: tool_calls.prune(connection, clock.after(-3600))))
    assert answer.on_loop(gone.service.of_message(left.message_id)) == [left], "an undo may bring the answer back"
    answer.on_loop(database.write(lambda connection: tool_calls.prune(connection, clock.after(3600))))
    assert answer.on_loop(gone.service.of_message(left.message_id)) == []
    assert answer.on_loop(answer.service.of_message(kept.message_id)) == [kept]


def test_a_kill_between_the_call_and_the_wait_leaves_nothing_to_decide(answer: Answer) -> None:
    call = answer.call("create_task", title="Lost")
    answer.on_loop(answer.server.application.conversations.recover())
    answer.on_loop(answer.service.expire_orphans("The answer ended."))
    assert answer.on_loop(answer.service.get(call.conversation_id, call.id)).state == "expired"
    with pytest.raises(ConflictError):
        answer.decide(call)
