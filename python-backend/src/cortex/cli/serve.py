"""`cortex serve`: run the server in the foreground."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from cortex.config import Settings, load_settings
from cortex.db.file_modes import make_privately
from cortex.observability import logs


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; loopback unless confirmed.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes any free one.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Where the library lies.")] = None,
    in_memory: Annotated[bool, typer.Option("--in-memory", help="Keep nothing after the stop.")] = False,
    demo: Annotated[bool, typer.Option("--demo", help="A sample library in memory; nothing is kept.")] = False,
    exit_with_stdin: Annotated[
        bool, typer.Option("--exit-with-stdin", help="Stop when standard input ends (for supervisors).")
    ] = False,
) -> None:
    """Serve the library until Ctrl-C or SIGTERM."""
    make_privately()
    settings = load_settings(
        host=host, port=port, data_dir=data_dir, in_memory=in_memory or demo or None, demo=demo or None
    )
    logs.configure(settings.log_level)
    from cortex.main import serve as run_server

    run_server(settings, on_ready=_announce, stop_when=_wait_for_stdin if exit_with_stdin else None)
    # All is closed, and the process ends: to take every object apart first would take longer than the stop did.
    gc.freeze()


def _announce(settings: Settings) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    sys.stdout.write(f"Cortex is ready at http://{host}:{settings.port}\n")
    sys.stdout.flush()


def _wait_for_stdin() -> None:
    # Not through sys.stdin: a thread that holds its lock while the interpreter ends makes that abort.
    while os.read(sys.stdin.fileno(), 65536):
        pass
