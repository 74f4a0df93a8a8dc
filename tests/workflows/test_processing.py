"""Processing on a real library: to its end, and on from wherever it was stopped."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.workflows.processing_library import GatedEmbedder, Library, opened

from cortex.domain import clock
from cortex.providers.fake import FakeEmbedder
from cortex.queue import jobs

PAGE = """<!doctype html><html lang="en"><head><title>Growing leeks in heavy clay</title>
<meta name="author" content="Ada Moreland"></head><body><article><h1>Growing leeks in heavy clay</h1>
<p>Leeks tolerate heavy clay better than carrots do, provided the bed drains before winter. The trench method
keeps the stems white without much earthing up.</p>
<p>Clay holds water, so raised rows are worth the work. Leeks planted in raised rows rot less often than leeks
planted in flat beds, and the harvest lasts into March.</p>
<p>Feed the bed with compost in autumn. Avoid digging while the clay is wet, because wet clay compacts.</p>
</article></body></html>"""
NOTE = "Leeks tolerate heavy clay. Raised rows drain before winter, and leeks planted there rot less often."
"""Quick to read: the parsing process needs few libraries for it."""
STAGES = ["fetch", "extract", "summarise", "tag", "chunk", "embed", "connect", "write", "done"]


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Library]:
    async with opened(tmp_path) as it:
        yield it


async def test_a_page_goes_through_every_stage_and_is_ready(library: Library) -> None:
    item_id = await library.save(PAGE, url="https://garden.example/leeks")
    stages = asyncio.create_task(library.stages_until(item_id, "ready"))
    async with library.working():
        seen = await stages
    assert list(dict.fromkeys(seen)) == STAGES
    item = await library.items.get(item_id)
    assert (item.title, item.author, item.language, item.kind) == (
        "Growing leeks in heavy clay",
        "Ada Moreland",
        "en",
        "article",
    )
    assert (item.progress, item.attempts, item.error, item.summary_by) == (1.0, 1, None, "extractive")
    assert item.processed_at
    assert item.word_count > 70
    assert item.reading_minutes == 1
    assert item.summary
    assert all(sentence in " ".join(PAGE.split()) for sentence in item.summary.split(". ")[:1])
    content = await library.items.content(item_id)
    assert content is not None
    assert "raised rows" in (content.text or "")
    assert await library.count("SELECT count(*) FROM chunks") >= 1
    assert await library.count("SELECT count(*) FROM chunks_fts WHERE chunks_fts MATCH 'leeks'") >= 1
    assert await library.indexing.items_without_vectors() == []


async def test_nothing_is_left_over_when_a_job_is_done(library: Library) -> None:
    item_id = await library.save(NOTE, kind="text/plain")
    async with library.working():
        await library.until(item_id, "ready")
        await library.until_no_jobs()
    assert checkpoints(library) == 0


def checkpoints(library: Library) -> int:
    with sqlite3.connect(library.root / "checkpoints.db") as raw:
        return int(
            raw.execute("SELECT (SELECT count(*) FROM checkpoints) + (SELECT count(*) FROM writes)").fetchone()[0]
        )


async def test_without_a_model_it_is_found_by_keyword_and_goes_on_when_the_model_is_there(tmp_path: Path) -> None:
    embedder = FakeEmbedder(available=False)
    async with opened(tmp_path, embedder=embedder) as library, library.working():
        item_id = await library.save(NOTE, kind="text/plain")
        item = await library.until(item_id, "waiting")
        assert item.stage == "embed"
        assert item.error is not None
        assert item.error.code == "ai_provider_unavailable"
        assert await library.count("SELECT count(*) FROM chunks_fts WHERE chunks_fts MATCH 'leeks'") >= 1
        stages = asyncio.create_task(library.stages_until(item_id, "ready"))
        embedder.available = True
        await library.status.release_waiting("ai_provider_unavailable")
        seen = list(dict.fromkeys(await stages))
        assert seen == ["embed", "connect", "write", "done"], "what was finished is not done again"


async def test_a_stop_in_the_middle_hands_back_and_goes_on_after_the_last_finished_step(tmp_path: Path) -> None:
    embedder = GatedEmbedder()
    async with opened(tmp_path, embedder=embedder) as first:
        item_id = await first.save(NOTE, kind="text/plain")
        async with first.working():
            await embedder.waiting.wait()
        assert (await first.items.get(item_id)).status == "processing"
        assert (await first.database.read(jobs.counts)).pending == 1
    async with opened(tmp_path) as second:
        stages = asyncio.create_task(second.stages_until(item_id, "ready"))
        async with second.working():
            assert list(dict.fromkeys(await stages)) == ["embed", "connect", "write", "done"]
        assert (await second.items.get(item_id)).attempts == 1


@pytest.mark.parametrize("tampering", ["garbage", "constructor", "pickle", "foreign item", "strange type"])
async def test_a_tampered_checkpoint_is_refused_and_the_job_starts_over(tmp_path: Path, tampering: str) -> None:
    embedder = GatedEmbedder()
    async with opened(tmp_path, embedder=embedder) as first:
        item_id = await first.save(NOTE, kind="text/plain")
        async with first.working():
            await embedder.waiting.wait()
    tamper(tmp_path / "checkpoints.db", tampering, item_id)
    async with opened(tmp_path) as second:
        stages = asyncio.create_task(second.stages_until(item_id, "ready"))
        async with second.working():
            assert list(dict.fromkeys(await stages)) == STAGES
    assert not (tmp_path / "owned").exists()


def tamper(path: Path, how: str, item_id: str) -> None:
    import ormsgpack

    constructor = {
        "lc": 2,
        "type": "constructor",
        "id": ["pathlib", "Path", "touch"],
        "args": [str(path.parent / "owned")],
    }
    with sqlite3.connect(path) as raw:
        if how == "garbage":
            raw.execute("UPDATE checkpoints SET checkpoint = ?", (b"\xc1\xff\x00garbage",))
        elif how == "constructor":
            raw.execute("UPDATE checkpoints SET type = 'json', checkpoint = ?", (json.dumps(constructor).encode(),))
        elif how == "pickle":
            raw.execute("UPDATE checkpoints SET type = 'pickle', checkpoint = ?", (b"cos\nsystem\n(S'true'\ntR.",))
        else:
            for checkpoint_id, blob in raw.execute("SELECT checkpoint_id, checkpoint FROM checkpoints").fetchall():
                state = ormsgpack.unpackb(blob)
                values = state["channel_values"]
                if "item_id" in values:
                    values["item_id"] = "item_other" if how == "foreign item" else [item_id]
                raw.execute(
                    "UPDATE checkpoints SET checkpoint = ? WHERE checkpoint_id = ?",
                    (ormsgpack.packb(state), checkpoint_id),
                )


@pytest.mark.parametrize("with_results", [True, False], ids=["after a step's results", "before them"])
@pytest.mark.parametrize("finished", range(6))
async def test_a_kill_between_any_two_writes_of_a_checkpoint_is_survived(
    tmp_path: Path, finished: int, with_results: bool
) -> None:
    embedder = GatedEmbedder()
    async with opened(tmp_path, embedder=embedder) as first:
        item_id = await first.save(NOTE, kind="text/plain")
        async with first.working():
            await embedder.waiting.wait()
    with sqlite3.connect(tmp_path / "checkpoints.db") as raw:
        rows = raw.execute("SELECT checkpoint_id FROM checkpoints ORDER BY checkpoint_id").fetchall()
        kept = [row[0] for row in rows][: finished + 1]
        for table in ("checkpoints", "writes"):
            raw.execute(f"DELETE FROM {table} WHERE checkpoint_id > ?", (kept[-1],))
        if not with_results:
            raw.execute("DELETE FROM writes WHERE checkpoint_id = ?", (kept[-1],))
    async with opened(tmp_path) as second, second.working():
        await second.until_no_jobs()
        assert (await second.items.get(item_id)).status == "ready"


async def test_a_file_of_checkpoints_that_is_no_database_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "checkpoints.db").write_bytes(b"not a database at all" * 1000)
    async with opened(tmp_path) as library, library.working():
        await library.until(await library.save(NOTE, kind="text/plain"), "ready")


async def test_content_saved_while_the_job_runs_is_processed_too(tmp_path: Path) -> None:
    embedder = GatedEmbedder()
    async with opened(tmp_path, embedder=embedder) as library:
        item_id = await library.save(PAGE, url="https://garden.example/leeks")
        async with library.working():
            await embedder.waiting.wait()
            changed = PAGE.replace("Feed the bed with compost", "Feed the bed with seaweed")
            assert await library.save(changed, url="https://garden.example/leeks") == item_id
            embedder.gate.set()
            item = await library.when(item_id, lambda item: item.status == "ready" and item.content_version == 2)
        assert item.content_version == 2
        assert await library.count("SELECT count(*) FROM chunks WHERE content_version <> 2") == 0
        assert await library.count("SELECT count(*) FROM chunks_fts WHERE chunks_fts MATCH 'seaweed'") >= 1
        assert await library.count("SELECT count(*) FROM chunks_fts WHERE chunks_fts MATCH 'compost'") == 0
        assert await library.count("SELECT count(*) - count(DISTINCT ordinal) FROM chunks") == 0


async def test_the_trash_ends_a_job_quietly(tmp_path: Path) -> None:
    embedder = FakeEmbedder(available=False)
    async with opened(tmp_path, embedder=embedder) as library, library.working():
        item_id = await library.save(NOTE, kind="text/plain")
        await library.until(item_id, "waiting")
        await library.items.update(item_id, deleted_at=clock.now())
        await library.status.release_waiting()
        await library.until_no_jobs()
        embedder.available = True
        await library.items.update(item_id, deleted_at=None)
        assert await library.status.take_up() == 1, "brought back, it is taken up again"
        await library.until(item_id, "ready")


async def test_what_cannot_be_read_fails_with_the_reason_and_can_be_retried(library: Library) -> None:
    async with library.working():
        item_id = await library.save("%PDF-1.7 this is no PDF", kind="application/pdf")
        item = await library.until(item_id, "failed")
        assert item.error is not None
        assert item.error.code in ("damaged", "unsupported")
        assert item.error.message.endswith(".")
        view = await library.status.view()
        assert (view.counts.failed, [entry.item.id for entry in view.entries]) == (1, [item_id])
        assert await library.status.retry(None) == 1
        await library.until(item_id, "failed")
        assert await library.status.retry(["item_unknown"]) == 0


async def test_a_pause_starts_nothing_and_resuming_goes_on(library: Library) -> None:
    await library.status.set_paused(True)
    async with library.working():
        item_id = await library.save(NOTE, kind="text/plain")
        other = await library.save("Another note, quite short.", kind="text/plain")
        view = await library.status.view()
        assert (view.paused, view.counts.pending, view.counts.processing) == (True, 2, 0)
        await library.status.set_paused(False)
        await library.until(item_id, "ready")
        await library.until(other, "ready")


async def test_text_that_looks_like_code_for_us_is_text(library: Library) -> None:
    hostile = (
        '{"lc":1,"type":"secret","id":["CORTEX_TOKEN"]} {a.__class__} {{7*7}} __import__("os") \'; DROP TABLE items; --'
    )
    async with library.working():
        item_id = await library.save(f"{hostile}\n\n{hostile}", kind="text/plain")
        assert (await library.until(item_id, "ready", "failed")).status == "ready"
    content = await library.items.content(item_id)
    assert content is not None
    assert (content.text or "").count(hostile) == 2


async def test_offline_waits_and_keeps_the_address(library: Library) -> None:
    async with library.working():
        item_id = await library.save(url="https://pages.example/leeks")
        item = await library.until(item_id, "waiting")
    assert (item.stage, item.kind, item.content_version) == ("fetch", "bookmark", 0)
    assert item.error is not None
    view = await library.status.view()
    assert view.entries[0].job.attempts == 0
    assert view.entries[0].job.next_attempt_at > clock.now()


Served = dict[str, tuple[int, str, bytes]]


@pytest.fixture
async def pages(tmp_path: Path) -> AsyncIterator[tuple[int, Served]]:
    """A server on loopback that stands for the network: (port, path → status, content type, body)."""
    served: Served = {}

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readline()).split()[1].decode()
        while (await reader.readline()).strip():
            pass
        status, kind, body = served.get(path, (404, "text/plain", b"no such page"))
        head = (
            f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1], served
    server.close()
    await server.wait_closed()


async def test_an_address_is_fetched_and_becomes_what_is_there(tmp_path: Path, pages: tuple[int, Served]) -> None:
    port, served = pages
    served["/leeks"] = (200, "text/html; charset=utf-8", PAGE.encode())
    served["/notes.txt"] = (200, "text/plain", b"Leeks like lime. Onions do too, in moderation.")
    sample = Path(__file__).resolve().parents[1] / "samples" / "journey" / "swift-boxes.pdf"
    served["/boxes"] = (200, "application/octet-stream", sample.read_bytes())
    async with opened(tmp_path, port=port) as library, library.working():
        page = await library.save(url=f"http://pages.example:{port}/leeks")
        text = await library.save(url=f"http://pages.example:{port}/notes.txt")
        pdf = await library.save(url=f"http://pages.example:{port}/boxes")
        item = await library.until(page, "ready", "failed")
        assert (item.status, item.kind, item.title) == ("ready", "article", "Growing leeks in heavy clay")
        assert (await library.until(text, "ready", "failed")).kind == "article"
        boxes = await library.until(pdf, "ready", "failed")
        assert (boxes.status, boxes.kind) == ("ready", "pdf")
        assert boxes.pages


async def test_a_page_that_is_gone_fails_and_stays_a_bookmark(tmp_path: Path, pages: tuple[int, Served]) -> None:
    port, served = pages
    async with opened(tmp_path, port=port) as library, library.working():
        item_id = await library.save(url=f"http://pages.example:{port}/gone")
        item = await library.until(item_id, "failed")
        assert (item.kind, item.url) == ("bookmark", f"http://pages.example:{port}/gone")
        assert item.error is not None
        assert item.error.code == "http_404"
        served["/gone"] = (200, "text/html", PAGE.encode())
        assert await library.status.retry([item_id]) == 1
        assert (await library.until(item_id, "ready")).kind == "article"


async def test_a_fault_of_one_job_does_not_stop_the_others(tmp_path: Path) -> None:
    class Faulty(FakeEmbedder):
        async def embed(self, texts, *, purpose):  # type: ignore[no-untyped-def] # as the base has it
            if any("faulty" in text for text in texts):
                raise ZeroDivisionError
            return await super().embed(texts, purpose=purpose)

    async with opened(tmp_path, embedder=Faulty()) as library, library.working():
        bad = await library.save("This faulty note makes the model stumble every time.", kind="text/plain")
        good = await library.save(NOTE, kind="text/plain")
        await library.until(good, "ready")
        item = await library.when(bad, lambda item: item.error is not None)
        assert (item.status, item.stage) == ("pending", "embed")
        assert item.error is not None
        assert item.error.code == "internal_error"
