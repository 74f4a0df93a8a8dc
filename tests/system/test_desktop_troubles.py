"""The app when something is in its way: a lost session, a crash, too many files, a home that cannot be written."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from tests.e2e.program import until
from tests.system.desktop import Desktop
from tests.system.panel import panel
from tests.system.window import (
    SMALL,
    Window,
    driven,
    nothing_runs,
    processes_of,
    sidecar_of,
    start_again,
    started,
    where,
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def _invoke(window: Window, command: str, **given: object) -> None:
    window.driver.set_script_timeout(30)
    window.driver.execute_async_script(
        "const [command, given, done] = arguments;"
        "window.__TAURI_INTERNALS__.invoke(command, given).then(done, (error) => done(String(error)));",
        command,
        given,
    )


def test_a_window_that_is_signed_out_signs_itself_in_where_it_is(
    program: Path, screen: Desktop, data_dir: Path
) -> None:
    with driven(screen, program, *where(data_dir)) as window:
        window.begin()
        start_again(screen, program, data_dir, "cortex://tasks")
        until(lambda: window.address.endswith("/tasks"), 30)
        window.driver.execute_script("localStorage.removeItem('cortex-session'); location.reload()")
        until(lambda: window.driver.execute_script("return localStorage.getItem('cortex-session')"), 30)
        until(lambda: window.address.endswith("/tasks"), 30)
        assert not window.shows("not signed in")


def test_a_link_that_comes_while_the_window_signs_in_is_followed(
    program: Path, screen: Desktop, data_dir: Path
) -> None:
    with driven(screen, program, *where(data_dir)) as window:

        def is_there() -> bool:
            start_again(screen, program, data_dir, "cortex://tasks")
            return window.address.startswith("http://127.0.0.1:") and window.address.endswith("/tasks")

        until(is_there, 60)
        window.wait_for("Nothing to do")


def test_what_is_typed_in_the_small_window_outlives_a_crash(program: Path, screen: Desktop, data_dir: Path) -> None:
    with driven(screen, program, *where(data_dir)) as window:
        window.begin()
        start_again(screen, program, data_dir, "--capture")
        until(lambda: SMALL in screen.windows(), 30)
        first = window.driver.current_window_handle
        until(lambda: len(window.driver.window_handles) == 2, 30)
        small = next(handle for handle in window.driver.window_handles if handle != first)
        window.driver.switch_to.window(small)
        until(lambda: window.driver.switch_to.active_element.tag_name == "textarea", 30)
        screen.run("xdotool", "type", "--delay", "20", "half a ")
        until(lambda: window.find("textarea").get_attribute("value") == "half a ", 30)

        killed = sidecar_of(data_dir)
        killed.kill()
        screen.run("xdotool", "type", "--delay", "20", "thought")
        until(lambda: sidecar_of(data_dir).pid != killed.pid, 60)
        until(lambda: window.find("textarea").get_attribute("value") == "half a thought", 30)
        assert SMALL in screen.windows()
        screen.keys("Return")
        window.driver.switch_to.window(first)
        window.wait_for("half a thought")


def test_a_hidden_start_shows_nothing_however_often(program: Path, screen: Desktop, data_dir: Path) -> None:
    with driven(screen, program, *where(data_dir), "--hidden") as window:
        # What is not seen draws little: its address tells.
        until(lambda: window.address.endswith("/welcome"), 60)
        start_again(screen, program, data_dir, "--hidden")
        start_again(screen, program, data_dir, "--hidden", "cortex://tasks")
        until(lambda: window.address.endswith("/tasks"), 30)
        assert screen.windows() == []
        start_again(screen, program, data_dir)
        until(lambda: screen.windows() == ["Cortex"], 30)


def test_many_files_are_added_when_they_are_meant(program: Path, screen: Desktop, data_dir: Path) -> None:
    folder = screen.home / "notes"
    folder.mkdir()
    for number in range(60):
        (folder / f"{number}.md").write_text(f"Heron number {number}.", encoding="utf-8")
    (folder / "empty.md").write_text("", encoding="utf-8")
    with driven(screen, program, *where(data_dir)) as window:
        window.begin()
        start_again(screen, program, data_dir, "notes")
        until(lambda: "Add files" in screen.windows(), 30)
        screen.keys("Escape")
        until(lambda: "Add files" not in screen.windows(), 30)
        start_again(screen, program, data_dir, "notes")
        until(lambda: "Add files" in screen.windows(), 30)
        assert window.shows("Your library is empty")
        screen.keys("Return")
        window.wait_for("60 files are saved", 120)
        window.wait_for("empty.md")


def test_notifications_that_nobody_closes_cost_nothing_and_lead_somewhere(
    program: Path, screen: Desktop, data_dir: Path
) -> None:
    with (
        panel(screen.variables["DBUS_SESSION_BUS_ADDRESS"]) as shown,
        driven(screen, program, *where(data_dir)) as window,
    ):
        window.begin()
        shell = next(each for each in processes_of(data_dir) if each.name().startswith("cortex-desktop"))
        _invoke(window, "notify", title="First", body="<i>", path="/tasks")
        until(lambda: shown.notices == [(1, "First", "&lt;i&gt;")], 30)
        threads = shell.num_threads()
        for number in range(12):
            _invoke(window, "notify", title=f"More {number}", body="", path="/activity")
        until(lambda: len(shown.notices) == 13, 30)
        until(lambda: shell.num_threads() <= threads + 2, 30)
        shown.click(1)
        until(lambda: window.address.endswith("/tasks"), 30)


def test_a_file_that_was_given_no_place_is_gone_with_the_app(program: Path, screen: Desktop, data_dir: Path) -> None:
    temporary = screen.home / "tmp"
    temporary.mkdir()
    screen.variables["TMPDIR"] = str(temporary)
    with driven(screen, program, *where(data_dir)) as window:
        window.begin()
        window.driver.execute_script(
            "const link = document.createElement('a'); link.download = 'herons.txt';"
            "link.href = URL.createObjectURL(new Blob(['Herons'])); document.body.append(link); link.click()"
        )
        until(lambda: "Save as" in screen.windows(), 30)
        assert list(temporary.glob("*/herons.txt"))
        shell = next(each for each in processes_of(data_dir) if each.name().startswith("cortex-desktop"))
        shell.terminate()
        nothing_runs(data_dir, 20)
        assert list(temporary.glob("*/herons.txt")) == []


def test_without_a_place_for_its_own_files_the_window_still_shows_the_library(
    program: Path, screen: Desktop, data_dir: Path
) -> None:
    blocked = screen.home / "no-folder"
    blocked.write_text("", encoding="utf-8")
    homeless = dataclasses.replace(screen, variables=screen.variables | {"XDG_DATA_HOME": str(blocked)})
    with started(homeless, program, *where(data_dir)) as shell:
        assert sidecar_of(data_dir).is_running()
        until(lambda: screen.windows() == ["Cortex"], 30)
        assert shell.poll() is None
