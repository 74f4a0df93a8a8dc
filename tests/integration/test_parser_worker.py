"""The parsing process: real processes, real limits, real deaths."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from cortex.config import Limits
from cortex.exceptions import ExtractionError
from cortex.services.extraction import child
from cortex.services.extraction.worker import Parser

SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "documents"
LIMITS = Limits()
posix = pytest.mark.skipif(sys.platform == "win32", reason="the system has no such limits")


def workers() -> list[psutil.Process]:
    """This process's parsing processes."""
    found = []
    for process in psutil.Process().children():
        with contextlib.suppress(psutil.Error):
            if any("extraction.child" in part for part in process.cmdline()):
                found.append(process)
    return found


async def until(condition: object, seconds: float = 20.0) -> None:
    """Waits for a condition, checked often; fails after `seconds`."""
    assert callable(condition)
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - other processes set no event
            await asyncio.sleep(0.01)


async def reason_of(parser: Parser, data: bytes | Path, media_type: str) -> str:
    with pytest.raises(ExtractionError) as raised:
        await parser.parse(data, media_type=media_type)
    assert raised.value.message.endswith(".")
    return raised.value.reason


async def test_documents_of_all_kinds_in_one_process() -> None:
    parser = Parser(LIMITS)
    assert workers() == []
    try:
        page = await parser.parse(SAMPLES / "article.html", media_type="text/html", url="https://shore.example/a")
        note = await parser.parse((SAMPLES / "note.md").read_bytes(), media_type="text/plain", filename="note.md")
        paper = await parser.parse(SAMPLES / "two-pages.pdf", media_type="text/html")
        text = await parser.parse("Grüße".encode("latin-1"), media_type="text/plain", charset="latin-1")
        assert page.metadata.title == "How tides work"
        assert note.metadata.title == "Baking bread"
        assert (paper.metadata.pages, paper.blocks[-1].page) == (2, 2)
        assert (text.text, text.metadata.title) == ("Grüße", "Grüße")
        assert len(workers()) == 1
    finally:
        await parser.aclose()
    assert workers() == []


async def test_reasons_in_plain_words() -> None:
    parser = Parser(LIMITS)
    try:
        assert await reason_of(parser, SAMPLES / "locked.pdf", "application/pdf") == "encrypted"
        assert await reason_of(parser, SAMPLES / "broken.pdf", "application/pdf") == "damaged"
        assert await reason_of(parser, SAMPLES / "no-text.pdf", "application/pdf") == "empty"
        assert await reason_of(parser, b"", "text/html") == "empty"
        assert await reason_of(parser, b"\x89PNG\r\n\x1a\n", "image/png") == "unsupported"
        assert await reason_of(parser, SAMPLES / "missing.pdf", "application/pdf") == "damaged"
    finally:
        await parser.aclose()


@posix
async def test_too_much_computing_is_stopped_and_the_next_document_is_read() -> None:
    parser = Parser(Limits(parse_cpu_seconds=1))
    paragraph = b"<p>" + b"many words in a long paragraph, <b>again</b> and <i>again</i>. " * 20 + b"</p>"
    try:
        assert await reason_of(parser, b"<article>" + paragraph * 20_000, "text/html") == "too_slow"
        assert (await parser.parse(b"fine", media_type="text/plain")).text == "fine"
    finally:
        await parser.aclose()


async def test_too_long_is_stopped_and_the_loop_stays_free() -> None:
    parser = Parser(Limits(parse_seconds=0.2))
    lags = []

    async def watch() -> None:
        while True:
            started = time.perf_counter()
            await asyncio.sleep(0.005)
            lags.append(time.perf_counter() - started)

    watcher = asyncio.create_task(watch())
    try:
        assert await reason_of(parser, b"<p>words and words</p>" * 300_000, "text/html") == "too_slow"
        assert max(lags) < 0.2
    finally:
        watcher.cancel()
        await parser.aclose()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps this limit")
async def test_too_much_memory_is_refused() -> None:
    parser = Parser(Limits(parse_memory=256 * 1024 * 1024))
    try:
        assert await reason_of(parser, b"a\n\n" * 5_000_000, "text/plain") in ("too_large", "crashed")
        assert (await parser.parse(b"fine", media_type="text/plain")).text == "fine"
    finally:
        await parser.aclose()


async def test_a_worker_that_died_while_idle_is_replaced_silently() -> None:
    parser = Parser(LIMITS)
    try:
        await parser.parse(b"one", media_type="text/plain")
        workers()[0].kill()
        assert (await parser.parse(b"two", media_type="text/plain")).text == "two"
    finally:
        await parser.aclose()


