"""What the owner of a fresh machine does: install, start, save, find, ask, quit, start again, remove."""

from __future__ import annotations

import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys
from tests.system.conftest import Package, Turns
from tests.system.desktop import Desktop
from tests.system.window import Window, driven, name_of, nothing_runs, processes_of, sidecar_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

NOTE = "The lighthouse of Skerry Point was built in 1871 by Ada Moreland, who wrote down every storm."
QUESTION = "Who built the lighthouse of Skerry Point?"
PAGE = Path(__file__).parents[1] / "samples" / "journey" / "ferry-timetable.html"


def _quit(window: Window, data_dir: Path) -> None:
    """End the app the way a session manager does; everything of it is gone."""
    shells = [process for process in processes_of(data_dir) if name_of(process) == "cortex-desktop"]
    assert shells
    for process in shells:
        process.send_signal(signal.SIGTERM)
    nothing_runs(data_dir)


def test_it_is_within_its_size(package: Package) -> None:
    assert package.file.stat().st_size <= 130 * 1_000_000
    assert sum(file.stat().st_size for file in package.files() if not file.is_symlink()) <= 300 * 1_000_000


def test_links_into_the_library_are_its_own(package: Package) -> None:
    entry = next(file for file in package.files() if file.suffix == ".desktop")
    lines = entry.read_text(encoding="utf-8").splitlines()
    kinds = next(line.removeprefix("MimeType=") for line in lines if line.startswith("MimeType="))
    assert "x-scheme-handler/cortex" in kinds.split(";")
    if shutil.which("update-desktop-database"):
        known = (entry.parent / "mimeinfo.cache").read_text(encoding="utf-8").splitlines()
        assert any(line.startswith("x-scheme-handler/cortex=") and entry.name in line for line in known)


def test_the_whole_way_and_back(package: Package, turns: Turns, program: Path, screen: Desktop, tmp_path: Path) -> None:
    data_dir = screen.home / ".cortex"
    with driven(screen, program, "--port", "0") as window:
        window.begin()
        window.save(NOTE)
        _search(window, "Moreland", "Ada Moreland")
        _add_page(window, screen, data_dir, PAGE, "How the Brannoch ferry lost its timetable")
        _search(window, "Sinclair", "Morag Sinclair")
        _ask(window, QUESTION)
        screen.picture(tmp_path / "asked.png")
        _quit(window, data_dir)
    assert (data_dir / "cortex.db").is_file()
    with driven(screen, program, "--port", "0") as window:
        window.wait_for("The lighthouse of Skerry Point")
        assert "/library" in window.address
        _quit(window, data_dir)
    with turns.alone():
        package.remove()
        assert not program.exists()
        assert not Path("/usr/lib/Cortex").exists()
        assert (data_dir / "cortex.db").is_file()
        package.install()


def _add_page(window: Window, screen: Desktop, data_dir: Path, page: Path, title: str) -> None:
    """Save a page by the installed command line; the window shows it without being asked to."""
    window.driver.get(f"{_origin(window)}/library")
    window.wait_for("The lighthouse of Skerry Point")
    own = screen.home / page.name
    shutil.copyfile(page, own)
    done = subprocess.run(
        ["/usr/bin/cortex", "add", str(own), "--wait", "--data-dir", str(data_dir)],
        env=screen.variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    window.wait_for(title)


def _search(window: Window, word: str, found: str) -> None:
    window.driver.get(f"{_origin(window)}/search?q={word}")
    window.wait_for("1 result")
    window.wait_for(found)


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
