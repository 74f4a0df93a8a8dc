"""`cortex search`: find passages."""

from __future__ import annotations

from typing import Annotated

import typer

from cortex.cli import output
from cortex.cli.connection import DataDir, Json, Port, connect


def search(
    query: Annotated[list[str], typer.Argument(help='Words; also "a phrase", -not, tag:x, site:x, kind:pdf, after:…')],
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many results.")] = 10,
    mode: Annotated[str, typer.Option(help="auto, hybrid, keyword or semantic.")] = "auto",
    as_json: Json = False,
    data_dir: DataDir = None,
    port: Port = None,
) -> None:
    """Search the library. Exit code 1 when nothing is found."""
    with connect(data_dir, port) as cortex:
        body = {"query": " ".join(query), "limit": limit, "mode": mode}
        answer = cortex.call("POST", "/api/search", json=body)
    if as_json:
        output.print_json(answer)
    else:
        rows = [
            (f"{result['score']:.2f}", result["title"], output.marked(result["snippet"]), result["item_id"])
            for result in answer["results"]
        ]
        output.print_table(("Score", "Title", "Passage", "Id"), rows)
        degraded = f", {answer['degraded'].replace('_', ' ')}" if answer["degraded"] else ""
        output.print_line(f"{answer['total']} found in {answer['took_ms']} ms{degraded}")
    if not answer["results"]:
        raise typer.Exit(1)
