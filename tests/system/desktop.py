"""A desktop without a screen: an X server, a window manager and a session bus of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

NEEDED = ("Xvfb", "openbox", "dbus-daemon", "wmctrl", "xdotool", "WebKitWebDriver")
_FOR_DEVELOPMENT = ("CORTEX_SIDECAR", "CORTEX_MODEL_DIR", "CORTEX_UI_DIR")
"""What leads an app that is not installed to its parts."""
_PACKAGES = "xvfb openbox dbus-x11 wmctrl xdotool webkit2gtk-driver"


def missing() -> str | None:
    """What has to be installed before a desktop can be made; None when nothing."""
    absent = [name for name in NEEDED if shutil.which(name) is None]
    return f"{', '.join(absent)} not found (Debian: apt-get install {_PACKAGES})" if absent else None


@dataclass
class Desktop:
    """Where windows open. `variables` is the environment of a program on it."""

    home: Path
    variables: dict[str, str] = field(default_factory=dict)

    def run(self, *command: str) -> str:
        """What a small program says, for example wmctrl; empty when it fails."""
        done = subprocess.run(command, env=self.variables, capture_output=True, text=True, timeout=30)
        return done.stdout if done.returncode == 0 else ""

    def windows(self) -> list[str]:
        """The titles of the windows that the window manager shows."""
        return [line.split(maxsplit=3)[3] for line in self.run("wmctrl", "-l").splitlines() if len(line.split()) > 3]

    def keys(self, *keys: str) -> None:
        """Press keys, as xdotool names them, in whatever has the focus."""
        self.run("xdotool", "key", "--clearmodifiers", *keys)

    def picture(self, file: Path) -> None:
        """Save what can be seen, where ImageMagick is installed."""
        if shutil.which("import"):
            self.run("import", "-window", "root", str(file))


@contextmanager
def desktop(home: Path) -> Iterator[Desktop]:
    """A desktop whose user has `home`; everything that it started ends with it."""
    home.mkdir(parents=True, exist_ok=True)
    runtime = home / "run"
    runtime.mkdir(mode=0o700, exist_ok=True)
    made = Desktop(home)
    kept = _FOR_DEVELOPMENT if os.environ.get("CORTEX_TEST_SHELL") else ()
    made.variables = {
        name: value
        for name, value in os.environ.items()
        if name in kept or not (name.startswith(("CORTEX_", "DBUS_", "XDG_", "WAYLAND_")) or name == "DISPLAY")
    } | {
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(runtime),
        "LANG": "C.UTF-8",
        "GDK_BACKEND": "x11",
        "NO_AT_BRIDGE": "1",
        # the machine has no graphics card; what WebKit would try instead costs seconds
        "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
        "LIBGL_ALWAYS_SOFTWARE": "1",
    }
    started: list[subprocess.Popen[str]] = []
    try:
        number = _first_line(started, made, ["Xvfb", "-displayfd", "1", "-screen", "0", "1400x900x24", "-noreset"])
        made.variables["DISPLAY"] = f":{number}"
        made.variables["DBUS_SESSION_BUS_ADDRESS"] = _first_line(
            started, made, ["dbus-daemon", "--session", "--print-address=1", "--nofork"]
        )
        started.append(
            subprocess.Popen(
                ["openbox"], env=made.variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True
            )
        )
        yield made
    finally:
        for process in reversed(started):
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout is not None:
                process.stdout.close()


def _first_line(started: list[subprocess.Popen[str]], made: Desktop, command: Sequence[str]) -> str:
    process = subprocess.Popen(
        command, env=made.variables, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    started.append(process)
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    assert line, f"{command[0]} did not start"
    return line
