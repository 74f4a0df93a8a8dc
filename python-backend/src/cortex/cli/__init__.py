"""`cortex …`: one module a command."""

from __future__ import annotations

import sys

import typer

from cortex.cli.serve import serve
from cortex.exceptions import CortexError

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Cortex: a local-first second brain.")
app.command()(serve)


@app.callback()
def _root() -> None:
    """Keeps `serve` a command of its own name while it is the only one."""


def run() -> None:
    """Run the command line. An error that Cortex explains is one message on stderr and exit code 1."""
    try:
        app()
    except CortexError as error:
        sys.stderr.write(error.message + "\n")
        raise SystemExit(1) from None
