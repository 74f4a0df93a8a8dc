"""`python -m cortex serve` as a real process that can be killed."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import psutil

TOKEN = "durability-token-0123456789abcdef"


class CortexProcess:
    """One run of Cortex on a data directory."""

    def __init__(self, data_dir: Path):
        environment = {key: value for key, value in os.environ.items() if not key.startswith("CORTEX_")}
        environment |= {"CORTEX_TOKEN": TOKEN, "CORTEX_LOG_LEVEL": "warning", "PYTHONUNBUFFERED": "1"}
        self._log = (data_dir.parent / "cortex.log").open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "cortex", "serve", "--port", "0", "--data-dir", str(data_dir)],
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=environment,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self.url = ""

    def _read(self) -> None:
        stdout = self._process.stdout
        assert stdout is not None
        for line in stdout:
            self._lines.put(line)
        self._lines.put("")

    def until_ready(self, timeout_seconds: float = 60) -> None:
        """Wait for the line that says where it serves."""
        limit = time.monotonic() + timeout_seconds
        while True:
            line = self._lines.get(timeout=max(0.1, limit - time.monotonic()))
            if not line:
                log = Path(self._log.name).read_text(encoding="utf-8", errors="replace")[-3000:]
                raise AssertionError(f"Cortex ended with {self._process.wait(10)} before it was ready:\n{log}")
            if "http://" in line:
                self.url = line.split()[-1].strip()
                return

    def client(self) -> httpx.Client:
        return httpx.Client(
            base_url=self.url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30, trust_env=False
        )

    def children(self) -> list[psutil.Process]:
        try:
            return psutil.Process(self._process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def kill(self) -> None:
        """`kill -9`: nothing gets a chance to tidy up. Its parsing processes have to notice by themselves."""
        children = self.children()
        self._process.kill()
        self._process.wait(30)
        self._close()
        _, alive = psutil.wait_procs(children, timeout=30)
        assert not alive, f"processes outlived the one that started them: {alive}"

    def stop(self) -> None:
        """Ask it to stop, and see that it does."""
        self._process.terminate()
        try:
            assert self._process.wait(30) == 0
        finally:
            self._process.kill()
            self._close()

    def _close(self) -> None:
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._log.close()
