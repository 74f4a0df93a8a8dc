"""Parsing in processes of their own, so that no document can hang, crash or fill Cortex.

Each worker takes one document at a time, under limits on memory, CPU and wall time. One that overruns or crashes is
killed and replaced, and the document fails with a reason. Workers start with the first document and end when there
has been nothing to do for a while, which gives their memory back.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import Any

from cortex.config import Limits
from cortex.domain.document import Document
from cortex.exceptions import ExtractionError
from cortex.services.extraction import frames, sniff
from cortex.services.extraction.child import ARGUMENT

IDLE_SECONDS = 10.0
_START_SECONDS = 60.0
_END_SECONDS = 2.0
_DOCUMENTS_PER_WORKER = 500
_MODULE = "cortex.services.extraction.child"
_ENVIRONMENT = ("SYSTEMROOT", "SYSTEMDRIVE", "TEMP", "TMP", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LANG", "LC_ALL")


class Parser:
    """Parses hostile documents in up to `processes` worker processes."""

    def __init__(self, limits: Limits, processes: int = 1, *, idle_seconds: float = IDLE_SECONDS) -> None:
        self._limits = limits
        self._slots = asyncio.Semaphore(processes)
        self._idle: list[_Worker] = []
        self._idle_seconds = idle_seconds
        self._reaper: asyncio.Task[None] | None = None
        self._closed = False

    async def parse(
        self,
        data: bytes | Path,
        *,
        media_type: str,
        url: str | None = None,
        charset: str | None = None,
        filename: str | None = None,
    ) -> Document:
        """The document in `data` (or in the file at that path), read as what its bytes show it to be.

        `media_type` is what was declared, and may be wrong; `charset` is the transport's. Raises ExtractionError
        with reason encrypted, damaged, empty, too_slow, too_large, unsupported or crashed.
        """
        head = data[: sniff.HEAD] if isinstance(data, bytes) else await asyncio.to_thread(_head, data)
        if not head:
            raise ExtractionError("The document is empty: it has no content at all.", reason="empty")
        task: dict[str, object] = {
            "media_type": sniff.sniff(head, declared=media_type, filename=filename),
            "url": url,
            "charset": charset,
            "filename": filename,
            "path": None if isinstance(data, bytes) else str(data),
            "memory": self._limits.parse_memory,
            "cpu_seconds": self._limits.parse_cpu_seconds,
            "text_characters": self._limits.text_characters,
        }
        parts = [data] if isinstance(data, bytes) else []
        async with self._slots:
            if self._closed:
                raise ExtractionError(
                    "Cortex is stopping; this document is read when it starts again.", reason="crashed"
                )
            return await self._run(task, parts)

    async def _run(self, task: dict[str, object], parts: list[bytes], *, fresh: bool = False) -> Document:
        worker = await _Worker.start() if fresh else await self._take()
        used = worker.documents > 0
        try:
            async with asyncio.timeout(self._limits.parse_seconds):
                head, results = await worker.ask(
                    task, parts, limit=8 * self._limits.text_characters + frames.HEAD_LIMIT
                )
            # Decoding a long document takes a while; the event loop has others to serve.
            return await asyncio.to_thread(self._read, head, results)
        except TimeoutError:
            worker.kill()
            raise ExtractionError(
                f"Reading this document took longer than {self._limits.parse_seconds:g} seconds and was stopped.",
                reason="too_slow",
            ) from None
        except (EOFError, ConnectionError, frames.FrameError):
            death = self._death(await worker.end())
            if not used or death.reason != "crashed":
                raise death from None
        except BaseException as error:
            # Cancelled in the middle of an answer, the pipe holds half a frame: this worker cannot go on.
            if not isinstance(error, ExtractionError):
                worker.kill()
            raise
        finally:
            await self._give_back(worker)
        # It may have died while it was idle, or of what an earlier document left behind: a fresh process decides.
        return await self._run(task, parts, fresh=True)

    def _read(self, head: dict[str, Any], parts: list[bytes]) -> Document:
        if "error" not in head:
            return frames.unpack_document(head, parts)
        reason = str(head.get("reason"))
        if reason == "too_large" and head.get("last"):
            raise self._too_large()
        raise ExtractionError(str(head["error"]), reason=reason)

    def _too_large(self) -> ExtractionError:
        size = self._limits.parse_memory // (1024 * 1024)
        return ExtractionError(
            f"Reading this document needs more than the {size} MB of memory that it may use.", reason="too_large"
        )

    def _death(self, code: int) -> ExtractionError:
        """Why a worker that died in the middle of a document did so."""
        if code == -getattr(signal, "SIGXCPU", 0):
            return ExtractionError(
                f"Reading this document took more than {self._limits.parse_cpu_seconds} seconds of computing and was "
                "stopped.",
                reason="too_slow",
            )
        return ExtractionError(
            "Reading this document made the parser crash; it is probably damaged. Nothing else was affected.",
            reason="crashed",
        )

    async def _take(self) -> _Worker:
        while self._idle:
            worker = self._idle.pop()
            if worker.alive:
                return worker
            await worker.end()
        return await _Worker.start()

    async def _give_back(self, worker: _Worker) -> None:
        worker.documents += 1
        if worker.alive and not self._closed and worker.documents < _DOCUMENTS_PER_WORKER and worker.fit:
            self._idle.append(worker)
            worker.idle_since = asyncio.get_running_loop().time()
            if self._reaper is None or self._reaper.done():
                self._reaper = asyncio.create_task(self._reap())
        else:
            await worker.end()

    async def _reap(self) -> None:
        """Ends workers that have been idle for long; ends itself when none is left."""
        while self._idle:
            now = asyncio.get_running_loop().time()
            oldest = min(worker.idle_since for worker in self._idle)
            await asyncio.sleep(max(0.0, oldest + self._idle_seconds - now))
            now = asyncio.get_running_loop().time()
            expired = [worker for worker in self._idle if now - worker.idle_since >= self._idle_seconds]
            self._idle = [worker for worker in self._idle if worker not in expired]
            for worker in expired:
                await worker.end()

    async def aclose(self) -> None:
        """Ends all workers; documents being read fail. Safe to call twice."""
        self._closed = True
        if self._reaper is not None:
            self._reaper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reaper
        while self._idle:
            await self._idle.pop().end()


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(sniff.HEAD)
    except FileNotFoundError:
        raise ExtractionError("The stored original of this document is missing.", reason="damaged") from None


class _Worker:
    """One worker process and the pipes to it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.documents = 0
        self.idle_since = 0.0
        self.fit = True

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    @property
    def pid(self) -> int:
        return self._process.pid

    @classmethod
    async def start(cls) -> _Worker:
        frozen = bool(getattr(sys, "frozen", False))
        command = [sys.executable, ARGUMENT] if frozen else [sys.executable, "-I", "-m", _MODULE]
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        environment |= {
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUTF8": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "MALLOC_ARENA_MAX": "2",
        }
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=environment,
            limit=1024 * 1024,
        )
        worker = cls(process)
        try:
            async with asyncio.timeout(_START_SECONDS):
                head, _ = await worker._receive(frames.HEAD_LIMIT)
                if not head.get("ready"):
                    raise EOFError
        except (TimeoutError, EOFError, frames.FrameError):
            await worker.end()
            raise ExtractionError(
                "The parsing process could not be started, so nothing was read. It is tried again.", reason="crashed"
            ) from None
        except BaseException:
            await worker.end()
            raise
        return worker

    async def ask(
        self, task: dict[str, object], parts: list[bytes], *, limit: int
    ) -> tuple[dict[str, Any], list[bytes]]:
        """Sends a task and waits for its answer. EOFError or ConnectionError when the process died."""
        stdin = self._process.stdin
        assert stdin is not None  # noqa: S101 - PIPE
        stdin.write(frames.encode_frame(task, parts))
        for part in parts:
            stdin.write(part)
        await stdin.drain()
        head, results = await self._receive(limit)
        self.fit = not head.get("last")
        return head, results

    async def _receive(self, limit: int) -> tuple[dict[str, Any], list[bytes]]:
        stdout = self._process.stdout
        assert stdout is not None  # noqa: S101 - PIPE
        size = frames.head_length(await stdout.readexactly(frames.LENGTH_SIZE))
        head, sizes = frames.decode_head(await stdout.readexactly(size), limit)
        return head, [await stdout.readexactly(part) for part in sizes]

    def kill(self) -> None:
        """Ends the process at once; it is not to be used again."""
        self.fit = False
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def end(self) -> int:
        """Ends the process, and waits until it is gone. Returns its exit status, negative for a signal."""
        # Shielded: a cancelled caller must not leave a process that nobody waits for.
        return await asyncio.shield(asyncio.ensure_future(self._end()))

    async def _end(self) -> int:
        # The end of its input ends it. Killing at once would also race with the watcher for the exit status of a
        # process that died by itself, and the reason would be lost.
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(_END_SECONDS):
                return await self._process.wait()
        except TimeoutError:
            self.kill()
            return await self._process.wait()
