"""Cortex as its users have it: `python -m cortex serve` in a process of its own, on a real file."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

STARTS_WITHIN_S = 60
STOPS_WITHIN_S = 20


@dataclass(frozen=True, slots=True)
class ServerProcess:
    """A serving Cortex; `seconds` is how long it took until health answered."""

    process: subprocess.Popen[bytes]
    port: int
    token: str
    seconds: float

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, timeout_seconds: float = 120) -> httpx.Client:
        """An HTTP client that sends the owner's token."""
        return httpx.Client(
            base_url=self.url,
            headers={"Authorization": f"Bearer {self.token}"},
            trust_env=False,
            timeout=timeout_seconds,
        )


@contextlib.contextmanager
def serving(
    data_dir: Path,
    *,
    arguments: Sequence[str] = (),
    log: Path | None = None,
    program: Sequence[str] = (sys.executable, "-m", "cortex"),
) -> Iterator[ServerProcess]:
    """Serve the library in `data_dir` until the block ends; its log goes to the file `log`, else nowhere.

    Raises RuntimeError when the process ends instead, TimeoutError when it does not answer within a minute.
    """
    port, token = free_port(), secrets.token_urlsafe(24)
    command = [*program, "serve", "--port", str(port), "--data-dir", str(data_dir)]
    with contextlib.ExitStack() as stack:
        errors = stack.enter_context(log.open("ab")) if log else subprocess.DEVNULL
        started = time.perf_counter()
        process = subprocess.Popen(
            [*command, "--exit-with-stdin", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env=without_bytecode_ban(os.environ) | {"CORTEX_TOKEN": token},
        )
        try:
            _wait_until_healthy(process, port)
            yield ServerProcess(process, port, token, time.perf_counter() - started)
        finally:
            stop(process)


def without_bytecode_ban(variables: os._Environ[str] | dict[str, str]) -> dict[str, str]:
    """These variables, as `scripts/run.py` starts Cortex: compiled modules are kept, a warm start is warm."""
    return {name: value for name, value in variables.items() if name != "PYTHONDONTWRITEBYTECODE"}


def stop(process: subprocess.Popen[bytes]) -> None:
    """Let it end in order, as its supervisor does: standard input ends. Kills it when it does not within 20 s."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(STOPS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_until_healthy(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while not is_healthy(port):
        if process.poll() is not None:
            raise RuntimeError(f"Cortex ended with {process.returncode} instead of answering.")
        if time.monotonic() > deadline:
            raise TimeoutError(f"Cortex did not answer on port {port} within {STARTS_WITHIN_S} s.")
        time.sleep(0.005)


def is_healthy(port: int) -> bool:
    """Whether health answers on this port, now."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/api/health")
        answer = connection.getresponse()
        return answer.status == http.HTTPStatus.OK and "status" in json.loads(answer.read())
    except (OSError, ValueError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
