"""What the app does when things die, and when it is not alone."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urljoin

import httpx
import psutil
import pytest
from tests.e2e.program import Program, until
from tests.system.desktop import Desktop
from tests.system.window import driven, has_ended, name_of, nothing_runs, processes_of, sidecar_of, started, where

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

WHILE_AWAY = ("Cortex is restarting or has stopped", "Starting again")
"""What the served page says, and what the window's own."""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(address: str) -> bool:
    with suppress(httpx.HTTPError):
        return httpx.get(urljoin(address, "/api/health"), trust_env=False).status_code == 200
    return False


def test_a_killed_sidecar_is_back_and_the_window_goes_on(program: Path, screen: Desktop, data_dir: Path) -> None:
    with driven(screen, program, *where(data_dir)) as window:
        window.begin()
        address = window.address
        before = sidecar_of(data_dir)
        before.kill()
        until(lambda: sidecar_of(data_dir).pid != before.pid and _answers(address), 30)
        until(lambda: not any(window.shows(words) for words in WHILE_AWAY), 30)
        assert window.address == address
        window.save("Saved after the crash.")


def test_a_killed_shell_takes_the_sidecar_with_it(program: Path, screen: Desktop, data_dir: Path) -> None:
    with started(screen, program, *where(data_dir)) as shell:
        sidecar = sidecar_of(data_dir)
        shell.kill()
        until(lambda: has_ended(sidecar), 10)
        nothing_runs(data_dir)
    with driven(screen, program, *where(data_dir)) as window:
        window.wait_for("Save something")


def test_crashes_in_a_row_end_in_a_page_that_explains(program: Path, screen: Desktop, data_dir: Path) -> None:
    with driven(screen, program, *where(data_dir)) as window:
        window.wait_for("Save something")
        killed: set[int] = set()

        def explained() -> bool:
            for process in processes_of(data_dir):
                with suppress(psutil.NoSuchProcess):
                    if process.pid not in killed and "serve" in process.cmdline():
                        process.kill()
                        killed.add(process.pid)
            return window.shows("Try again")

        until(explained, 60)
        assert len(killed) == 5
        window.wait_for("Open log folder")
        window.click("Try again")
        window.wait_for("Save something")


def test_two_starts_make_one_window(program: Path, screen: Desktop, data_dir: Path) -> None:
    with started(screen, program, *where(data_dir)) as first:
        sidecar_of(data_dir)
        until(lambda: len(_cortex_windows(screen)) == 1)
        with started(screen, program, *where(data_dir)) as second:
            assert second.wait(20) == 0
        assert first.poll() is None
        assert len(_cortex_windows(screen)) == 1


def _cortex_windows(screen: Desktop) -> list[str]:
    return [title for title in screen.windows() if "Cortex" in title]


def test_a_running_cortex_is_adopted_and_left_running(program: Path, screen: Desktop, tmp_path: Path) -> None:
    running = Program(tmp_path / "data")
    try:
        with driven(screen, program, *where(running.data_dir)) as window:
            window.wait_for("0 items in your library")  # the plain page: this one was started without the interface
            assert window.address.startswith(running.url)
            assert json.loads((running.data_dir / "instance.json").read_text())["pid"] == running.process.pid
            # not left to the driver, which gives up on a busy machine
            for process in processes_of(running.data_dir):
                if name_of(process) == "cortex-desktop":
                    process.terminate()
        until(lambda: not [p for p in processes_of(running.data_dir) if p.pid != running.process.pid])
        assert running.process.poll() is None
    finally:
        running.end()


@contextmanager
def _stranger() -> Iterator[tuple[int, list[bytes]]]:
    """A program that holds a port, and all that it was sent."""
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(5)
                    try:
                        received.append(connection.recv(65536))
                    except OSError:
                        received.append(b"(nothing)")

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield server.getsockname()[1], received
        server.shutdown(socket.SHUT_RDWR)
        thread.join(10)


def test_a_stranger_on_the_port_is_explained_and_gets_nothing(program: Path, screen: Desktop, data_dir: Path) -> None:
    with _stranger() as (port, received):
        with driven(screen, program, *where(data_dir, port)) as window:
            window.wait_for(str(port))
            window.wait_for("Use another port")
            window.click("Use another port")
            window.wait_for("Save something")
            assert f":{port}/" not in window.address
        assert not [sent for sent in received if sent not in (b"", b"(nothing)")]


def test_an_impostor_on_the_port_of_the_last_run_gets_no_key(program: Path, screen: Desktop, data_dir: Path) -> None:
    """The library's own note names the address: there it is asked for its proof, and for nothing else."""
    with started(screen, program, *where(data_dir, _free_port())) as shell:
        sidecar_of(data_dir)
        shell.terminate()
        shell.wait(20)
    nothing_runs(data_dir)
    with _stranger() as (port, received):
        note = {"pid": 1, "url": f"http://127.0.0.1:{port}", "started_at": "2026-01-01T00:00:00.000Z"}
        (data_dir / "instance.json").write_text(json.dumps(note), encoding="utf-8")
        with driven(screen, program, *where(data_dir, port)) as window:
            window.wait_for("Use another port")
        token = (data_dir / "token").read_bytes().strip()
        assert not [sent for sent in received if token in sent or b"ticket" in sent.lower()]


def test_without_a_tray_to_be_shown_in_closing_the_window_quits(program: Path, screen: Desktop, data_dir: Path) -> None:
    with started(screen, program, *where(data_dir)):
        sidecar_of(data_dir)
        until(lambda: _cortex_windows(screen))
        screen.run("wmctrl", "-c", _cortex_windows(screen)[0])
        nothing_runs(data_dir, 20)
