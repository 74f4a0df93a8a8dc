"""All commands under one name."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cortex import __version__
from cortex.cli.add import add
from cortex.cli.ask import ask
from cortex.cli.doctor import doctor
from cortex.cli.exit_codes import explained
from cortex.cli.open import open_
from cortex.cli.search import search
from cortex.cli.self_test import self_test
from cortex.cli.serve import DOES, serve
from cortex.cli.token import token

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"Cortex {__version__}\n")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Cortex: a local-first second brain. Capture, find, ask, on your own machine."""


_AS_THEY_ARE = {"allow_extra_args": True, "ignore_unknown_options": True}


@app.command("serve", help=DOES, add_help_option=False, context_settings=_AS_THEY_ARE)
def _serve(context: typer.Context) -> None:
    # `__main__` calls it without what is loaded here; it stands here for the list of commands.
    serve(context.args)


app.command("open")(open_)
app.command("add")(add)
app.command("search")(search)
app.command("ask")(ask)
app.command("token")(token)
app.command("doctor")(doctor)
app.command("self-test")(self_test)


def run() -> None:
    """Run the command that was typed."""
    with explained():
        app()
