"""The way of a user through Cortex, with a real process and a real file: save, find, ask, stop, go on."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.e2e.program import DEMO_NOTES, SAMPLES, Program, ok, processed, until, upload
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

pytestmark = pytest.mark.slow

QUESTIONS = [
    ("What happens if sparks blow onto the barn?", "Wood kiln: firing handbook", "wind turns to the east"),
    ("How much did the ladder truck for the swift boxes cost?", "Swift boxes on the town hall: report for 2025", "610"),
    ("Who decides when the Brannoch ferry leaves?", "How the Brannoch ferry lost its timetable", "Morag Sinclair"),
    ("Which mesh width should the net over the blueberries have?", "Keeping blackbirds off the blueberries", "milli"),
    ("Why did the loaf tear along the side?", "Sourdough log, winter", "220"),
]


@dataclass
class Library:
    """A serving Cortex with the samples in it; items by title, with their content."""

    program: Program
    client: httpx.Client
    items: dict[str, dict[str, Any]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    program = Program(tmp_path_factory.mktemp("journey") / "data")
    try:
        with program.client() as client:
            found = Library(program, client)
            ids = [ok(client.post("/api/items", json=body))["id"] for body in _bodies()]
            ids += [saved["id"] for saved in upload(client, *sorted(SAMPLES.glob("*.pdf")))]
            found.items = {item["title"]: item for item in processed(client, ids)}
            yield found
    finally:
        program.end()


def _bodies() -> list[dict[str, Any]]:
    notes = [*sorted(SAMPLES.glob("*.md")), *sorted(DEMO_NOTES.glob("*.md"))[::2]]
    bodies: list[dict[str, Any]] = [
        {"content": note.read_text(encoding="utf-8"), "content_type": "text/markdown"}
        for note in notes
        if note.name != "README.md"
    ]
    for page in sorted(SAMPLES.glob("*.html")):
        address = f"https://pages.example.org/{page.stem}?utm_source=letter"
        bodies.append({"url": address, "content": page.read_text(encoding="utf-8"), "source": "extension"})
    return bodies


def test_every_readable_thing_is_ready(library: Library) -> None:
    unready = {title: item["error"] for title, item in library.items.items() if item["status"] != "ready"}
    assert unready == {}
    assert len(library.items) == len(_bodies()) + 2
    for item in library.items.values():
        assert item["content_text"].strip()
        assert item["chunks"] > 0
        assert item["summary"]
        assert item["summary_by"] == "extractive"


def test_a_page_is_read_without_what_stands_around_it(library: Library) -> None:
    page = library.items["Keeping blackbirds off the blueberries"]
    assert page["author"] == "Marta Lindqvist"
    assert page["site_name"] == "The Kitchen Plot"
    assert page["published_at"].startswith("2025-06-14")
    assert page["kind"] == "article"
    assert "11.3 kg" in page["content_text"]
    assert "<table" in page["content_html"]
    for around in ("Accept all", "Newsletter", "You should not see this", "Popular this week"):
        assert around not in page["content_text"]
    assert "<script" not in page["content_html"]
    assert "utm_source" not in page["canonical_url"]


def test_pdf_pages_are_kept(library: Library) -> None:
    handbook = library.items["Wood kiln: firing handbook"]
    assert handbook["kind"] == "pdf"
    assert handbook["pages"] == 3
    found = _search(library, '"Water is never thrown"')
    assert found["results"][0]["item_id"] == handbook["id"]
    assert found["results"][0]["page"] == 3


def test_saving_again_is_noticed(library: Library) -> None:
    page = SAMPLES / "ferry-timetable.html"
    body = {"url": "https://pages.example.org/ferry-timetable#top", "content": page.read_text(encoding="utf-8")}
    again = ok(library.client.post("/api/items", json=body))
    assert again["duplicate"] is True
    assert again["id"] == library.items["How the Brannoch ferry lost its timetable"]["id"]
    uploaded = upload(library.client, SAMPLES / "swift-boxes.pdf")[0]
    assert uploaded["duplicate"] is True
    assert uploaded["id"] == library.items["Swift boxes on the town hall: report for 2025"]["id"]


def test_what_cannot_be_read_fails_in_plain_words(library: Library, tmp_path: Path) -> None:
    torn = tmp_path / "torn.pdf"
    torn.write_bytes((SAMPLES / "kiln-handbook.pdf").read_bytes()[:900])
    item = processed(library.client, [upload(library.client, torn)[0]["id"]])[0]
    assert item["status"] == "failed"
    message = item["error"]["message"]
    assert "PDF" in message
    for jargon in ("Traceback", "Error:", "Exception", "errno", "0x"):
        assert jargon not in message
    ok(library.client.delete(f"/api/items/{item['id']}", params={"permanent": "true"}))


def test_an_address_on_this_computer_is_not_fetched(library: Library) -> None:
    asked: list[str] = []

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{site.server_address[1]}/secret"
        answer = library.client.post("/api/items", json={"url": address})
        if answer.is_success:
            item = processed(library.client, [answer.json()["id"]])[0]
            assert item["status"] == "failed"
            message = item["error"]["message"]
        else:
            assert answer.status_code in (400, 403, 422)
            message = answer.json()["message"]
    finally:
        site.shutdown()
        site.server_close()
    assert "this computer" in message or "private" in message or "local" in message
    assert asked == []


def test_processing_is_followed_over_a_websocket(library: Library) -> None:
    body = {"content": "# Lantern oil\n\nThe oil for the pier's lantern stands in the blue shed.", "source": "test"}
    saved = ok(library.client.post("/api/items", json=body | {"content_type": "text/markdown"}))
    events: list[dict[str, Any]] = []
    with library.program.socket(f"/api/ws/processing/{saved['id']}") as socket:
        while not events or events[-1]["type"] != "done":
            events.append(json.loads(socket.recv(timeout=30)))
    assert all(event["type"] == "progress" for event in events[:-1])
    assert events[-1]["status"] == "ready"
    assert _search(library, "lantern oil")["results"][0]["item_id"] == saved["id"]


def test_words_find(library: Library) -> None:
    for query, title in [
        ("dehumidifier", "Meeting: the archive room"),
        ("Liegewagen", "Nachtzug nach Malmö"),
        ('"hazel frame"', "Keeping blackbirds off the blueberries"),
        ("damper kind:pdf", "Wood kiln: firing handbook"),
        ("crossings site:pages.example.org", "How the Brannoch ferry lost its timetable"),
    ]:
        found = _search(library, query)
        assert found["results"], query
        best = found["results"][0]
        assert best["title"] == title, query
        assert "<mark>" in best["snippet"], query
        assert 0 <= best["score"] <= 1
        text = library.items[title]["content_text"]
        assert 0 <= best["start"] < best["end"] <= len(text)
    assert _search(library, "dehumidifier -gelatine")["results"] == [] or all(
        result["title"] != "Meeting: the archive room"
        for result in _search(library, "dehumidifier -gelatine")["results"]
    )


def test_meaning_finds_without_a_common_word(library: Library) -> None:
    for query, title in [
        ("protecting fruit against hungry songbirds", "Keeping blackbirds off the blueberries"),
        ("ceramics oven operating instructions", "Wood kiln: firing handbook"),
        ("preserving old documents in storage", "Meeting: the archive room"),
    ]:
        found = _search(library, query, mode="semantic")
        assert found["degraded"] is None
        assert found["results"][0]["title"] == title, query
        assert "semantic" in found["results"][0]["matched"]


@pytest.mark.parametrize(("question", "title", "fact"), QUESTIONS)
def test_answers_cite_their_sources_word_for_word(library: Library, question: str, title: str, fact: str) -> None:
    conversation = ok(library.client.post("/api/conversations", json={}))["id"]
    answer = ok(library.client.post(f"/api/conversations/{conversation}/messages", json={"content": question}))
    _stands_word_for_word(library.client, answer)
    sources = {citation["title"] for citation in answer["citations"]}
    assert title in sources
    assert any(fact in citation["quote"] for citation in answer["citations"]), answer["content"]


def test_an_answer_streams_over_a_websocket(library: Library) -> None:
    conversation = ok(library.client.post("/api/conversations", json={}))["id"]
    with library.program.socket(f"/api/ws/chat/{conversation}") as socket:
        socket.send(json.dumps({"message": "What did the harbour board count?"}))
        events = _until_done(socket)
    numbers = [event["seq"] for event in events]
    assert numbers == sorted(set(numbers))
    kinds = [event["type"] for event in events]
    assert kinds.index("sources") < kinds.index("chunk") < kinds.index("done")
    answer = events[-1]["message"]
    assert "".join(event["content"] for event in events if event["type"] == "chunk") == answer["content"]
    assert answer["usage"]["total_tokens"] == 0
    _stands_word_for_word(library.client, answer)
    stored = ok(library.client.get(f"/api/conversations/{conversation}"))
    assert [message["role"] for message in stored["messages"]] == ["user", "assistant"]
    assert stored["messages"][1]["content"] == answer["content"]
    assert stored["title"]


def test_what_the_library_does_not_hold_is_not_answered(library: Library) -> None:
    conversation = ok(library.client.post("/api/conversations", json={}))["id"]
    question = {"content": "Which enzyme limits the rate of cholesterol synthesis in the liver?"}
    answer = ok(library.client.post(f"/api/conversations/{conversation}/messages", json=question))
    assert answer["found"] is False
    assert answer["citations"] == []


def test_the_log_keeps_the_library_to_itself(library: Library) -> None:
    log = library.program.log
    assert library.program.token not in log
    for words in ("hazel", "dehumidifier", "Morag"):
        assert words not in log
    for line in log.splitlines():
        json.loads(line)


@pytest.mark.parametrize("how", ["SIGTERM", "SIGINT", "stdin"])
def test_a_stop_is_graceful_and_loses_nothing(tmp_path: Path, how: str) -> None:
    program = Program(tmp_path / "data")
    try:
        with program.client() as client:
            saved = upload(client, SAMPLES / "sourdough-log.md", SAMPLES / "swift-boxes.pdf")
            processed(client, [item["id"] for item in saved])
            conversation = ok(client.post("/api/conversations", json={}))["id"]
            content = {"content": "How warm is the cellar where the bread proofs?"}
            ok(client.post(f"/api/conversations/{conversation}/messages", json=content))
            before = _everything(client, conversation)
            with program.socket(f"/api/ws/chat/{conversation}") as socket:
                assert program.stop(how) == 0
                with pytest.raises(ConnectionClosed) as closed:
                    _until_done(socket)
                assert closed.value.rcvd is not None
                assert closed.value.rcvd.code == 1001
        assert not (program.data_dir / "running").exists()
        program.start()
        with program.client() as client:
            assert _everything(client, conversation) == before
            assert ok(client.get("/api/processing/queue"))["pending"] == 0
    finally:
        program.end()


def test_what_was_pending_is_processed_after_a_restart(tmp_path: Path) -> None:
    program = Program(tmp_path / "data")
    try:
        with program.client() as client:
            ok(client.post("/api/processing/pause"))
            saved = upload(client, *sorted(SAMPLES.glob("*.html")))
            assert {ok(client.get(f"/api/items/{item['id']}"))["status"] for item in saved} == {"pending"}
            ok(client.post("/api/processing/resume"))
        assert program.stop() == 0
        program.start()
        with program.client() as client:
            items = processed(client, [item["id"] for item in saved])
            assert [item["status"] for item in items] == ["ready", "ready"]
    finally:
        program.end()


def test_a_second_cortex_says_who_has_the_library(tmp_path: Path) -> None:
    program = Program(tmp_path / "data")
    try:
        with pytest.raises(AssertionError, match=rf"process {program.process.pid}"):
            Program(tmp_path / "data")
        until(lambda: httpx.get(f"{program.url}/api/health", trust_env=False).is_success)
    finally:
        program.end()


def _search(library: Library, query: str, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = ok(library.client.post("/api/search", json={"query": query, **more}))
    return found


def _stands_word_for_word(client: httpx.Client, answer: dict[str, Any]) -> None:
    assert answer["found"] is True
    assert answer["citations"]
    for citation in answer["citations"]:
        assert f"[{citation['n']}]" in answer["content"]
        assert citation["verified"] is True
        item = ok(client.get(f"/api/items/{citation['item_id']}"))
        assert citation["content_version"] == item["content_version"]
        assert item["content_text"][citation["start"] : citation["end"]] == citation["quote"]
        assert citation["page"] is None or 1 <= citation["page"] <= item["pages"]


def _until_done(socket: ClientConnection) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    while not events or events[-1]["type"] != "done":
        events.append(json.loads(socket.recv(timeout=30)))
    return events


def _everything(client: httpx.Client, conversation: str) -> dict[str, Any]:
    found = ok(client.post("/api/search", json={"query": "swift boxes"}))
    talked = ok(client.get(f"/api/conversations/{conversation}"))
    for message in talked["messages"]:
        message["suggestions"] = []  # they come some time after the answer
    return {
        "items": ok(client.get("/api/items", params={"sort": "title"}))["items"],
        "conversation": talked,
        "found": [
            (result["item_id"], result["start"], result["end"], result["snippet"]) for result in found["results"]
        ],
    }
