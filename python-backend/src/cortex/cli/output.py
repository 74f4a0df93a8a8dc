"""What commands print: tables for people, JSON for programs, progress on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # `cortex serve` prints no tables
    from rich.progress import Progress
    from rich.text import Text


def print_json(value: object) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table; cells are texts or `rich.text.Text`, never markup: they hold what was saved."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(printable(cell)) for cell in row))
    Console().print(table)


def print_line(text: str) -> None:
    """One line for a person."""
    from rich.console import Console

    Console(highlight=False, markup=False, soft_wrap=True).print(printable(text))


def marked(snippet: str) -> Text:
    """A search snippet (escaped HTML with <mark>) with its marks in bold."""
    from rich.text import Text

    text = Text()
    for number, part in enumerate(snippet.replace("</mark>", "<mark>").split("<mark>")):
        text.append(printable(unescape(part)), style="bold" if number % 2 else "")
    return text


def printable(value: object) -> str:
    """A text without control characters: what was saved must not steer the terminal."""
    text = "" if value is None else str(value)
    return "".join(character if character.isprintable() or character == "\n" else " " for character in text)


def progress() -> Progress:
    """A progress bar on stderr that vanishes where there is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
        transient=True,
    )