async def test_a_worker_that_dies_over_a_document_is_a_crash() -> None:
    parser = Parser(LIMITS)
    try:
        task = asyncio.create_task(parser.parse(b"<p>words and words</p>" * 100_000, media_type="text/html"))
        await until(lambda: any(worker.cpu_times().user > 1.0 for worker in workers()))
        workers()[0].kill()
        with pytest.raises(ExtractionError) as raised:
            await task
        assert raised.value.reason == "crashed"
        assert (await parser.parse(b"next", media_type="text/plain")).text == "next"
    finally:
        await parser.aclose()


async def test_cancelling_leaves_no_process_and_no_stuck_slot() -> None:
    parser = Parser(LIMITS)
    try:
        await parser.parse(b"one", media_type="text/plain")
        task = asyncio.create_task(parser.parse(b"<p>words and words</p>" * 200_000, media_type="text/html"))
        await until(lambda: bool(workers()))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await parser.parse(b"two", media_type="text/plain")).text == "two"
        assert len(workers()) == 1
    finally:
        await parser.aclose()
    assert workers() == []


async def test_two_documents_at_once_use_two_processes_and_idle_ones_end() -> None:
    parser = Parser(LIMITS, processes=2, idle_seconds=0.2)
    try:
        texts = await asyncio.gather(*(parser.parse(b"%d words" % n, media_type="text/plain") for n in range(6)))
        assert [document.text for document in texts] == [f"{n} words" for n in range(6)]
        await until(lambda: not workers())
        assert (await parser.parse(b"again", media_type="text/plain")).text == "again"
    finally:
        await parser.aclose()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_the_worker_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORTEX_TOKEN", "a-secret-that-no-parser-needs")
    parser = Parser(LIMITS)
    try:
        await parser.parse(b"one", media_type="text/plain")
        environment = Path(f"/proc/{workers()[0].pid}/environ").read_bytes()
        assert b"secret" not in environment
        assert b"HOME=" not in environment
    finally:
        await parser.aclose()


SIDE_EFFECTS = """
import socket, subprocess, sys, tempfile
from cortex.services.extraction import limits
limits.forbid_side_effects()
def refused(act):
    try:
        act()
    except PermissionError:
        return True
    return False
print(all([
    refused(lambda: socket.create_connection(("127.0.0.1", 9))),
    refused(lambda: socket.getaddrinfo("example.org", 80)),
    refused(lambda: subprocess.run(["true"])),
    refused(lambda: open(sys.argv[1], "w")),
]))
"""


def test_the_worker_reaches_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SIDE_EFFECTS, str(tmp_path / "file")]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert result.stdout.strip() == "True", result.stderr
    assert not (tmp_path / "file").exists()


@pytest.mark.parametrize("module", ["cortex", "cortex.services.extraction.child"])
def test_the_program_itself_can_be_the_worker(module: str) -> None:
    """A frozen program has no `-m`: it starts itself again with an argument."""
    command = [sys.executable, "-m", module, child.ARGUMENT]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    assert result.returncode == 0
    assert b"Usage" not in result.stdout + result.stderr


OWNER = """
import asyncio
from cortex.config import Limits
from cortex.services.extraction import child
from cortex.services.extraction.worker import Parser
async def main():
    parser = Parser(Limits())
    await parser.parse(b"one", media_type="text/plain")
    print("ready", flush=True)
    await parser.parse(b"<p>words and words</p>" * 300_000, media_type="text/html")
asyncio.run(main())
"""


@posix
async def test_the_worker_ends_with_its_owner_however_that_ends() -> None:
    owner = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OWNER, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    assert owner.stdout is not None
    assert await owner.stdout.readline() == b"ready\n"
    children = psutil.Process(owner.pid).children()
    assert len(children) == 1
    os.kill(owner.pid, signal.SIGKILL)
    await owner.wait()
    await until(lambda: not children[0].is_running() or children[0].status() == psutil.STATUS_ZOMBIE)


@pytest.mark.shared
async def test_every_real_pdf_ends_as_a_document_or_a_reason(shared: Path) -> None:
    parser = Parser(LIMITS, processes=2)
    files = sorted((shared / "data" / "pdf").rglob("*.pdf"))
    assert len(files) > 70
    try:
        outcomes = await asyncio.gather(
            *(parser.parse(file, media_type="application/pdf", filename=file.name) for file in files),
            return_exceptions=True,
        )
    finally:
        await parser.aclose()
    for file, outcome in zip(files, outcomes, strict=True):
        if isinstance(outcome, ExtractionError):
            assert outcome.reason in ("encrypted", "damaged", "empty", "too_slow"), file
        else:
            assert not isinstance(outcome, BaseException), file
            assert outcome.text, file
