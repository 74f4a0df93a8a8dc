"""`cortex open`: sign a browser in."""

from __future__ import annotations

import webbrowser
from typing import Annotated

import typer

from cortex.cli import output
from cortex.cli.connection import DataDir, Port, find_running
from cortex.config import load_settings
from cortex.exceptions import ConfigurationError


def open_(
    show: Annotated[bool, typer.Option("--print", help="Print the address instead of opening it.")] = False,
    data_dir: DataDir = None,
    port: Port = None,
) -> None:
    """Open the running Cortex in the browser, signed in by a ticket that works once, within a minute."""
    import httpx

    settings = load_settings(data_dir=data_dir, port=port)
    running = find_running(settings, explicit_port=port is not None)
    if running is None:
        raise ConfigurationError(f"No Cortex serves {settings.data_dir}. Start it with `cortex serve`.")
    url, owner = running
    answer = httpx.post(
        f"{url}/api/auth/tickets",
        json={"purpose": "session"},
        headers={"Authorization": f"Bearer {owner.reveal()}"},
        trust_env=False,
        timeout=10,
    )
    answer.raise_for_status()
    address = f"{url}/?ticket={answer.json()['ticket']}"
    if show:
        output.print_line(address)
    elif not webbrowser.open(address):
        output.print_line(f"No browser could be opened. Open this within a minute:\n{address}")
        raise typer.Exit(1)
