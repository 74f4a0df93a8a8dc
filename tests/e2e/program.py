"""Cortex as a program: a process of its own on a data directory, stopped the ways that people and supervisors do."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import httpx
from websockets.sync.client import ClientConnection, connect

T = TypeVar("T")

REPOSITORY = Path(__file__).resolve().parents[2]
SAMPLES = REPOSITORY / "tests" / "samples" / "journey"
DEMO_NOTES = REPOSITORY / "python-backend" / "src" / "cortex" / "services" / "demo" / "notes"
READY = "Cortex is ready at "


def variables(**more: str) -> dict[str, str]:
    """The environment without settings of whoever runs the tests; the embedded model stays where it was built."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CORTEX_") or name.endswith("MODEL_DIR")
    }
    kept.pop("PYTHONDONTWRITEBYTECODE", None)  # a start that compiles everything again takes twice as long
    return kept | {"PYTHONUTF8": "1"} | more


def cortex(
    *arguments: str, data_dir: Path | None = None, text: str | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run a command of the command line to its end, for the library in `data_dir`; `text` is its standard input."""
    where = {"CORTEX_DATA_DIR": str(data_dir)} if data_dir else {}
    return subprocess.run(
        [sys.executable, "-m", "cortex", *arguments],
        input=text if text is not None else "",
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=variables(**where, **more),
        timeout=100,
    )


class Program:
    """A serving Cortex. `log` is what it wrote to standard error."""

    def __init__(self, data_dir: Path, *arguments: str):
        self.data_dir = data_dir
        self._arguments = arguments
        self._log_file = data_dir.parent / f"{data_dir.name}.log"
        self.start()

    def start(self) -> None:
        """Start it (again), until it says where. Raises AssertionError with its log when it ends instead."""
        with self._log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "cortex", "serve", "--port", "0", "--data-dir", str(self.data_dir)),
                    *("--exit-with-stdin", *self._arguments),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=variables(),
            )
        lines: queue.Queue[str] = queue.Queue()
        assert self.process.stdout is not None
        threading.Thread(target=_pass_on, args=(self.process.stdout, lines), daemon=True).start()
        line = lines.get(timeout=60)
        if not line.startswith(READY):
            self.end()
            raise AssertionError(f"it said {line!r}\n{self.log}")
        self.url = line.removeprefix(READY).strip()

    @property
    def log(self) -> str:
        return self._log_file.read_text(encoding="utf-8")

    @property
    def token(self) -> str:
        return (self.data_dir / "token").read_text(encoding="utf-8").strip()

    def client(self) -> httpx.Client:
        """An HTTP client that sends the owner's token."""
        return httpx.Client(
            base_url=self.url, headers={"Authorization": f"Bearer {self.token}"}, trust_env=False, timeout=60
        )

    def socket(self, path: str) -> ClientConnection:
        """A WebSocket with the owner's token."""
        address = self.url.replace("http://", "ws://") + path
        return connect(address, additional_headers={"Authorization": f"Bearer {self.token}"}, proxy=None)

    def stop(self, how: str = "SIGTERM") -> int:
        """Ask it to stop by a signal or by the end of standard input ("stdin"); its exit code."""
        assert self.process.stdin is not None
        if how == "stdin":
            self.process.stdin.close()
        else:
            self.process.send_signal(signal.Signals[how])
        code = self.process.wait(20)
        self._close()
        return code

    def end(self) -> None:
        """End it, however it stands."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._close()

    def _close(self) -> None:
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()


def _pass_on(stream: Any, lines: queue.Queue[str]) -> None:
    for line in stream:
        lines.put(line)
    lines.put("")  # the end


def until(condition: Callable[[], T | None], within_seconds: float = 60) -> T:
    """What `condition` gives once it is true. Raises AssertionError when that takes too long."""
    deadline = time.monotonic() + within_seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within {within_seconds} s"
        time.sleep(0.05)
    return found


def ok(answer: httpx.Response) -> Any:
    """The JSON of an answer that must be a success (None without a body)."""
    assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    return answer.json() if answer.content else None


def upload(client: httpx.Client, *files: Path) -> list[dict[str, Any]]:
    """Upload files in one request; what became of them."""
    body = [("files", (file.name, file.read_bytes())) for file in files]
    items: list[dict[str, Any]] = ok(client.post("/api/items/upload", files=body))["items"]
    return items


def processed(client: httpx.Client, ids: Sequence[str]) -> list[dict[str, Any]]:
    """The items with their content once each is ready, failed or waiting."""

    def item_if_done(item_id: str) -> dict[str, Any] | None:
        item: dict[str, Any] = ok(client.get(f"/api/items/{item_id}"))
        return item if item["status"] in ("ready", "failed", "waiting") else None

    return [until(lambda item_id=item_id: item_if_done(item_id)) for item_id in ids]  # type: ignore[misc] # bound at once
