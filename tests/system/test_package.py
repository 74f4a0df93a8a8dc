"""What the owner of a fresh machine does: install, start, save, find, ask, quit, start again, remove."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys
from tests.system.conftest import Package
from tests.system.desktop import Desktop
from tests.system.window import Window, driven, nothing_runs, processes_of, sidecar_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

MEBIBYTE = 1024 * 1024
NOTE = "The lighthouse of Skerry Point was built in 1871 by Ada Moreland, who wrote down every storm."
QUESTION = "Who built the lighthouse of Skerry Point?"


def _quit(window: Window, data_dir: Path) -> None:
    """End the app the way a session manager does; everything of it is gone."""
    shells = [process for process in processes_of(data_dir) if "cortex-desktop" in process.name()]
    assert shells
    for process in shells:
        process.send_signal(signal.SIGTERM)
    nothing_runs(data_dir)


def _to_library(window: Window) -> None:
    """Past the welcome of a first start."""
    window.wait_for("Save something")
    window.click("Skip everything")
    window.wait_for("Your library is empty")


def test_it_is_within_its_size(package: Package) -> None:
    assert package.file.stat().st_size <= 130 * 1_000_000
    assert sum(file.stat().st_size for file in package.files() if not file.is_symlink()) <= 300 * 1_000_000


def test_the_whole_way_and_back(package: Package, program: Path, screen: Desktop, tmp_path: Path) -> None:
    data_dir = screen.home / ".cortex"
    with driven(screen, program, "--port", "0") as window:
        _to_library(window)
        window.save(NOTE)
        _search(window, "Moreland")
        _ask(window, QUESTION)
        screen.picture(tmp_path / "asked.png")
        _quit(window, data_dir)
    assert (data_dir / "cortex.db").is_file()
    with driven(screen, program, "--port", "0") as window:
        window.wait_for("The lighthouse of Skerry Point")
        assert "/library" in window.address
        _quit(window, data_dir)
    package.remove()
    assert not program.exists()
    assert not Path("/usr/lib/Cortex").exists()
    assert (data_dir / "cortex.db").is_file()
    package.install()


def _search(window: Window, word: str) -> None:
    window.driver.get(f"{_origin(window)}/search?q={word}")
    window.wait_for("1 result")
    window.wait_for("Ada Moreland")


def _ask(window: Window, question: str) -> None:
    window.driver.get(f"{_origin(window)}/chat")
    field = window.find("textarea")
    field.send_keys(question, Keys.ENTER)
    window.wait_for("Source 1")
    window.wait_for("Ada Moreland")


def _origin(window: Window) -> str:
    return "/".join(window.address.split("/")[:3])


def test_nothing_of_it_listens_beyond_this_machine(package: Package, program: Path, screen: Desktop) -> None:
    data_dir = screen.home / ".cortex"
    with driven(screen, program, "--port", "0") as window:
        window.wait_for("Save something")
        listening = [
            connection.laddr.ip
            for process in (sidecar_of(data_dir), *processes_of(data_dir))
            for connection in process.net_connections("inet")
            if connection.status == "LISTEN"
        ]
        assert listening
        assert set(listening) == {"127.0.0.1"}
        _quit(window, data_dir)
