"""Highlights as texts to take elsewhere: Markdown to read, JSON for programs, CSV for tables. Pure."""

from __future__ import annotations

import csv
import io
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Literal
from urllib.parse import urlsplit

from cortex.domain.highlight import ListedHighlight

ExportFormat = Literal["markdown", "json", "csv"]

_SPECIAL = re.compile(r"[\\`*\[\]<>~&]|(?<![^\W_])_|_(?![^\W_])")
"""What Markdown reads as more than a character, wherever it stands; `_` within a word is none of it."""
_LINE_START = re.compile(r"^(?:([#+=|:-])|(\d+)([.)]))")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")
_BEFORE_FORMULA = re.compile(r"^[\s\u200b-\u200f\u2060\ufeff]+")
"""What a spreadsheet looks past before it sees a formula."""
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_COLUMNS = (
    "item_title", "item_url", "site", "quote", "note", "colour", "page", "created_at", "updated_at", "link",
    "item_id", "highlight_id",
)  # fmt: skip


class HighlightText(ABC):
    """Writes an export piece by piece. `origin` is where Cortex answers, such as http://127.0.0.1:8742."""

    media_type: str
    extension: str

    def __init__(self, origin: str):
        self._origin = origin

    def head(self) -> str:
        """What stands before the first highlight."""
        return ""

    @abstractmethod
    def some(self, found: Sequence[ListedHighlight]) -> str:
        """The next highlights; an item's come one after another."""

    def tail(self) -> str:
        """What stands behind the last one."""
        return ""


class MarkdownText(HighlightText):
    """A section for each item: its title and address, then each quote with its note, colour, day and link."""

    media_type = "text/markdown"
    extension = "md"

    def __init__(self, origin: str):
        super().__init__(origin)
        self._item_id: str | None = None

    def some(self, found: Sequence[ListedHighlight]) -> str:
        """Sections, or more of the last one."""
        return "".join(self._one(listed) for listed in found)

    def _one(self, listed: ListedHighlight) -> str:
        highlight, item = listed.highlight, listed.item
        parts: list[str] = []
        if item.id != self._item_id:
            parts.append(f"## {_line(item.title)}\n")
            address = _web_address(item.url)
            if address is not None:
                parts.append(f"<{address}>\n")
            if self._item_id is not None:
                parts[0] = "\n" + parts[0]
            self._item_id = item.id
        parts.append("\n".join(f"> {line}".rstrip() for line in _lines(highlight.quote)) + "\n")
        if highlight.note:
            parts.append("\n".join(_lines(highlight.note)) + "\n")
        facts = [highlight.colour, highlight.created_at[:10]]
        if highlight.page is not None:
            facts.append(f"page {highlight.page}")
        parts.append(f"{' · '.join(facts)} · [Open in Cortex]({address_of(listed, self._origin)})\n")
        return "\n".join(parts) + "\n"


class JsonText(HighlightText):
    """One object whose `highlights` each carry their item."""

    media_type = "application/json"
    extension = "json"

    def __init__(self, origin: str):
        super().__init__(origin)
        self._begun = False

    def head(self) -> str:
        """Opens the list."""
        return '{"highlights": ['

    def some(self, found: Sequence[ListedHighlight]) -> str:
        """Objects, one a line."""
        written = []
        for listed in found:
            written += [",\n" if self._begun else "\n", json.dumps(_fields(listed, self._origin), ensure_ascii=False)]
            self._begun = True
        return "".join(written)

    def tail(self) -> str:
        """Closes the list."""
        return "\n]}\n"


class CsvText(HighlightText):
    """RFC 4180. What a spreadsheet would take for a formula is marked as text with an apostrophe."""

    media_type = "text/csv"
    extension = "csv"

    def head(self) -> str:
        """The names of the columns."""
        return _row(_COLUMNS)

    def some(self, found: Sequence[ListedHighlight]) -> str:
        """A row for each highlight."""
        return "".join(_row([_cell(value) for value in self._values(one)]) for one in found)

    def _values(self, listed: ListedHighlight) -> tuple[str | int | None, ...]:
        """In the order of the columns."""
        highlight, item = listed.highlight, listed.item
        return (
            item.title,
            item.url,
            item.site_name,
            highlight.quote,
            highlight.note,
            highlight.colour,
            highlight.page,
            highlight.created_at,
            highlight.updated_at,
            address_of(listed, self._origin),
            item.id,
            highlight.id,
        )


TEXTS: dict[ExportFormat, type[HighlightText]] = {"markdown": MarkdownText, "json": JsonText, "csv": CsvText}


def address_of(listed: ListedHighlight, origin: str) -> str:
    """The address that opens the item at the highlight, or the item where the words are gone from its text."""
    highlight, item = listed.highlight, listed.item
    address = f"{origin}/item/{item.id}"
    if highlight.content_version != item.content_version:
        return address
    page = f"&view=pdf&page={highlight.page}" if highlight.page is not None else ""
    return f"{address}?at={highlight.start}-{highlight.end}{page}"


def _fields(listed: ListedHighlight, origin: str) -> dict[str, object]:
    highlight, item = listed.highlight, listed.item
    return {
        "id": highlight.id,
        "quote": highlight.quote,
        "note": highlight.note,
        "colour": highlight.colour,
        "page": highlight.page,
        "start": highlight.start,
        "end": highlight.end,
        "content_version": highlight.content_version,
        "created_at": highlight.created_at,
        "updated_at": highlight.updated_at,
        "link": address_of(listed, origin),
        "item": {"id": item.id, "title": item.title, "url": item.url, "site_name": item.site_name, "kind": item.kind},
    }


def _row(cells: Sequence[str]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow(cells)
    return written.getvalue()


def _cell(value: str | int | None) -> str:
    if value is None or isinstance(value, int):
        return "" if value is None else str(value)
    text = value.replace("\x00", "")
    return f"'{text}" if _BEFORE_FORMULA.sub("", text).startswith(_FORMULA) or text[:1] in ("\t", "\r", "\n") else text


def _web_address(url: str | None) -> str | None:
    """An address that may stand between angle brackets; None for what no browser should be sent to."""
    if url is None or urlsplit(url).scheme.lower() not in ("http", "https"):
        return None
    return re.sub(r"[\s<>\\\x00-\x1f]", lambda match: f"%{ord(match.group()):02X}", url)


def _line(text: str) -> str:
    return _escaped(" ".join(_UNSEEN.sub(" ", text).split()))


def _lines(text: str) -> list[str]:
    """Lines of Markdown that show the text as it stands: a line break stays one, an empty line parts paragraphs."""
    text = _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")).strip()
    lines = [_escaped(line.strip()) for line in re.sub(r"\n\s*\n", "\n\n", text).split("\n")]
    return [
        f"{line}\\" if line and following else line for line, following in zip(lines, [*lines[1:], ""], strict=True)
    ]


def _escaped(line: str) -> str:
    line = _SPECIAL.sub(lambda match: "\\" + match.group(), line)
    return _LINE_START.sub(lambda match: f"\\{match[1]}" if match[1] else f"{match[2]}\\{match[3]}", line)
