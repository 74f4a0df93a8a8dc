"""The one walk that derives a document's plain text and its blocks from reading HTML.

Blocks are separated by an empty line, list items by a line break; a table's rows are lines and its cells are
separated by ` | `. Each block element (and each table cell) gets `data-start`, the code point offset at which its
own text begins: from there on the element's text content, with `<br>` as a line break, *is* the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cortex.domain.document import Block, BlockKind, ImageReference

if TYPE_CHECKING:
    from lxml import etree

CELL_SEPARATOR = " | "
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_PARENTS = frozenset(("article", "ul", "ol", "dl", "blockquote", "figure", "section", "div"))
_ITEMS = frozenset(("li", "dt", "dd"))
_NESTING = frozenset((*_ITEMS, "figcaption"))
_BLOCK_TAGS = frozenset((*_HEADINGS, "p", "pre", "table", "caption", "figcaption", *_PARENTS, *_ITEMS))


def read_text(root: etree._Element) -> tuple[str, list[Block], list[ImageReference]]:
    """Text, blocks and images of reading HTML; writes `data-start` into `root`'s block elements.

    A `data-page` on an element of the top level (a paged document) gives its blocks their page.
    """
    walk = _TextWalk()
    stack: list[etree._Element] = [root]
    while stack:
        element = stack.pop()
        if element.tag == "img":
            walk.image(element)
        elif element.tag == "table":
            walk.table(element)
        elif element.tag in _PARENTS or _has_blocks(element):
            stack.extend(reversed(element))
        else:
            walk.block(element)
    return "".join(walk.parts), walk.blocks, walk.images


def _has_blocks(element: etree._Element) -> bool:
    return element.tag in _NESTING and any(child.tag in _BLOCK_TAGS for child in element)


def content(element: etree._Element) -> str:
    """Text content, with `<br>` as a line break."""
    from lxml import etree as tree

    parts: list[str] = []
    for event, node in tree.iterwalk(element, events=("start", "end")):
        if event == "start":
            parts.append("\n" if node.tag == "br" else node.text or "")
        elif node is not element:
            parts.append(node.tail or "")
    return "".join(parts)


class _TextWalk:
    def __init__(self) -> None:
        self.parts: list[str] = []
        self.blocks: list[Block] = []
        self.images: list[ImageReference] = []
        self.length = 0
        self.last_list: etree._Element | None = None

    def image(self, element: etree._Element) -> None:
        url = element.get("data-src")
        if url:
            self.images.append(ImageReference(url=url, alt=element.get("alt") or ""))

    def block(self, element: etree._Element) -> None:
        for image in element.iter("img"):
            self.image(image)
        text = content(element)
        if not text.strip():
            return
        outermost = _outermost_list(element)
        self._begin("\n" if outermost is not None and outermost is self.last_list else "\n\n")
        self.last_list = outermost
        element.set("data-start", str(self.length))
        self._add(text, _kind(element), _HEADINGS.get(str(element.tag), 0), _page(element))

    def table(self, table: etree._Element) -> None:
        for caption in table.findall("caption"):
            self.block(caption)
        self._begin("\n\n")
        self.last_list = None
        table.set("data-start", str(self.length))
        lines: list[str] = []
        position = self.length
        for row in table.iter("tr"):
            cells = []
            offset = position
            for cell in row:
                text = content(cell)
                cell.set("data-start", str(offset))
                offset += len(text) + len(CELL_SEPARATOR)
                cells.append(text)
            lines.append(CELL_SEPARATOR.join(cells))
            position += len(lines[-1]) + 1
        self._add("\n".join(lines), "table", 0, _page(table))

    def _begin(self, separator: str) -> None:
        if self.length:
            self.parts.append(separator)
            self.length += len(separator)

    def _add(self, text: str, kind: BlockKind, level: int, page: int | None) -> None:
        self.parts.append(text)
        self.blocks.append(Block(kind, self.length, self.length + len(text), level, page))
        self.length += len(text)


def _kind(element: etree._Element) -> BlockKind:
    if element.tag in _HEADINGS:
        return "heading"
    if element.tag == "pre":
        return "code"
    if element.tag in _ITEMS:
        return "list_item"
    parent = element.getparent()
    while parent is not None:
        if parent.tag == "blockquote":
            return "quote"
        if parent.tag in _ITEMS:
            return "list_item"
        parent = parent.getparent()
    return "paragraph"


def _outermost_list(element: etree._Element) -> etree._Element | None:
    found = None
    parent = element.getparent()
    while parent is not None:
        if parent.tag in ("ul", "ol", "dl"):
            found = parent
        parent = parent.getparent()
    return found


def _page(element: etree._Element) -> int | None:
    current: etree._Element | None = element
    while current is not None:
        page = current.get("data-page")
        if page:
            return int(page)
        current = current.getparent()
    return None
