"""Which tables hold data and which only place things on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml import etree

_BLOCKS = ("div", "p", "ul", "ol", "h1", "h2", "h3", "h4", "pre", "blockquote", "form", "section", "article")
_CELL_CHARACTERS = 600
_ROWS_READ = 40
_SPAN_LIMIT = 100


def is_data_table(table: etree._Element) -> bool:
    """Rows and columns of short cells: at least two of each, none of them holding a page's worth of text."""
    if table.get("role") in ("presentation", "none") or next(table.iterdescendants("table"), None) is not None:
        return False
    rows = 0
    columns = 0
    headed = False
    for row in table.iterdescendants("tr"):
        rows += 1
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        columns = max(columns, len(cells))
        headed = headed or any(cell.tag == "th" for cell in cells)
        for cell in cells:
            size = sum(len(text) for text in cell.itertext())
            blocks = sum(1 for _ in cell.iterdescendants(*_BLOCKS))
            if blocks > 2 and (size > _CELL_CHARACTERS or blocks > 8):
                return False
            if next(cell.iterdescendants("pre"), None) is not None:
                return False
        if rows > _ROWS_READ:
            break
    return columns >= 2 and (rows >= 2 or headed)


def span(source: etree._Element, cell: etree._Element) -> None:
    """Copies a cell's spans, where they are small numbers."""
    for name in ("colspan", "rowspan"):
        value = source.get(name) or ""
        if value.isascii() and value.isdigit() and len(value) <= 4 and 1 < int(value) <= _SPAN_LIMIT:
            cell.set(name, str(int(value)))
