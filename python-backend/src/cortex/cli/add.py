"""`cortex add`: save addresses, files, folders or standard input."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from cortex.cli import output
from cortex.cli.connection import Connection, DataDir, Json, Port, RequestFailedError, connect

_FINISHED = {"ready", "failed", "waiting"}


def add(
    what: Annotated[list[str], typer.Argument(help="Addresses, files or folders; - reads text from stdin.")],
    tag: Annotated[list[str] | None, typer.Option(help="A tag; may be given several times.")] = None,
    title: Annotated[str | None, typer.Option(help="A title (for a single thing).")] = None,
    wait: Annotated[bool, typer.Option(help="Wait until everything is processed.")] = False,
    as_json: Json = False,
    data_dir: DataDir = None,
    port: Port = None,
) -> None:
    """Save things. Exit code 1 when any of them was refused or, with --wait, could not be processed."""
    with connect(data_dir, port) as cortex, output.progress() as bar:
        targets = [target for name in what for target in _targets(name)]
        task = bar.add_task("Saving", total=len(targets))
        results = []
        for target in targets:
            results.append(_save(cortex, target, tags=tag or [], title=title))
            bar.advance(task)
        if wait or cortex.own_server:
            _wait(cortex, results, bar)
    if as_json:
        output.print_json({"items": results})
    else:
        rows = [(result["target"], result["status"], result.get("id"), result.get("message")) for result in results]
        output.print_table(("What", "State", "Id", ""), rows)
    if any(result["status"] in ("refused", "failed") for result in results):
        raise typer.Exit(1)


def _targets(name: str) -> Iterator[str | Path]:
    if name == "-" or name.lower().startswith(("http://", "https://")):
        yield name
    elif (path := Path(name)).is_dir():
        yield from sorted(
            file
            for file in path.rglob("*")
            if file.is_file() and not any(part.startswith(".") for part in file.relative_to(path).parts)
        )
    else:
        yield path


def _save(cortex: Connection, target: str | Path, *, tags: list[str], title: str | None) -> dict[str, Any]:
    result: dict[str, Any] = {"target": "standard input" if target == "-" else str(target)}
    try:
        if isinstance(target, Path):
            with target.open("rb") as file:
                saved = cortex.call("POST", "/api/items/upload", files=[("files", (target.name, file))])["items"][0]
            if tags or title:
                changes = {"tags": tags, "title": title}
                cortex.call(
                    "PUT", f"/api/items/{saved['id']}", json={key: value for key, value in changes.items() if value}
                )
        else:
            body: dict[str, Any] = {"source": "cli", "tags": tags}
            body |= {"content": sys.stdin.read(), "content_type": "text/markdown"} if target == "-" else {"url": target}
            saved = cortex.call("POST", "/api/items", json=body | ({"title": title} if title else {}))
    except (RequestFailedError, OSError) as error:
        message = error.message if isinstance(error, RequestFailedError) else f"{error.strerror}."
        return result | {"status": "refused", "message": message}
    result |= {"id": saved["id"], "status": saved["status"], "title": saved["title"], "duplicate": saved["duplicate"]}
    return result | ({"message": "was saved already"} if saved["duplicate"] else {})


def _wait(cortex: Connection, results: list[dict[str, Any]], bar: Any) -> None:
    """Follow what was saved until nothing of it is on its way any more."""
    open_results = [result for result in results if "id" in result]
    task = bar.add_task("Processing", total=len(open_results))
    while open_results:
        still_open = []
        for result in open_results:
            item = cortex.call("GET", f"/api/items/{result['id']}")
            result["status"] = item["status"]
            result["title"] = item["title"]
            if item["error"]:
                result["message"] = item["error"]["message"]
            if item["status"] in _FINISHED:
                bar.advance(task)
            else:
                still_open.append(result)
        open_results = still_open
        if open_results:
            time.sleep(0.2)
