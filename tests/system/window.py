"""The desktop app as its owner meets it: started, looked at through WebKitWebDriver, killed, ended."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver import WebKitGTK
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service
from tests.e2e.program import until
from tests.system.desktop import Desktop

SMALL = "Save to Cortex"
"""The title of the small window."""


class _AnyApp(Options):
    """Asks for the program alone: selenium's own would ask for WebKit's small browser by name."""

    def to_capabilities(self) -> dict[str, Any]:
        return {self.KEY: super().to_capabilities()[self.KEY]}


class Window:
    """The page in the app's window."""

    def __init__(self, driver: WebKitGTK):
        self.driver = driver

    @property
    def address(self) -> str:
        return str(self.driver.current_url)

    def shows(self, text: str) -> bool:
        """Whether this can be read in the page."""
        with suppress(WebDriverException):
            return text in str(self.driver.execute_script("return document.body.innerText"))
        return False

    def wait_for(self, text: str, within_seconds: float = 60) -> None:
        """Wait until this can be read."""
        try:
            until(lambda: self.shows(text), within_seconds)
        except AssertionError:
            raise AssertionError(f"{text!r} is not in the page, which says:\n{self.text()[:3000]}") from None

    def text(self) -> str:
        """All that can be read."""
        with suppress(WebDriverException):
            return str(self.driver.execute_script("return location.href + '\\n' + document.body.innerText"))
        return "(no page)"

    def find(self, selector: str, within_seconds: float = 30) -> WebElement:
        """The first element that a CSS selector finds, once it is there."""

        def found() -> WebElement | None:
            with suppress(WebDriverException):
                return self.driver.find_element(By.CSS_SELECTOR, selector)
            return None

        return until(found, within_seconds)

    def click(self, name: str) -> None:
        """Click the button or link of this name."""
        text = json.dumps(name)
        path = f"//*[self::button or self::a][normalize-space(.)={text} or @aria-label={text}]"

        def clicked() -> bool:
            with suppress(WebDriverException):
                self.driver.find_element(By.XPATH, path).click()
                return True
            return False

        until(clicked, 30)

    def press(self, *keys: str) -> None:
        """Press keys in what has the focus."""

        def pressed() -> bool:
            with suppress(StaleElementReferenceException):  # it was drawn anew between the two
                self.driver.switch_to.active_element.send_keys(*keys)
                return True
            return False

        until(pressed, 30)

    def _is_writing(self) -> bool:
        with suppress(StaleElementReferenceException):
            return self.driver.switch_to.active_element.tag_name in ("input", "textarea")
        return False

    def begin(self) -> None:
        """Past the welcome of a first start, to the empty library."""
        self.wait_for("Save something")
        self.click("Skip everything")
        self.wait_for("Your library is empty")

    def save(self, text: str) -> None:
        """Save a text as its reader does, by keyboard, and wait until it is in the list."""
        self.press("c")
        until(self._is_writing, 30)
        self.press(text, Keys.ENTER)
        self.wait_for(text[:40])
        self.wait_for("1 min")  # it was read


def processes_of(data_dir: Path) -> list[psutil.Process]:
    """Everything that runs for this library: the shell, the sidecar, and what they started.

    The shell of a library in its usual place does not name it: then the home directory tells.
    """
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            is_app = process.name().startswith("cortex") and process.environ().get("HOME") == str(data_dir.parent)
            if (is_app or str(data_dir) in " ".join(process.cmdline())) and process.status() != psutil.STATUS_ZOMBIE:
                found += [process, *process.children(recursive=True)]
    others = ("WebKitWebDriver", None)
    return list({process.pid: process for process in found if name_of(process) not in others}.values())


def name_of(process: psutil.Process) -> str | None:
    """None when it has ended meanwhile."""
    with suppress(psutil.NoSuchProcess):
        return str(process.name())
    return None


def has_ended(process: psutil.Process) -> bool:
    """Whether it runs no more, even if nobody asked how it ended."""
    with suppress(psutil.NoSuchProcess):
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    return True


def sidecar_of(data_dir: Path) -> psutil.Process:
    """The serving process of this library, once it is there."""

    def found() -> psutil.Process | None:
        with suppress(psutil.Error, OSError, ValueError):
            instance: dict[str, Any] = json.loads((data_dir / "instance.json").read_text(encoding="utf-8"))
            process = psutil.Process(instance["pid"])
            return process if process.status() != psutil.STATUS_ZOMBIE else None
        return None

    return until(found, 60)


def where(data_dir: Path, port: int = 0) -> tuple[str, ...]:
    """The words that start the app on a library of its own; port 0 is any free one."""
    return ("--data-dir", str(data_dir), "--port", str(port))


def start_again(desktop: Desktop, program: Path, data_dir: Path, *words: str) -> None:
    """A second start: it hands its words over to the first, and ends."""
    command = [str(program), *where(data_dir), *words]
    done = subprocess.run(command, env=desktop.variables, capture_output=True, text=True, timeout=60, cwd=desktop.home)
    assert done.returncode == 0, (done.returncode, done.stdout, done.stderr)


@contextmanager
def driven(desktop: Desktop, program: Path, *arguments: str) -> Iterator[Window]:
    """The app in a window that a test can read and click; it is closed afterwards if it still runs."""
    options = _AnyApp()
    options.binary_location = str(program)
    for argument in arguments:
        options.add_argument(argument)
    service = Service(
        executable_path="/usr/bin/WebKitWebDriver",
        env=desktop.variables | {"TAURI_WEBVIEW_AUTOMATION": "true"},
    )
    driver = WebKitGTK(options=options, service=service)
    try:
        yield Window(driver)
    finally:
        with suppress(WebDriverException):
            driver.quit()
        service.stop()


@contextmanager
def started(desktop: Desktop, program: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """The app as a plain program; it is killed afterwards if it still runs."""
    process = subprocess.Popen(
        [str(program), *arguments],
        env=desktop.variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait(20)


def nothing_runs(data_dir: Path, within_seconds: float = 10) -> None:
    """Wait until no process of this library is left."""

    def left() -> Sequence[str]:
        return [f"{each.pid} {name_of(each)}" for each in processes_of(data_dir) if not has_ended(each)]

    try:
        until(lambda: not left(), within_seconds)
    except AssertionError:
        raise AssertionError(f"still running: {left()}") from None
