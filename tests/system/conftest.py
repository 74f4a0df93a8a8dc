"""The installed app on a desktop of its own. This suite changes the machine: `scripts/test.py --system` runs it."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.system.desktop import Desktop, desktop, missing

PACKAGE_NAME = "cortex"
PROGRAM = Path("/usr/bin/cortex-desktop")
INSTALLED = "installed"
"""Stands in the directory of a run from when that has installed the package."""


def _as_root(*command: str) -> subprocess.CompletedProcess[str]:
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    return subprocess.run(
        [*prefix, *command],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        timeout=600,
    )


class Package:
    """The Debian package, installed and removed for real."""

    def __init__(self, file: Path):
        self.file = file

    def install(self) -> None:
        """Install it with what it depends on."""
        done = _as_root("apt-get", "install", "-y", "-qq", "--no-install-recommends", str(self.file))
        assert done.returncode == 0, done.stdout + done.stderr

    def remove(self) -> None:
        """Purge it."""
        done = _as_root("apt-get", "purge", "-y", "-qq", PACKAGE_NAME)
        assert done.returncode == 0, done.stdout + done.stderr

    def files(self) -> list[Path]:
        """Every file that it put on the machine; none when it is not installed."""
        done = subprocess.run(["dpkg-query", "-L", PACKAGE_NAME], capture_output=True, text=True)
        return [Path(line) for line in done.stdout.splitlines() if Path(line).is_file()]


def _named() -> Package | None:
    named = os.environ.get("CORTEX_TEST_PACKAGE")
    return Package(Path(named)) if named else None


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave the machine without the package, if this run put it there, once no test needs it any more."""
    if hasattr(session.config, "workerinput"):  # one of several processes: the one that started them does it
        return
    folder = session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined] # what the fixture is made of
    if (under_test := _named()) is not None and (folder / INSTALLED).exists() and under_test.files():
        under_test.remove()


class Turns:
    """Processes that test at the same time share what is installed, and one at a time changes it."""

    def __init__(self, folder: Path):
        self.installed = folder / INSTALLED
        self._gate, self._use = (
            os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600) for name in ("gate", "use")
        )

    def close(self) -> None:
        """Let the others go on."""
        os.close(self._gate)
        os.close(self._use)

    @contextmanager
    def shared(self) -> Iterator[None]:
        """What is found installed in this block stays until the end, unless it is this process that changes it."""
        with self._taken(fcntl.LOCK_SH):
            yield

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else uses what is installed until the end: who wants to, waits at the gate. For one test alone."""
        with self._taken(fcntl.LOCK_EX):
            yield

    @contextmanager
    def _taken(self, how: int) -> Iterator[None]:
        fcntl.flock(self._gate, fcntl.LOCK_EX)
        try:
            fcntl.flock(self._use, how)
            yield
        finally:
            fcntl.flock(self._gate, fcntl.LOCK_UN)


@pytest.fixture
def turns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Turns]:
    """Whose turn it is with the package."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # each worker has its own below the one of the run
    made = Turns(folder)
    yield made
    made.close()


@pytest.fixture
def package(turns: Turns) -> Package:
    """The package under test, installed; it is gone after the last test.

    `CORTEX_TEST_PACKAGE` names it; `scripts/test.py --system` builds it first.
    """
    under_test = _named()
    if under_test is None:
        pytest.skip("no package was built here: run scripts/test.py --system, which says what it needs")
    if shutil.which("apt-get") is None or _as_root("true").returncode != 0:
        pytest.skip("packages are installed by apt-get as root, which is not to be had here")
    with turns.shared():
        if not turns.installed.exists():
            if under_test.files():  # of an earlier run, and perhaps of another build
                under_test.remove()
            turns.installed.touch()
            under_test.install()
    return under_test


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Desktop]:
    """A desktop without a screen, with a home directory of its own."""
    if (advice := missing()) is not None:
        pytest.skip(advice)
    with desktop(tmp_path / "home") as made:
        yield made


@pytest.fixture
def data_dir(screen: Desktop) -> Path:
    """Where the app of a test keeps its library."""
    return screen.home / "library"


@pytest.fixture
def program(request: pytest.FixtureRequest) -> Path:
    """The app's program: the installed one, or another that `CORTEX_TEST_SHELL` names while it is being worked on."""
    named = os.environ.get("CORTEX_TEST_SHELL")
    if named:
        return Path(named)
    request.getfixturevalue("package")
    return PROGRAM
