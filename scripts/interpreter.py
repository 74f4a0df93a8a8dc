"""Whether this Python can run Cortex, and what to install when it cannot.

Older interpreters must be able to read this file: nothing newer than Python 3.7 here.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import sys
from pathlib import Path

OLDEST = (3, 11)

# family -> (command for an interpreter, command for venv and ensurepip, command for a C compiler and headers)
_COMMANDS = {
    "debian": (
        "sudo apt install python3 python3-venv",
        "sudo apt install {venv}",
        "sudo apt install build-essential python3-dev",
    ),
    "fedora": (
        "sudo dnf install python3.12",
        "sudo dnf install python3 python3-pip",
        "sudo dnf install gcc gcc-c++ python3-devel",
    ),
    "arch": ("sudo pacman -S python", "sudo pacman -S python", "sudo pacman -S base-devel"),
    "suse": (
        "sudo zypper install python312",
        "sudo zypper install python{major}{minor} python{major}{minor}-pip",
        "sudo zypper install gcc gcc-c++ python{major}{minor}-devel",
    ),
    "alpine": ("sudo apk add python3", "sudo apk add python3 py3-pip", "sudo apk add build-base python3-dev"),
    "macos": ("brew install python@3.12", "brew install python@3.12", "xcode-select --install"),
    "windows": (
        "winget install Python.Python.3.12",
        "winget install Python.Python.3.12",
        "winget install Microsoft.VisualStudio.2022.BuildTools",
    ),
}

_FAMILIES = {
    "debian": "debian",
    "ubuntu": "debian",
    "fedora": "fedora",
    "rhel": "fedora",
    "centos": "fedora",
    "arch": "arch",
    "opensuse": "suse",
    "suse": "suse",
    "opensuse-tumbleweed": "suse",
    "opensuse-leap": "suse",
    "alpine": "alpine",
}


def family(os_release: Path = Path("/etc/os-release"), platform: str = sys.platform) -> str | None:
    """The family of operating systems whose package names apply, or None where it is not known.

    Source: ID and ID_LIKE of os-release(5), so that derivatives count as what they derive from.
    """
    if platform == "darwin":
        return "macos"
    if platform == "win32":
        return "windows"
    try:
        text = os_release.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = dict(re.findall(r'^(ID|ID_LIKE)="?([^"\n]*)"?$', text, re.MULTILINE))
    for name in (fields.get("ID", "") + " " + fields.get("ID_LIKE", "")).lower().split():
        if name in _FAMILIES:
            return _FAMILIES[name]
    return None


def _command(part: int, system: str | None) -> str | None:
    if system is None:
        return None
    major, minor = sys.version_info[:2]
    # Debian's python3-venv serves its own python3; any other interpreter has a package of its own.
    own = os.path.realpath("/usr/bin/python3") == os.path.realpath(sys.executable or "")
    venv = "python3-venv" if own or system != "debian" else "python{}.{}-venv".format(major, minor)  # noqa: UP032 - read by old interpreters
    return _COMMANDS[system][part].format(major=major, minor=minor, venv=venv)


def too_old(system: str | None = None) -> str:
    """What to tell somebody whose Python is older than OLDEST: a newer one that is here, or how to get one."""
    here = ".".join(str(part) for part in sys.version_info[:3])
    lines = [f"Cortex needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this is Python {here} ({sys.executable})."]
    for minor in range(14, OLDEST[1] - 1, -1):
        newer = shutil.which(f"python3.{minor}")
        if newer:
            lines.append(f"A newer one is installed. Run:  {newer} {' '.join(sys.argv)}")
            return "\n".join(lines)
    command = _command(0, system or family())
    lines.append(f"Install one:  {command}" if command else "Install one from https://www.python.org/downloads/")
    return "\n".join(lines)


def lacks_venv(system: str | None = None) -> str | None:
    """What to install when this Python cannot make virtual environments; None when it can."""
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if not missing:
        return None
    command = _command(1, system or family())
    return "\n".join(
        [
            f"This Python ({sys.executable}) lacks its module {' and '.join(missing)}.",
            "It makes the environment Cortex is installed in. Nothing was changed.",
            f"Install it:  {command}" if command else "Install the package of your system that contains it.",
            "Then run the same command again.",
        ]
    )


def lacks_compiler(system: str | None = None) -> str | None:
    """What to install where a package has no ready-made build and no C compiler is here; None when one is."""
    if any(shutil.which(name) for name in ("cc", "gcc", "clang", "cl")):
        return None
    command = _command(2, system or family())
    advice = command or "a C compiler and Python's headers"
    return f"If a package had to be compiled for this machine, a compiler is missing. Install it:  {advice}"
