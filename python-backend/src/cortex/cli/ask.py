"""`cortex ask`: a question to the library, answered with its sources."""

from __future__ import annotations

from typing import Annotated

import typer

from cortex.cli import output
from cortex.cli.connection import DataDir, Json, Port, connect


def ask(
    question: Annotated[list[str], typer.Argument(help="The question.")],
    conversation: Annotated[str | None, typer.Option(help="Go on in this conversation.")] = None,
    as_json: Json = False,
    data_dir: DataDir = None,
    port: Port = None,
) -> None:
    """Ask the library. Exit code 1 when the answer is not in it."""
    with connect(data_dir, port) as cortex:
        where = conversation or cortex.call("POST", "/api/conversations", json={})["id"]
        message = cortex.call("POST", f"/api/conversations/{where}/messages", json={"content": " ".join(question)})
    if as_json:
        output.print_json(message | {"conversation_id": where})
    else:
        output.print_line(message["content"])
        for citation in message["citations"]:
            page = f", page {citation['page']}" if citation["page"] else ""
            output.print_line(
                f"\n[{citation['n']}] {citation['title']}{page}  {citation['url'] or citation['item_id']}"
            )
        for call in message["tool_calls"]:
            if call["state"] == "pending":
                output.print_line(f"\nWaits for your word (`cortex open`): {call['description']}")
        output.print_line(f"\nGo on with:  cortex ask --conversation {where} …")
    if not message["citations"]:
        raise typer.Exit(1)
