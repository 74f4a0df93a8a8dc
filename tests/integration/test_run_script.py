"""`scripts/run.py` and its parts with real processes: it starts, says where, and never leaves anything behind."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psutil
import pytest

import environment

SCRIPTS = environment.ROOT / "scripts"
posix = pytest.mark.skipif(os.name == "nt", reason="signals between processes are POSIX's; run it on Linux or macOS")


def until(condition: Callable[[], bool], seconds: float = 30) -> bool:
    """Whether it came true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)  # between two looks at another process, which gives no notice
    return True


def ended(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def line_of(stream: IO[str] | None) -> str:
    assert stream is not None
    return stream.readline().strip()


@pytest.fixture(scope="module")
def set_up() -> None:
    """Run where the commands made the environment: these tests start Cortex, they do not install it."""
    if environment.is_stale():
        pytest.skip(".venv was not made by scripts/run.py or scripts/test.py; run one of them first")


@contextmanager
def running(data: Path, *arguments: str, through: tuple[str, ...] = ()) -> Iterator[subprocess.Popen[str]]:
    """run.py on a free port with its own data; whatever still lives at the end is killed."""
    command = [*through, sys.executable, str(SCRIPTS / "run.py"), "--headless", "--data-dir", str(data), *arguments]
    with (data.parent / "stderr").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, text=True, cwd=data.parent, env=environment.variables()
        )
    try:
        yield process
    finally:
        for left in [*descendants(process.pid), process.pid]:
            if not ended(left):
                os.kill(left, signal.SIGTERM)
        process.wait(30)
        if process.stdout is not None:
            process.stdout.close()


def descendants(pid: int) -> list[int]:
    try:
        return [child.pid for child in psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def address(process: subprocess.Popen[str], data: Path) -> tuple[str, int]:
    said = line_of(process.stdout)
    assert said.startswith("Cortex is ready at http://127.0.0.1:"), (said, (data.parent / "stderr").read_text())
    return "127.0.0.1", int(said.rpartition(":")[2])


def health(where: tuple[str, int]) -> int:
    connection = http.client.HTTPConnection(*where, timeout=5)
    try:
        connection.request("GET", "/api/health")
        return connection.getresponse().status
    finally:
        connection.close()


def refused(where: tuple[str, int]) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(where) != 0


@pytest.mark.slow
@pytest.mark.usefixtures("set_up")
@posix
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_it_says_where_and_stops_in_order(tmp_path: Path, number: signal.Signals) -> None:
    data = tmp_path / "data"
    with running(data, "--port", "0") as process:
        where = address(process, data)
        assert health(where) == 200
        below = descendants(process.pid)
        assert below
        process.send_signal(number)
        assert process.wait(30) == 0, (tmp_path / "stderr").read_text()
        assert until(lambda: all(ended(pid) for pid in below))
        assert refused(where)
        assert process.stdout is not None
        assert process.stdout.read() == "", "one line, nothing more"
    assert (data / "cortex.db").exists()


@pytest.mark.slow
@pytest.mark.usefixtures("set_up")
@posix
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=lambda number: number.name)
def test_it_goes_with_the_program_that_started_it(tmp_path: Path, number: signal.Signals) -> None:
    data = tmp_path / "data"
    waits = "import subprocess, sys; sys.exit(subprocess.call(sys.argv[1:]))"
    with running(data, "--port", "0", through=(sys.executable, "-c", waits)) as parent:
        where = address(parent, data)
        below = descendants(parent.pid)
        parent.send_signal(number)
        assert until(lambda: all(ended(pid) for pid in below))
        assert refused(where)


@pytest.mark.slow
@pytest.mark.usefixtures("set_up")
@posix
def test_cortex_goes_when_run_itself_is_killed(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data, "--port", "0") as process:
        where = address(process, data)
        below = descendants(process.pid)
        process.kill()
        assert until(lambda: all(ended(pid) for pid in below))
        assert refused(where)


