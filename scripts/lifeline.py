"""Ends this program when it is told to, or when the program that started it is gone; and with it what it started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

ENDS_WITHIN_S = 5
"""How long a program has to end in order, before it is ended. One that runs others in the same way needs twice that."""


class Stopped(SystemExit):
    """Raised in the main thread, so that every `finally` runs; the code is 128 plus the signal's number."""


class Lifeline:
    """Turns signals and the end of the parent into Stopped. Make one, early, in the main thread.

    A program started with `nohup` outlives its parent, as that asks for.
    """

    def __init__(self) -> None:
        self._parent = os.getppid()
        self._handle = _watch_parent(self._parent)
        self._detached = False
        signal.signal(signal.SIGTERM, _stop)
        if sys.platform == "win32":
            signal.signal(signal.SIGBREAK, _stop)
        elif signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
            self._detached = True
        else:
            signal.signal(signal.SIGHUP, _stop)
        if sys.platform == "linux" and not self._detached:
            # The kernel's notice also comes when only the thread that started us ends: hence a look, not an end.
            signal.signal(signal.SIGUSR1, lambda _number, _frame: self.check())
            _ask_for_notice(signal.SIGUSR1)
            self.check()  # it may have gone before the notice was asked for

    def check(self) -> None:
        """Raise Stopped when the parent is gone. Called between waits: only Linux gives notice."""
        if not self._detached and _is_gone(self._parent, self._handle):
            self._detached = True  # say it once, so that an orderly stop is not cut short
            raise Stopped(128 + signal.SIGTERM)


def run(
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    stdout: int | None = None,
    keep_open: Sequence[int] = (),
    ends_within_s: float = ENDS_WITHIN_S,
) -> tuple[int, str]:
    """Run a program without input to its end; returns its exit code and, with stdout=PIPE, what it wrote.

    When this program is stopped meanwhile, the other and all that it started end first. `keep_open` are file
    descriptors that the other inherits (POSIX): a lock held through one lasts as long as either lives.
    """
    with running(command, cwd=cwd, env=env, stdout=stdout, keep_open=keep_open, ends_within_s=ends_within_s) as process:
        written, _ = process.communicate()
    return process.returncode, written or ""


@contextmanager
def running(
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    stdout: int | None = None,
    keep_open: Sequence[int] = (),
    ends_within_s: float = ENDS_WITHIN_S,
) -> Iterator[subprocess.Popen[str]]:
    """Run a program beside this one, as `run` does; what still runs when the block is left, is ended first."""
    process = subprocess.Popen(
        list(command),
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        text=True,
        start_new_session=os.name != "nt",
        pass_fds=keep_open if os.name != "nt" else (),
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            _end_all(process, ends_within_s)
            process.wait()


def _stop(number: int, _frame: FrameType | None) -> None:
    raise Stopped(128 + number)


if sys.platform == "win32":
    import ctypes

    _SYNCHRONIZE = 0x00100000
    _WAIT_OBJECT_0 = 0

    def _watch_parent(pid: int) -> int:
        return int(ctypes.windll.kernel32.OpenProcess(_SYNCHRONIZE, False, pid))

    def _is_gone(_pid: int, handle: int) -> bool:
        return bool(handle) and ctypes.windll.kernel32.WaitForSingleObject(handle, 0) == _WAIT_OBJECT_0

    def _end_all(process: subprocess.Popen[str], _ends_within_s: float) -> None:
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True)

else:

    def _watch_parent(_pid: int) -> int:
        return 0

    def _is_gone(pid: int, _handle: int) -> bool:
        return os.getppid() != pid

    def _end_all(process: subprocess.Popen[str], ends_within_s: float) -> None:
        # Asked first: one that started others as `running` does is the only one that knows them.
        try:
            os.killpg(process.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(ends_within_s)
        finally:  # also when this program is told to stop a second time
            with suppress(ProcessLookupError, PermissionError):  # nobody of the group is left, or only the dead
                os.killpg(process.pid, signal.SIGKILL)


def _ask_for_notice(number: int) -> None:
    import ctypes

    pr_set_pdeathsig = 1  # linux/prctl.h
    ctypes.CDLL(None, use_errno=True).prctl(pr_set_pdeathsig, number, 0, 0, 0)
