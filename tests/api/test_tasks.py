"""Tasks over HTTP: made, changed, listed, found, undone, and what becomes of them when their item goes."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from tests.api.library import refused, save, undo
from tests.conftest import RunningServer

from cortex.domain import clock
from cortex.domain.item import ItemContent
from cortex.domain.task import day_of

DAY = 24 * 3600.0


@pytest.fixture
def client(quiet_client: httpx.Client) -> httpx.Client:
    """Nothing is processed meanwhile."""
    return quiet_client


def make(client: httpx.Client, title: str = "Call the archive", **fields: object) -> dict[str, Any]:
    answer = client.post("/api/tasks", json={"title": title, **fields})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def change(client: httpx.Client, task_id: str, **fields: object) -> dict[str, Any]:
    answer = client.put(f"/api/tasks/{task_id}", json=fields)
    assert answer.status_code == 200, answer.text
    changed: dict[str, Any] = answer.json()
    return changed


def titles(client: httpx.Client, **params: Any) -> list[str]:
    answer = client.get("/api/tasks", params=params)
    assert answer.status_code == 200, answer.text
    page = answer.json()
    found = [task["title"] for task in page["items"]]
    assert page["next_cursor"] or page["total"] == len(found) + params.get("offset", 0)
    return found


def write_text(server: RunningServer, item_id: str, text: str) -> int:
    """Give an item its text, as processing would."""

    def write(connection: Any) -> int:
        connection.execute(
            "UPDATE item_contents SET text = ? WHERE item_number = (SELECT number FROM items WHERE id = ?)",
            (text, item_id),
        )
        return 0

    asyncio.run_coroutine_threadsafe(server.application.database.write(write), server.loop).result(10)
    content = asyncio.run_coroutine_threadsafe(server.application.items.content(item_id), server.loop).result(10)
    assert isinstance(content, ItemContent)
    return content.version


def test_making_reading_changing_and_deleting(client: httpx.Client) -> None:
    made = make(
        client, "  Call   the archive ", note="Ask for box 7.\nBefore noon.", due_at="2031-01-02T03:04:05+02:00"
    )
    assert made["id"].startswith("task_")
    assert (made["title"], made["status"], made["created_by"]) == ("Call the archive", "open", "user")
    assert (made["due_at"], made["overdue"], made["undo_id"][:5]) == ("2031-01-02T01:04:05.000Z", False, "undo_")
    shown = client.get(f"/api/tasks/{made['id']}").json()
    assert shown == {name: value for name, value in made.items() if name != "undo_id"}
    done = change(client, made["id"], status="done", due_at="2031-01-02", note=None)
    assert (done["status"], done["due_at"], done["note"]) == ("done", "2031-01-02", None)
    assert done["completed_at"] == done["updated_at"] >= made["updated_at"]
    assert change(client, made["id"], status="done")["undo_id"] is None
    assert change(client, made["id"], status="open")["completed_at"] is None
    answer = client.delete(f"/api/tasks/{made['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    refused(client.get(f"/api/tasks/{made['id']}"), 404, "task_not_found")
    undo(client, answer.headers["X-Undo-Id"])
    assert client.get(f"/api/tasks/{made['id']}").json()["due_at"] == "2031-01-02"


def test_every_write_is_undone_and_the_undo_too(client: httpx.Client) -> None:
    made = make(client, "First", note="about herons")
    renamed = change(client, made["id"], title="Second", note="about swans")
    undone = undo(client, renamed["undo_id"])
    assert (titles(client, q="herons"), titles(client, q="swans")) == (["First"], [])
    undo(client, undone["undo_id"])
    assert (titles(client, q="herons"), titles(client, q="swans")) == ([], ["Second"])
    undo(client, made["undo_id"])
    assert titles(client) == []


def test_tasks_are_sorted_by_due_time_those_without_last(client: httpx.Client) -> None:
    for title, due_at in (
        ("none", None),
        ("day", "2031-05-02"),
        ("noon", "2031-05-02T12:00:00Z"),
        ("far", "2032-01-01"),
    ):
        make(client, title, due_at=due_at)
    assert titles(client) == ["noon", "day", "far", "none"]
    assert titles(client, sort="-due_at") == ["far", "day", "noon", "none"]
    assert titles(client, sort="created_at") == ["none", "day", "noon", "far"]
    assert titles(client, due_before="2031-05-02") == []
    assert titles(client, due_before="2031-05-03") == ["noon", "day"]
    assert titles(client, due_before="2031-05-02T13:00:00Z") == ["noon"]
    assert titles(client, due_after="2031-05-02T12:00:00Z") == ["noon", "day", "far"]
    assert titles(client, due_after="2031-05-03") == ["far"]


def test_pages_go_on_where_they_ended(client: httpx.Client) -> None:
    made = [make(client, f"Task {index}", due_at="2031-05-02" if index % 2 else None)["title"] for index in range(7)]
    seen: list[str] = []
    cursor: str | None = None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = client.get("/api/tasks", params=params).json()
        assert page["total"] == 7
        seen += [task["title"] for task in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        last = cursor
    assert seen == made[1::2] + made[0::2]
    assert titles(client, limit=200, offset=5) == seen[5:]
    refused(client.get("/api/tasks", params={"cursor": last, "sort": "-due_at"}), 422, "validation_error")
    refused(client.get("/api/tasks", params={"cursor": "x"}), 422, "validation_error")


def test_overdue_is_what_is_open_and_over(client: httpx.Client) -> None:
    today = day_of(clock.now())
    make(client, "past", due_at="2020-01-01")
    make(client, "just", due_at=clock.after(-60))
    make(client, "soon", due_at=clock.after(60))
    make(client, "today", due_at=today)
    make(client, "never")
    make(client, "done", due_at="2020-01-01", status="done")
    assert titles(client, overdue=True) == ["past", "just"]
    assert "today" in titles(client, overdue=False)
    assert titles(client, status="done") == ["done"]
    assert {task["title"] for task in client.get("/api/tasks").json()["items"] if task["overdue"]} == {"past", "just"}


def test_words_of_title_and_note_are_found_and_nothing_is_an_operator(client: httpx.Client) -> None:
    make(client, "Calling the naïve archivist", note='He said: "never" OR NEAR the river*')
    make(client, "東京の図書館に電話する")
    for query in ("call", "calls archivist", "NAIVE", "river", "archi", "never or near", '"', "the", "call the archiv"):
        expected = [] if query == '"' else ["Calling the naïve archivist"]
        assert titles(client, q=query) == expected, query
    assert titles(client, q="図書") == ["東京の図書館に電話する"]
    for hostile in ('" OR 1', "NEAR(a b)", "words:x", "-", "*", "^a", "(((", "a AND", "\x00", "'; DROP TABLE tasks --"):
        assert client.get("/api/tasks", params={"q": hostile}).status_code == 200, hostile
    assert titles(client, q="archivist -never") == ["Calling the naïve archivist"]
    assert titles(client, q="archivist elsewhere") == []


def test_a_task_comes_from_words_of_an_item(server: RunningServer, client: httpx.Client) -> None:
    item_id = save(client, content="Letters", title="The letters")["id"]
    quote = {"quote": "answer Ida", "start": 4, "end": 14}
    refused(client.post("/api/tasks", json={"title": "x", "item_id": item_id, "passage": quote}), 409, "conflict")
    version = write_text(server, item_id, "I must answer Ida before May.")
    made = make(client, "Answer Ida", item_id=item_id, passage=quote)
    assert made["item"] == {"id": item_id, "title": "The letters", "trashed": False}
    assert made["passage"] == {"quote": "answer Ida", "start": 7, "end": 17, "content_version": version}
    other = make(client, "Unrelated")
    assert titles(client, item_id=item_id) == ["Answer Ida"]
    assert change(client, made["id"], title="Answer Ida now")["passage"] == made["passage"]
    moved = change(client, made["id"], item_id=None)
    assert (moved["item"], moved["passage"]) == (None, None)
    for body, status, code in (
        ({"passage": quote}, 422, "validation_error"),
        ({"item_id": "item_x"}, 404, "item_not_found"),
        ({"item_id": item_id, "passage": {**quote, "quote": "not there"}}, 422, "validation_error"),
        ({"item_id": item_id, "passage": {**quote, "end": 4}}, 422, "validation_error"),
        ({"item_id": item_id, "passage": {**quote, "content_version": 9}}, 409, "conflict"),
    ):
        refused(client.put(f"/api/tasks/{other['id']}", json=body), status, code)
        refused(client.post("/api/tasks", json={"title": "x", **body}), status, code)


def test_a_task_outlives_its_item_and_says_so(server: RunningServer, client: httpx.Client) -> None:
    item_id = save(client, content="Letters", title="The letters")["id"]
    write_text(server, item_id, "I must answer Ida.")
    passage = {"quote": "answer Ida", "start": 7, "end": 17}
    task_id = make(client, "Answer Ida", item_id=item_id, passage=passage)["id"]
    client.delete(f"/api/items/{item_id}")
    assert client.get(f"/api/tasks/{task_id}").json()["item"]["trashed"] is True
    undo_id = change(client, task_id, status="done")["undo_id"]
    client.delete(f"/api/items/{item_id}", params={"permanent": "true"})
    left = client.get(f"/api/tasks/{task_id}").json()
    assert (left["item_id"], left["item"], left["passage"]["quote"]) == (None, None, "answer Ida")
    undo(client, undo_id)
    again = client.get(f"/api/tasks/{task_id}").json()
    assert (again["status"], again["item_id"]) == ("open", None)


def test_what_is_no_task_is_refused(client: httpx.Client) -> None:
    for body in (
        {},
        {"title": " "},
        {"title": "x", "due_at": "tomorrow"},
        {"title": "x", "due_at": "2031-02-30"},
        {"title": "x", "remind_at": "soon"},
        {"title": "x", "status": "half"},
    ):
        refused(client.post("/api/tasks", json=body), 422, "validation_error")
    for params in ({"sort": "title"}, {"status": "half"}, {"due_before": "x"}, {"limit": 0}):
        refused(client.get("/api/tasks", params=params), 422, "validation_error")
    refused(client.put("/api/tasks/task_x", json={"title": "x"}), 404, "task_not_found")
    refused(client.delete("/api/tasks/task_x"), 404, "task_not_found")
    assert client.get("/api/tasks").json() == {"items": [], "next_cursor": None, "total": 0}


def test_the_same_request_with_a_key_makes_one_task(client: httpx.Client) -> None:
    once = {"Idempotency-Key": "task-1"}
    first, again = (client.post("/api/tasks", json={"title": "Once"}, headers=once) for _ in range(2))
    assert first.json() == again.json()
    assert titles(client) == ["Once"]


def test_a_reading_key_reads_and_does_not_write(server: RunningServer, client: httpx.Client) -> None:
    task_id = make(client)["id"]
    key = client.post("/api/auth/keys", json={"name": "Reader", "scope": "read"}).json()["key"]
    with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {key}"}, trust_env=False) as reader:
        assert reader.get(f"/api/tasks/{task_id}").json()["id"] == task_id
        refused(reader.post("/api/tasks", json={"title": "x"}), 403, "forbidden")
        refused(reader.put(f"/api/tasks/{task_id}", json={"title": "x"}), 403, "forbidden")
        refused(reader.delete(f"/api/tasks/{task_id}"), 403, "forbidden")


def test_the_event_stream_tells_of_changes_and_reminders(client: httpx.Client) -> None:
    with client.stream("GET", "/api/events") as stream:
        lines = stream.iter_lines()
        assert "connected" in next(lines)
        made = make(client, "Ring", remind_at=clock.after(-5))
        told: list[tuple[str, dict[str, Any]]] = []
        kind = ""
        while ("task.reminder", {"task_id": made["id"], "title": "Ring"}) not in told:
            line = next(lines)
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            elif line.startswith("data: "):
                told.append((kind, json.loads(line.removeprefix("data: "))))
    assert told[0] == ("task.created", {"task_id": made["id"]})
    assert client.get(f"/api/tasks/{made['id']}").json()["reminded_at"] is not None
    assert titles(client, reminded=True) == ["Ring"]
