"""What the app does beside its window: the small window, second starts, links, files, the tray's absence."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from tests.e2e.program import until
from tests.system.conftest import PROGRAM
from tests.system.desktop import Desktop
from tests.system.window import SMALL, Window, driven, nothing_runs, start_again, where

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

NO_SCREEN = 6


def _at(window: Window, path: str) -> None:
    until(lambda: window.address.endswith(path), 30)


def test_a_second_start_goes_where_its_words_say(program: Path, screen: Desktop, data_dir: Path) -> None:
    note = screen.home / "herons.md"
    note.write_text("Herons stand on one leg.", encoding="utf-8")
    with driven(screen, program, *where(data_dir)) as window:
        window.begin()
        for link, path in [
            ("cortex://tasks", "/tasks"),
            ("cortex://search?q=one%20leg&ticket=stolen", "/search?q=one+leg"),
            ("cortex://evil.example/steal", "/library"),
            ("cortex://settings/desktop", "/settings/desktop"),
        ]:
            start_again(screen, program, data_dir, link)
            _at(window, path)
        assert screen.windows() == ["Cortex"]

        start_again(screen, program, data_dir, "herons.md", str(screen.home / "none.pdf"))
        window.wait_for("Herons stand on one leg.")
        _at(window, "/library")
        window.wait_for("none.pdf was not saved")


def test_the_small_window_saves_over_everything(program: Path, screen: Desktop, data_dir: Path) -> None:
    with driven(screen, program, *where(data_dir)) as window:
        window.begin()
        screen.keys("ctrl+shift+space")
        until(lambda: SMALL in screen.windows(), 30)
        first = window.driver.current_window_handle
        until(lambda: len(window.driver.window_handles) == 2, 30)
        small = next(handle for handle in window.driver.window_handles if handle != first)
        window.driver.switch_to.window(small)
        window.find("textarea")
        assert window.address.endswith("/capture")
        until(lambda: window.driver.switch_to.active_element.tag_name == "textarea", 30)
        screen.run("xdotool", "type", "--delay", "20", "A thought from anywhere")
        until(lambda: window.find("textarea").get_attribute("value") == "A thought from anywhere", 30)
        screen.keys("Return")
        until(lambda: SMALL not in screen.windows(), 30)
        window.driver.switch_to.window(first)
        window.wait_for("A thought from anywhere")

        start_again(screen, program, data_dir, "--capture")
        until(lambda: SMALL in screen.windows(), 30)
        screen.keys("Escape")
        until(lambda: SMALL not in screen.windows(), 30)


def test_the_page_may_ask_for_what_it_was_given_and_no_more(program: Path, screen: Desktop, data_dir: Path) -> None:
    with driven(screen, program, *where(data_dir)) as window:
        window.wait_for("Save something")
        window.driver.set_script_timeout(30)

        def ask(command: str, **given: object) -> object:
            return window.driver.execute_async_script(
                "const [command, given, done] = arguments;"
                "window.__TAURI_INTERNALS__.invoke(command, given).then(done, (error) => done(String(error)));",
                command,
                given,
            )

        settings = ask("desktop_settings")
        assert isinstance(settings, dict)
        assert settings["shortcut_problem"] is None
        is_installed = program == PROGRAM
        assert settings["start_at_login"] is (False if is_installed else None)
        assert settings["has_tray"] is False  # nobody shows one here
        assert "Choose others" in str(ask("set_shortcut", keys="KeyA"))
        changed = ask("set_shortcut", keys="Control+Alt+KeyJ")
        assert isinstance(changed, dict)
        assert changed["shortcut"] == "Control+Alt+KeyJ"
        for command in ("show_view", "open_log_folder", "plugin:window|close", "plugin:autostart|enable"):
            assert "not allowed" in str(ask(command, path="/tasks")), command
        autostart = screen.home / ".config/autostart"
        if not is_installed:
            assert "not installed" in str(ask("set_start_at_login", on=True))
            assert not autostart.exists()
            return
        ask("set_start_at_login", on=True)
        entries = [file.read_text(encoding="utf-8") for file in autostart.iterdir()]
        assert len(entries) == 1
        assert "--hidden" in entries[0]
        ask("set_start_at_login", on=False)
        assert list(autostart.iterdir()) == []


def test_ctrl_q_ends_everything_and_the_window_is_where_it_was(program: Path, screen: Desktop, data_dir: Path) -> None:
    with driven(screen, program, *where(data_dir)) as window:
        window.wait_for("Save something")
        screen.run("wmctrl", "-r", "Cortex", "-e", "0,120,90,900,640")
        until(lambda: window.driver.get_window_rect()["width"] == 900, 30)
        window.driver.find_element(By.TAG_NAME, "body").click()
        screen.keys("ctrl+q")
        nothing_runs(data_dir, 20)
    kept = json.loads((screen.home / ".config/org.cortex.desktop/.window-state.json").read_text(encoding="utf-8"))
    assert kept["main"]["width"] == 900
    with driven(screen, program, *where(data_dir)) as window:
        window.wait_for("Save something")
        assert window.driver.get_window_rect()["width"] == 900


def test_without_a_screen_it_says_so_and_ends(program: Path, screen: Desktop, data_dir: Path) -> None:
    done = subprocess.run(
        [program, "--data-dir", str(data_dir), "--port", "0"],
        env=screen.variables | {"DISPLAY": ":4711"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == NO_SCREEN
    assert "no screen" in done.stderr
