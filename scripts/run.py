#!/usr/bin/env python3
"""Starts Cortex on this machine: sets up what is missing, starts it, opens it in its window, or in the browser.

    python3 scripts/run.py [--headless] [--port N] [--data-dir DIR] [--demo]

Needs Python 3.11 and nothing else. Prints one line with the address when Cortex answers. Ends, and Cortex
with it, on Ctrl-C, when asked to by a signal, and when the program that started it ends. The exit code is Cortex's own.
"""

from __future__ import annotations

import sys

import interpreter

if sys.version_info < interpreter.OLDEST:
    sys.exit(interpreter.too_old())

import argparse
import http.client
import json
import os
import secrets
import shlex
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import environment
import interface
import shell
from lifeline import Lifeline, Stopped

HEALTHY_WITHIN_S = 120
STOPS_WITHIN_S = 20
NO_SCREEN = 6
"""The window's exit code where the screen that the environment names cannot be drawn on (src-tauri/src/lib.rs)."""

if sys.platform == "win32":
    _NEW_GROUP = subprocess.CREATE_NEW_PROCESS_GROUP
else:
    _NEW_GROUP = 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run Cortex until it ends or is told to; returns its exit code, 1 when setting up failed."""
    options = _parse(arguments)
    lifeline = Lifeline()
    try:
        environment.prepare()
        variables = {**environment.variables(), **environment.build_missing(), **_interface()}
        if (window := _window(options)) is not None:
            code = _show(window, options, variables, lifeline)
            if code != NO_SCREEN:
                return code
            environment.say("Cortex opens in the browser instead.")
        return _serve(options, variables, lifeline)
    except environment.SetupError as error:
        environment.say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130


def _interface() -> dict[str, str]:
    """The variables that lead Cortex to the built interface. Without Node there is the plain page instead."""
    if os.environ.get("CORTEX_UI_DIR"):
        return {}
    if (advice := interface.missing()) is not None:
        environment.say(f"{advice} Until then Cortex shows a plain page.")
        return {}
    return {"CORTEX_UI_DIR": str(interface.build())}


def _window(options: argparse.Namespace) -> Path | None:
    """The program of the window; None where Cortex is to be seen in the browser, or not at all.

    The window is for what this computer alone reaches: where Cortex is served to others, the browser is, too.
    """
    if options.headless or not shell.can_be_shown() or os.environ.get("CORTEX_HOST", "127.0.0.1") != "127.0.0.1":
        return None
    if (advice := shell.missing()) is not None:
        environment.say(f"{advice} Until then Cortex opens in the browser.")
        return None
    try:
        return shell.build()
    except environment.SetupError as error:
        environment.say(f"{error} Until then Cortex opens in the browser.")
        return None


def _show(window: Path, options: argparse.Namespace, variables: dict[str, str], lifeline: Lifeline) -> int:
    """Run the window, which starts Cortex itself, says where it answers, and ends it with itself."""
    where = ["--port", str(options.port)] if options.port is not None else []
    if options.data_dir is not None:
        where += ["--data-dir", os.path.abspath(options.data_dir)]  # noqa: PTH100 - keeps symbolic links as given
    return _supervise(
        [str(window), *where, *(["--demo"] if options.demo else []), "--exit-with-stdin"],
        shell.sidecar_variables([str(environment.PYTHON), "-m", "cortex"], variables),
        lifeline,
    )


def _supervise(command: Sequence[str], variables: dict[str, str], lifeline: Lifeline) -> int:
    """Run a program that ends with its standard input, to its end or ours; its exit code."""
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, env=variables, start_new_session=os.name != "nt", creationflags=_NEW_GROUP
    )
    try:
        while process.poll() is None:
            lifeline.check()
            _wait(process, 0.5)
    except (KeyboardInterrupt, Stopped):
        pass
    except BaseException:
        _stop(process)
        raise
    return _exit_code(_stop(process))


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Start Cortex on this machine.")
    parser.add_argument("--headless", action="store_true", help="open no window and no browser")
    parser.add_argument("--port", type=int, help="port on 127.0.0.1 (default 8742; 0 takes a free one)")
    parser.add_argument("--data-dir", help="where Cortex keeps its data (default ~/.cortex)")
    parser.add_argument("--demo", action="store_true", help="sample content in memory; nothing is kept")
    return parser.parse_args(arguments)


def _serve(options: argparse.Namespace, variables: dict[str, str], lifeline: Lifeline) -> int:
    host = _host_to_ask(os.environ.get("CORTEX_HOST") or "127.0.0.1")
    port = options.port if options.port is not None else int(os.environ.get("CORTEX_PORT") or 8742)
    if port == 0:
        port = _free_port(host)
    cortex = [str(environment.PYTHON), "-m", "cortex"]
    where = ["--port", str(port)]
    if options.data_dir is not None:
        where += ["--data-dir", os.path.abspath(options.data_dir)]  # noqa: PTH100 - keeps symbolic links as given
    if options.demo and not variables.get("CORTEX_TOKEN"):
        # what is kept in memory has no token file for `cortex open` to read
        variables = {**variables, "CORTEX_TOKEN": secrets.token_urlsafe(32)}
    taken = _accepts(host, port)
    server = subprocess.Popen(
        [*cortex, "serve", *where, *(["--demo"] if options.demo else []), "--exit-with-stdin"],
        stdin=subprocess.PIPE,  # held open: its end is what tells Cortex, on every system, that we are gone
        stdout=subprocess.DEVNULL,  # it announces itself, too; the line below comes after it has answered
        env=variables,
        # a process group of its own, so that Ctrl-C reaches Cortex once, through us, and in order
        start_new_session=os.name != "nt",
        creationflags=_NEW_GROUP,
    )
    try:
        # Where the port is taken, whoever answers is not ours: Cortex itself then says who holds it, and ends.
        if not taken and _wait_until_healthy(server, host, port, lifeline):
            print(f"Cortex is ready at http://{f'[{host}]' if ':' in host else host}:{port}", flush=True)
            if not options.headless:
                _open([*cortex, "open", *where], variables)
        while server.poll() is None:
            lifeline.check()
            _wait(server, 0.5)
    except (KeyboardInterrupt, Stopped):
        pass
    except BaseException:
        _stop(server)
        raise
    return _exit_code(_stop(server))


def _open(command: Sequence[str], variables: dict[str, str]) -> None:
    """Sign a browser in, as `cortex open` does. Without a browser Cortex runs on: it has said where to go."""
    try:
        code = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=sys.stderr, env=variables, timeout=60
        ).returncode
    except subprocess.TimeoutExpired:
        code = 1
    if code != 0:
        # a token made for this run alone is not known to a later command
        known = variables.get("CORTEX_TOKEN") == os.environ.get("CORTEX_TOKEN")
        environment.say("Cortex runs on." + (f" To open it later:  {shlex.join(command)}" if known else ""))


def _wait_until_healthy(server: subprocess.Popen[bytes], host: str, port: int, lifeline: Lifeline) -> bool:
    """Whether Cortex answered while it ran; a server that ended has said why itself."""
    deadline = time.monotonic() + HEALTHY_WITHIN_S
    while server.poll() is None:
        if _is_healthy(host, port):
            return server.poll() is None
        if time.monotonic() > deadline:
            raise environment.SetupError(
                f"Cortex did not answer on port {port} within {HEALTHY_WITHIN_S} seconds and was stopped. "
                "Your data is untouched; its messages above say how far it came."
            )
        lifeline.check()
        _wait(server, 0.05)
    return False


def _is_healthy(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=5)  # directly: no proxy for this machine
    try:
        connection.request("GET", "/api/health")
        answer = connection.getresponse()
        return answer.status == 200 and "status" in json.loads(answer.read())
    except (OSError, ValueError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _stop(server: subprocess.Popen[bytes]) -> int:
    """Let Cortex end in order, and make it where it does not; returns its code."""
    if server.stdin is not None:
        server.stdin.close()
    try:
        if not _wait(server, STOPS_WITHIN_S):
            environment.say("Cortex does not stop by itself; ending it. What it acknowledged is on disk.")
            server.terminate()
            _wait(server, 5)
    except (KeyboardInterrupt, Stopped):
        environment.say("Ending Cortex at once. What it acknowledged is on disk.")
    if server.poll() is None:
        server.kill()
    return server.wait()


def _wait(server: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        server.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _exit_code(code: int) -> int:
    return 128 - code if code < 0 else code


def _host_to_ask(host: str) -> str:
    """The address under which this machine itself reaches a server bound to `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "localhost": "127.0.0.1"}.get(host.strip("[]"), host.strip("[]"))  # noqa: S104 - asked, not bound


def _accepts(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def _free_port(host: str) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
