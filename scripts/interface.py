"""The interface in `ui/`: installed from its lock, built when its sources changed. Standard library only."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import environment
import lifeline

UI = environment.ROOT / "ui"
DIST = UI / "app" / "dist"
_INSTALLED = UI / "node_modules" / ".cortex-lock"
_BUILT = DIST / ".cortex-sources"
_OLDEST_NODE = (20, 19)
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_NOT_SOURCES = {"node_modules", "dist", "tests", ".vite"}


def missing() -> str | None:
    """What has to be installed before the interface can be built, in a sentence; None when nothing."""
    advice = "Install Node 20.19 or newer with npm (https://nodejs.org) and run this again."
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return f"The interface is not built, because {'Node' if node is None else 'npm'} is not here. {advice}"
    said = subprocess.run([node, "--version"], capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout
    version = re.match(r"v(\d+)\.(\d+)", said)
    if version is None or (int(version[1]), int(version[2])) < _OLDEST_NODE:
        return f"The interface is not built, because Node here is {said.strip() or 'broken'}. {advice}"
    return None


def browser() -> str | None:
    """A Chromium of this machine that the interface can be tested in."""
    named = os.environ.get("CORTEX_TEST_BROWSER")
    return named or next((found for name in _BROWSERS if (found := shutil.which(name))), None)


def install() -> None:
    """Install what `package-lock.json` says. Raises SetupError."""
    wanted = _digest([UI / "package-lock.json", UI / "package.json"])
    if _read(_INSTALLED) == wanted:
        return
    with environment.exclusive() as lock:
        if _read(_INSTALLED) == wanted:
            return
        environment.say("Installing what the interface is built with. The first time this takes a minute.")
        npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", lock=lock)
        _INSTALLED.write_text(wanted, encoding="utf-8")


def build() -> Path:
    """The directory of the built interface, built again when its sources changed. Raises SetupError."""
    wanted = _digest(sorted(_sources()))
    if _read(_BUILT) == wanted:
        return DIST
    install()
    with environment.exclusive() as lock:
        if _read(_BUILT) != wanted:
            environment.say("Building the interface.")
            npm("run", "--silent", "build", lock=lock)
            _BUILT.write_text(wanted, encoding="utf-8")
    return DIST


def npm(*arguments: str, lock: int) -> None:
    """Run npm in `ui/`. Raises SetupError when it fails."""
    program = shutil.which("npm") or "npm"
    code, _ = lifeline.run(
        [program, *arguments], cwd=UI, env=variables(), stdout=environment.STANDARD_ERROR, keep_open=[lock]
    )
    if code != 0:
        raise environment.SetupError(
            f"`npm {arguments[0]}` failed for the interface; its messages are above. Nothing of yours was changed: "
            "run the same command again once the cause is gone."
        )


def variables() -> dict[str, str]:
    """The environment for Node: no browser is loaded down, nothing is told to anybody."""
    return {**os.environ, "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1", "DO_NOT_TRACK": "1", "NO_UPDATE_NOTIFIER": "1"} | (
        {"CORTEX_TEST_BROWSER": found} if (found := browser()) else {}
    )


def _sources() -> Iterator[Path]:
    for folder, names, files in os.walk(UI):
        names[:] = [name for name in names if name not in _NOT_SOURCES]
        yield from (Path(folder) / name for name in files)


def _digest(files: list[Path]) -> str:
    found = hashlib.sha256()
    for file in files:
        found.update(str(file.relative_to(UI)).encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()


def _read(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except OSError:
        return None
