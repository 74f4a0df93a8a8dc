"""`cortex serve`: run the server in the foreground.

Its options are read by the standard library: this process stays, and what the other commands are read with would stay
in its memory with it (2 MB).
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from cortex.cli.exit_codes import explained
from cortex.config import Settings, load_settings
from cortex.db.file_modes import make_privately
from cortex.observability import logs

DOES = "Serve the library until Ctrl-C or SIGTERM."


def serve(words: Sequence[str]) -> None:
    """Serve until Ctrl-C or SIGTERM, as the words after `cortex serve` say. Raises SystemExit when they cannot be read,
    or when the start is refused."""
    given = _options().parse_args(words)
    make_privately()
    with explained():
        settings = load_settings(
            host=given.host,
            port=given.port,
            data_dir=given.data_dir,
            in_memory=given.in_memory or given.demo or None,
            demo=given.demo or None,
        )
        logs.configure(settings.log_level)
        from cortex.main import serve as run_server

        run_server(settings, on_ready=_announce, stop_when=_wait_for_stdin if given.exit_with_stdin else None)
    # All is closed, and the process ends: to take every object apart first would take longer than the stop did.
    gc.freeze()


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser("cortex serve", description=DOES, allow_abbrev=False)
    options.add_argument("--host", help="address to listen on; loopback unless confirmed")
    options.add_argument("--port", type=int, help="port; 0 takes any free one")
    options.add_argument("--data-dir", type=_path, help="where the library lies")
    options.add_argument("--in-memory", action="store_true", help="keep nothing after the stop")
    options.add_argument("--demo", action="store_true", help="a sample library in memory; nothing is kept")
    options.add_argument(
        "--exit-with-stdin", action="store_true", help="stop when standard input ends, for supervisors"
    )
    return options


def _path(text: str) -> Path:
    # The other commands' library does this, where no shell does.
    return Path(os.path.expandvars(text) if os.name == "nt" else text)


def _announce(settings: Settings) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    sys.stdout.write(f"Cortex is ready at http://{host}:{settings.port}\n")
    sys.stdout.flush()


def _wait_for_stdin() -> None:
    # Not through sys.stdin: a thread that holds its lock while the interpreter ends makes that abort.
    while os.read(sys.stdin.fileno(), 65536):
        pass
