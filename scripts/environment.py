"""The environment that both commands work in: `.venv`, exactly as the lock says, and the parts built from it.

Standard library only: this runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import index_settings
import interpreter
import lifeline

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
PROJECT = ROOT / "pyproject.toml"
STAMP = VENV / "cortex-setup.json"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STANDARD_ERROR = 2
_QUIETLY_LOCKED = ("install", "--quiet", "--no-input", "--no-deps", "--require-hashes")


class SetupError(Exception):
    """Setting up failed; the text says what happened and what to do."""


def say(text: str) -> None:
    """One line of progress, on standard error: standard output is for the address and the results."""
    print(text, file=sys.stderr, flush=True)


def variables() -> dict[str, str]:
    """The caller's environment without what would make the installed Python look elsewhere, or compile every module
    again at every start: that would double a start's time, and everything written lies in this directory."""
    unwanted = {"PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE"}
    kept = {k: v for k, v in os.environ.items() if k not in unwanted}
    return {**kept, "PYTHONNOUSERSITE": "1", "PYTHONUTF8": "1", "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def prepare() -> None:
    """Make `.venv` what the lock says. Costs some milliseconds when it already is.

    Raises SetupError with advice. Concurrent callers wait for each other.
    """
    if is_stale():
        with exclusive() as lock:
            if is_stale():  # else another set-up did it while this one waited
                _install(lock)


def is_stale() -> bool:
    """Whether `.venv` is missing or was made from something else than what stands here now."""
    return (made := _stamp_key()) is None or made != _wanted_key()


def build_missing() -> dict[str, str]:
    """Build the embedded model where it is not yet built; returns the variables that lead Cortex to it.

    An owner who names a model by CORTEX_MODEL_DIR has one: nothing is built.
    """
    if os.environ.get("CORTEX_MODEL_DIR"):
        return {}
    with exclusive() as lock:
        code, written = lifeline.run(
            [str(PYTHON), str(ROOT / "scripts" / "build_model.py")],
            cwd=ROOT,
            env=variables(),
            stdout=subprocess.PIPE,
            keep_open=[lock],
        )
    lines = written.splitlines()
    directory = next((line.strip() for line in reversed(lines) if line.strip()), "")
    if code != 0 or not directory:
        raise SetupError(
            "The embedded model could not be built; its own message is above. "
            "What was installed is kept: run the same command again once the cause is gone."
        )
    return {"CORTEX_MODEL_DIR": directory}


def _install(lock: int) -> None:
    if (advice := interpreter.lacks_venv()) is not None:
        raise SetupError(advice)
    say("Setting up Cortex in .venv. The first time this takes a minute or two, later only when something changed.")
    if not _venv_is_usable():
        _run([sys.executable, "-m", "venv", "--clear", str(VENV)], "The environment .venv could not be made.", lock)
    STAMP.unlink(missing_ok=True)
    _install_uv(lock)
    _install_locked(lock)
    _uv_or_pip(
        ["pip", "install", "--quiet", "--python", str(PYTHON), "--no-build-isolation", "--no-deps", "-e", str(ROOT)],
        ["install", "--quiet", "--no-build-isolation", "--no-deps", "-e", str(ROOT)],
        "Cortex itself could not be installed into .venv.",
        lock,
    )
    STAMP.write_text(json.dumps({"key": _wanted_key()}) + "\n", encoding="utf-8")


def _install_uv(lock: int) -> None:
    """pip installs the installer: the lock's own lines for uv, hashes and all."""
    pinned = re.search(r"^uv==(?:.*\\\n)*.*", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    if pinned is None:
        raise SetupError("requirements.lock does not pin uv. Restore it from the repository and run this again.")
    with tempfile.TemporaryDirectory() as folder:
        only_uv = Path(folder) / "uv.txt"
        only_uv.write_text(pinned.group() + "\n", encoding="utf-8")
        _run(
            [str(PYTHON), "-m", "pip", *_QUIETLY_LOCKED, "-r", str(only_uv)],
            "The first package (uv) could not be installed. pip's message is above: usually there is no connection "
            "to a package index, or pip needs the index, proxy or certificate of your network in its configuration.",
            lock,
        )


def _install_locked(lock: int) -> None:
    environment, arguments = index_settings.for_uv(index_settings.pip_configuration(PYTHON, variables()), variables())
    _uv_or_pip(
        ["pip", "sync", "--quiet", "--python", str(PYTHON), "--require-hashes", *arguments, str(LOCK)],
        [*_QUIETLY_LOCKED, "-r", str(LOCK)],
        "The packages of requirements.lock could not be installed; the messages are above.",
        lock,
        environment,
    )


def _uv_or_pip(
    uv: Sequence[str], pip: Sequence[str], failure: str, lock: int, environment: dict[str, str] | None = None
) -> None:
    """uv, which is fast; pip where uv fails, because pip knows more kinds of networks and certificates."""
    binary = BIN / ("uv.exe" if os.name == "nt" else "uv")
    try:
        _run([str(binary), *uv], failure, lock, environment)
    except (SetupError, OSError) as problem:
        say(f"uv did not manage it ({problem}); trying pip, which is slower.")
        try:
            _run([str(PYTHON), "-m", "pip", *pip], failure, lock)
        except SetupError as error:
            advice = interpreter.lacks_compiler()
            raise SetupError(f"{error}\n{advice}" if advice else str(error)) from None


def _run(command: Sequence[str], failure: str, lock: int, environment: dict[str, str] | None = None) -> None:
    everything = {**variables(), **(environment or {})}
    code, _ = lifeline.run(command, cwd=ROOT, env=everything, stdout=STANDARD_ERROR, keep_open=[lock])
    if code != 0:
        raise SetupError(failure)


def _venv_is_usable() -> bool:
    """Whether `.venv` stands where it was made and its interpreter still is the one it was made with."""
    try:
        settings = (VENV / "pyvenv.cfg").read_text(encoding="utf-8")
        answer = subprocess.run(
            [str(PYTHON), "-c", "import sys, pip; print('%d.%d' % sys.version_info[:2]); print(sys.prefix)"],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            env=variables(),
        )
    except OSError:
        return False
    if answer.returncode != 0:
        return False
    version, prefix = answer.stdout.splitlines()[:2]
    made_with = re.search(r"^version(?:_info)?\s*=\s*(\d+\.\d+)", settings, re.MULTILINE)
    made_by = re.search(r"^command\s*=(.*)$", settings, re.MULTILINE)
    moved = made_by is not None and not made_by[1].endswith(" " + str(VENV))
    supported = tuple(int(part) for part in version.split(".")) >= interpreter.OLDEST
    return made_with is not None and made_with[1] == version and supported and not moved and Path(prefix) == VENV


def _wanted_key() -> str | None:
    """What `.venv` is made from: the lock, the project, the place, the interpreter. None without a `.venv`."""
    try:
        settings = (VENV / "pyvenv.cfg").read_bytes()
        parts = [LOCK.read_bytes(), PROJECT.read_bytes(), str(ROOT).encode(), settings]
        parts.append(str(PYTHON.resolve(strict=True)).encode())
    except FileNotFoundError:
        return None
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _stamp_key() -> str | None:
    try:
        return str(json.loads(STAMP.read_text(encoding="utf-8"))["key"])
    except (OSError, ValueError, KeyError):
        return None


@contextmanager
def exclusive() -> Iterator[int]:
    """One set-up at a time in this directory; gives the lock's file descriptor.

    The lock ends with the processes that hold the descriptor, however they end.
    """
    with (ROOT / ".venv.lock").open("a+b") as file:
        if not _try_lock(file):
            say("Another set-up is at work in this directory; waiting for it.")
            _wait_for_lock(file)
        yield file.fileno()


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[bytes]) -> bool:
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _wait_for_lock(file: IO[bytes]) -> None:
        while True:
            file.seek(0)
            try:
                msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
            except OSError:
                continue  # LK_LOCK gives up after ten seconds; a set-up may take longer
            return

else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _wait_for_lock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)


def program(name: str) -> str:
    """The path of a program installed in `.venv`, for example ruff."""
    found = shutil.which(name, path=str(BIN))
    if found is None:
        raise SetupError(f"{name} is not in .venv although the lock names it. Delete .venv and run this again.")
    return found
