"""Security rows 8 and 15: what a running Cortex shows of itself to others on the machine."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

LOCALHOST = "127.0.0.1"


@dataclass
class Running:
    """A Cortex process of its own, as `cortex serve` starts it."""

    process: subprocess.Popen[bytes]
    port: int
    data_dir: Path
    log: Path

    @property
    def token(self) -> str:
        return (self.data_dir / "token").read_text().strip()

    def get(self, target: str, **headers: str) -> int:
        """The status of a GET, without any proxy."""
        request = urllib.request.Request(f"http://{LOCALHOST}:{self.port}{target}", headers=headers)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=20) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOCALHOST, 0))
        return int(probe.getsockname()[1])


def _start(port: int, data_dir: Path, log: Path, **environment: str) -> subprocess.Popen[bytes]:
    variables = {name: value for name, value in os.environ.items() if not name.startswith("CORTEX_")}
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "cortex", "serve", "--port", str(port), "--data-dir", str(data_dir)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=variables | environment,
        )


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("process")
    port, log = _free_port(), folder / "log"
    process = _start(port, folder / "data", log, CORTEX_LOG_LEVEL="debug")
    try:
        started = Running(process, port, folder / "data", log)
        while not _answers(started):
            assert process.poll() is None, log.read_text()
        yield started
    finally:
        process.terminate()
        process.wait(20)


def _answers(running: Running) -> bool:
    try:
        return running.get("/api/health") == 200
    except OSError:
        return False


def test_row_8_the_token_is_found_nowhere_but_in_its_file(running: Running) -> None:
    token = running.token
    assert running.get("/api/health/detailed", Authorization=f"Bearer {token}") == 200
    assert running.get(f"/api/items?token={token}") == 401
    assert running.get(f"/api/health?token={token}") == 200, "ignored, where none is needed"
    assert running.get(f"/{token}", Authorization=f"Bearer {token}") == 404
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }
    assert running.get(f"/api/ws/chat/x?token={token}&ticket={token}", **upgrade) == 401
    log = running.log.read_text()
    assert "request_id" in log, "there is a log to search"
    assert token not in log
    shown = psutil.Process(running.process.pid)
    assert token not in " ".join(shown.cmdline())
    assert token not in " ".join(shown.environ().values())
    holding = [path for path in running.data_dir.rglob("*") if path.is_file() and token.encode() in path.read_bytes()]
    assert holding == [running.data_dir / "token"]


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps files by access lists, not modes")
def test_row_8_the_token_file_is_for_the_owner_alone(running: Running) -> None:
    assert stat.S_IMODE((running.data_dir / "token").stat().st_mode) == 0o600


def test_row_15_only_loopback_is_listened_on(running: Running) -> None:
    listening = {
        connection.laddr.ip
        for connection in psutil.Process(running.process.pid).net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {LOCALHOST}
    outside = [
        entry.address
        for entries in psutil.net_if_addrs().values()
        for entry in entries
        if entry.family == socket.AF_INET and not entry.address.startswith("127.")
    ]
    for address in outside:
        with pytest.raises(OSError, match=r".+"):
            socket.create_connection((address, running.port), timeout=5)


def test_row_15_a_taken_port_is_explained(running: Running, tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert _start(running.port, tmp_path / "other", log).wait(60) not in (0, None)
    said = log.read_text()
    assert f"port {running.port}" in said
    assert str(running.process.pid) in said, "names the holder, which this user may see"
    assert "Traceback" not in said


def test_row_15_another_address_needs_a_confirmation(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert _start(_free_port(), tmp_path / "data", log, CORTEX_HOST="0.0.0.0").wait(60) not in (0, None)  # noqa: S104 - refused
    said = log.read_text()
    assert "CORTEX_ALLOW_REMOTE" in said
    assert "Traceback" not in said
    assert not (tmp_path / "data" / "cortex.db").exists(), "nothing was started"


def test_row_8_a_crash_shows_no_secret(tmp_path: Path) -> None:
    log = tmp_path / "log"
    secret = "not sendable because of the spaces"
    assert _start(_free_port(), tmp_path / "data", log, CORTEX_TOKEN=secret).wait(60) not in (0, None)
    said = log.read_text()
    assert "CORTEX_TOKEN" in said
    assert secret not in said
    assert json.dumps(secret) not in said