@pytest.mark.slow
@pytest.mark.usefixtures("set_up")
def test_a_taken_port_is_an_error_and_its_code_comes_through(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = str(holder.getsockname()[1])
        with running(tmp_path / "data", "--port", port) as process:
            assert process.wait(60) not in (0, None)
            assert process.stdout is not None
            assert process.stdout.read() == ""
    assert port in (tmp_path / "stderr").read_text(encoding="utf-8")


WAITS_FOR_ITS_PARENT = f"""
import sys, threading
sys.path.insert(0, {str(SCRIPTS)!r})
from lifeline import Lifeline
lifeline = Lifeline()
print("watching", flush=True)
never = threading.Event()
while not never.wait(0.05):
    lifeline.check()
"""


@pytest.mark.parametrize("ignored", [False, True], ids=["plain", "nohup"])
@posix
def test_a_program_follows_its_parent_unless_told_to_outlive_it(ignored: bool) -> None:
    before = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n" if ignored else ""
    parent_code = (
        f"{before}import subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, '-c', {WAITS_FOR_ITS_PARENT!r}],"
        " stdout=subprocess.PIPE, text=True)\n"
        "child.stdout.readline()\nprint(child.pid, flush=True)\nsys.stdin.read()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", parent_code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    child = psutil.Process(int(line_of(parent.stdout)))
    try:
        parent.kill()
        parent.communicate()
        if ignored:
            assert until(lambda: child.ppid() != parent.pid)
            assert not until(lambda: ended(child.pid), 0.5)
        else:
            assert until(lambda: ended(child.pid))
    finally:
        if not ended(child.pid):
            child.kill()


def test_two_set_ups_take_turns(tmp_path: Path) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(SCRIPTS)!r})\n"
        f"import environment, pathlib\nenvironment.ROOT = pathlib.Path({str(tmp_path)!r})\n"
        "with environment.exclusive():\n    print('in', flush=True); sys.stdin.readline()\n"
    )

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    first = start()
    assert line_of(first.stdout) == "in"
    second = start()
    assert "waiting" in line_of(second.stderr)
    first.kill()  # the lock ends with its holder, however that ends
    first.communicate()
    assert line_of(second.stdout) == "in"
    second.communicate("\n")
    assert second.returncode == 0


@posix
def test_what_a_stopped_command_started_ends_with_it(tmp_path: Path) -> None:
    starts_another = (
        "import subprocess, sys\n"
        "grandchild = subprocess.Popen([sys.executable, '-c', 'import threading; threading.Event().wait()'])\n"
        "open('pid', 'w').write(str(grandchild.pid) + '\\n')\ngrandchild.wait()\n"
    )
    code = (
        f"import sys; sys.path.insert(0, {str(SCRIPTS)!r})\nimport lifeline, pathlib, os\n"
        f"lifeline.Lifeline()\nhere = pathlib.Path({str(tmp_path)!r})\n"
        f"lifeline.run([sys.executable, '-c', {starts_another!r}], cwd=here, env=os.environ)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code])
    written = tmp_path / "pid"
    assert until(lambda: written.exists() and written.read_text(encoding="utf-8").endswith("\n"))
    process.terminate()
    assert process.wait(30) == 128 + signal.SIGTERM
    assert until(lambda: ended(int(written.read_text(encoding="utf-8"))))


@posix
def test_what_a_program_that_was_started_started_ends_too(tmp_path: Path) -> None:
    def running(what: str) -> str:
        return (
            f"import sys; sys.path.insert(0, {str(SCRIPTS)!r})\nimport lifeline, pathlib, os\n"
            f"lifeline.Lifeline()\n"
            f"lifeline.run([sys.executable, '-c', {what!r}], cwd=pathlib.Path({str(tmp_path)!r}), env=os.environ)\n"
        )

    last = "import os, threading\nopen('pid', 'w').write(str(os.getpid()) + '\\n')\nthreading.Event().wait()\n"
    process = subprocess.Popen([sys.executable, "-c", running(running(last))])
    written = tmp_path / "pid"
    assert until(lambda: written.exists() and written.read_text(encoding="utf-8").endswith("\n"))
    pid = int(written.read_text(encoding="utf-8"))
    process.terminate()
    try:
        assert process.wait(30) == 128 + signal.SIGTERM
        assert until(lambda: ended(pid))
    finally:
        if not ended(pid):
            os.kill(pid, signal.SIGKILL)
