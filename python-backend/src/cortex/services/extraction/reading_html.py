"""Turns any HTML tree into reading HTML: a small, shallow, inert vocabulary that keeps what a reader needs.

The walk is iterative (pages nest ten thousand levels deep on purpose) and emits blocks as it goes: headings,
paragraphs, list items, quotes, code, tables, figures. Nothing of the source's attributes survives but absolute
http, https and mailto links, a code block's language, table spans and images as inert references.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cortex.services.extraction.blocks import InlineBuffer, Piece, fill, plain, tidy
from cortex.services.extraction.links import absolute_url
from cortex.services.extraction.tables import is_data_table, span

if TYPE_CHECKING:
    from lxml import etree

DROPPED = frozenset((
    "script", "style", "template", "iframe", "frame", "frameset", "object", "embed", "applet", "param", "svg",
    "canvas", "audio", "video", "map", "noframes", "head", "title", "meta", "link", "base", "button", "select",
    "input", "textarea", "option", "optgroup", "datalist", "output", "progress", "meter", "dialog", "noscript",
    "annotation", "annotation-xml", "portal",
))  # fmt: skip
_INLINE = {
    "em": "em", "i": "em", "cite": "em", "dfn": "em", "var": "em", "strong": "strong", "b": "strong",
    "code": "code", "tt": "code", "kbd": "kbd", "samp": "code", "sub": "sub", "sup": "sup", "del": "del",
    "s": "del", "strike": "del", "ins": "ins", "mark": "mark", "q": "q",
}  # fmt: skip
_PASSED = frozenset((
    "span", "font", "a", "abbr", "acronym", "small", "big", "time", "label", "u", "bdi", "bdo", "ruby", "rb",
    "rt", "rp", "wbr", "nobr", "data", "picture", "img", "br", "math", "mrow", "mi", "mn", "mo", "msup", "msub",
    "mfrac", "mtext", "semantics", "msqrt", "mstyle", "mspace", "mover", "munder", "mtable", "mtr", "mtd",
    "source", "track", "amp-img", "blink", "tt", "ins",
))  # fmt: skip
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_CONTAINERS = frozenset(("ul", "ol", "menu", "dir", "li", "dl", "dt", "dd", "blockquote", "figure", "figcaption"))
_ITEMS = frozenset(("li", "dt", "dd", "figcaption"))
_CONTAINER_DEPTH = 24
_LANGUAGE = re.compile(
    r"(?:^|\s)(?:language-|lang-|highlight-source-|sourceCode\s+|brush:\s*)([A-Za-z0-9+#.-]{1,24})(?:\s|;|$)"
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


@dataclass(slots=True)
class CleanBlock:
    """A block of reading HTML beside the element of the source that it came from."""

    element: etree._Element
    text: str
    source: etree._Element
    linked: int
    """Code points of the text that are links."""


@dataclass(slots=True)
class Reading:
    """A page as reading HTML. `root` is an `article` element."""

    root: etree._Element
    blocks: list[CleanBlock] = field(default_factory=list)


def is_hidden(element: etree._Element) -> bool:
    """Whether a browser would not show this element, going by its own attributes."""
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))


class _Writer:
    def __init__(self, base_url: str | None) -> None:
        from lxml import etree

        self._new = etree.SubElement
        self.base_url = base_url
        self.reading = Reading(etree.Element("article"))
        self.containers: list[etree._Element] = [self.reading.root]
        self.buffer = InlineBuffer()
        self.tag = "p"
        self.source: etree._Element | None = None
        self.link_start: int | None = None
        self.language: str | None = None
        self.cell: etree._Element | None = None
        self.table: CleanBlock | None = None
        self.cells: list[str] = []

    def block(self, tag: str, source: etree._Element | None) -> None:
        """Ends the block that is open, if any, and begins another."""
        if self.cell is not None:
            self.buffer.text(" ")
            return
        self.flush()
        self.tag, self.source = tag, source

    def flush(self) -> None:
        verbatim = self.buffer.verbatim
        pieces = tidy(self.buffer.take(), verbatim=verbatim)
        text = plain(pieces)
        if not text.strip() and not any(piece.kind == "img" for piece in pieces):
            return
        container = self._block_container()
        if self.source is None:
            self.source = container
        item = {"ul": "li", "ol": "li", "dl": "dd"}.get(str(container.tag))
        if item and self.cell is None:
            # What stands in a list outside its items is an item: other parsers would move it out of the list.
            container = self._new(container, item)
        if not text.strip():
            figure = container if container.tag == "figure" else self._new(container, "figure")
            fill(figure, pieces)
            self.reading.blocks.append(CleanBlock(figure, "", self.source, 0))
            return
        if self.cell is not None and self.table is not None:
            fill(self.cell, pieces)
            self.cells.append(text)
            self.table.linked += _linked(pieces)
            return
        target = container if item and self.tag == "p" else self._new(container, self.tag)
        if verbatim:
            code = self._new(target, "code")
            if self.language:
                code.set("class", f"language-{self.language}")
            fill(code, pieces)
        else:
            fill(target, pieces)
        self.reading.blocks.append(CleanBlock(target, text, self.source, _linked(pieces)))

    def _block_container(self) -> etree._Element:
        """Where the next block goes: what stands in a table outside its cells is put behind the table."""
        index = len(self.containers) - 1
        while self.tag != "caption" and self.containers[index].tag in ("table", "tr"):
            index -= 1
        return self.containers[index]

    def open_table_part(self, tag: str, source: etree._Element) -> None:
        """Opens a table, a row or a cell."""
        self.block("p", source)
        element = self._new(self.containers[-1], tag)
        self.containers.append(element)
        if tag == "table":
            self.table = CleanBlock(element, "", source, 0)
            self.reading.blocks.append(self.table)
        elif tag in ("td", "th"):
            self.cell = element

    def close_table(self) -> None:
        self.close_container()
        table, self.table = self.table, None
        if table is not None:
            table.text, self.cells = " ".join(self.cells), []
        if table is not None and not table.text:
            self.reading.blocks.remove(table)
            parent = table.element.getparent()
            if parent is not None:
                parent.remove(table.element)

    def close_cell(self) -> None:
        self.flush()
        self.cell = None
        self.containers.pop()
        self.tag, self.source = "p", None

    def open_container(self, tag: str, source: etree._Element) -> bool:
        """Opens a list, an item, a quote or a figure; False where it is nested too deeply to matter."""
        self.block("p", source)
        if self.cell is not None or len(self.containers) > _CONTAINER_DEPTH:
            return False
        name = {"menu": "ul", "dir": "ul"}.get(tag, tag)
        parent = self.containers[-1]
        if name == "li" and parent.tag not in ("ul", "ol"):
            parent = self._new(parent, "ul")
        if name in ("dt", "dd") and parent.tag != "dl":
            return False
        self.containers.append(self._new(parent, name))
        return True

    def close_container(self) -> None:
        self.flush()
        element = self.containers.pop()
        self.tag, self.source = "p", None
        parent = element.getparent()
        if len(element) == 0 and parent is not None:
            parent.remove(element)
        elif element.tag in _ITEMS and len(element) == 1 and element[0].tag == "p":
            self._unwrap_only_child(element)

    def _unwrap_only_child(self, element: etree._Element) -> None:
        """`<li><p>x</p></li>` says no more than `<li>x</li>`."""
        child = element[0]
        element.text = child.text
        element.remove(child)
        for grandchild in list(child):
            element.append(grandchild)
        if self.reading.blocks and self.reading.blocks[-1].element is child:
            self.reading.blocks[-1].element = element


def _linked(pieces: list[Piece]) -> int:
    depth, count = 0, 0
    for piece in pieces:
        if piece.text == "a" and piece.kind in ("open", "close"):
            depth += 1 if piece.kind == "open" else -1
        elif piece.kind == "text" and depth:
            count += len(piece.text)
    return count


def code_language(element: etree._Element) -> str | None:
    """The programming language that the classes of a code element or its closest parents name."""
    current: etree._Element | None = element
    for _ in range(3):
        if current is None:
            return None
        found = _LANGUAGE.search(current.get("class") or "")
        if found:
            return found.group(1).lower()
        current = current.getparent()
    return None


def image_reference(element: etree._Element, base_url: str | None) -> dict[str, str] | None:
    """Attributes of the inert stand-in for an image; None where its address is not one of the web's."""
    candidates = [
        element.get(name) for name in ("data-src", "data-original", "data-lazy-src", "src", "data-srcset", "srcset")
    ]
    for value in candidates:
        if not value:
            continue
        first = value.split(",")[0].split(" ")[0] if value is candidates[4] or value is candidates[5] else value
        url = absolute_url(first, base_url, ("http", "https"))
        if url:
            alt = tidy([Piece("text", (element.get("alt") or "")[:1000])], verbatim=False)
            return {"data-src": url, "alt": plain(alt)}
    return None


def read_tree(body: etree._Element, base_url: str | None) -> Reading:
    """Writes the whole of `body` as reading HTML, in one pass."""
    writer = _Writer(base_url)
    walker = _Walk(writer)
    element: etree._Element | None = body
    # A walk by hand: iterwalk cannot skip a subtree cheaply, and recursion ends at a thousand levels.
    while element is not None:
        into = walker.start(element) if isinstance(element.tag, str) else False
        if into:
            if element.text:
                writer.buffer.text(element.text)
            if len(element):
                element = element[0]
                continue
            walker.end(element)
        while element is not None:
            if element is body:
                element = None
                break
            if element.tail:
                writer.buffer.text(element.tail)
            following = element.getnext()
            if following is not None:
                element = following
                break
            element = element.getparent()
            if element is not None:
                walker.end(element)
    writer.flush()
    return writer.reading


class _Walk:
    """What each element of the source does to the writer; `start` says whether its content is wanted."""

    def __init__(self, writer: _Writer) -> None:
        self.writer = writer
        self.undo: list[tuple[etree._Element, str]] = []
        self.line_broken = False

    def start(self, element: etree._Element) -> bool:
        tag = element.tag.lower()
        writer = self.writer
        if tag in DROPPED or is_hidden(element):
            return False
        if tag == "br":
            self._line_break(element)
        elif tag in ("img", "amp-img"):
            attributes = image_reference(element, writer.base_url)
            if attributes and not writer.buffer.verbatim and writer.cell is None:
                writer.buffer.pieces.append(Piece("img", attributes=attributes))
        elif writer.buffer.verbatim:
            if tag in ("div", "p", "li", "tr") and writer.buffer.pieces:
                last = writer.buffer.pieces[-1]
                if last.kind == "text" and not last.text.endswith("\n"):
                    writer.buffer.text("\n")
            if tag == "code" and not writer.language:
                writer.language = code_language(element)
        elif tag == "a":
            self._link(element)
        elif tag in _INLINE:
            writer.buffer.start(_INLINE[tag], {})
            self.undo.append((element, _INLINE[tag]))
        elif tag not in _PASSED:
            self._block(tag, element)
        return True

    def _line_break(self, element: etree._Element) -> None:
        buffer = self.writer.buffer
        previous = element.getprevious()
        twice = (
            previous is not None and previous.tag == "br" and not (previous.tail or "").strip() and not buffer.verbatim
        )
        if twice and self.writer.tag == "p" and self.writer.cell is None:
            self.writer.block("p", self.writer.source)
        else:
            buffer.pieces.append(Piece("br"))

    def _link(self, element: etree._Element) -> None:
        url = absolute_url(element.get("href") or "", self.writer.base_url)
        if url and not any(piece.text == "a" for piece in self.writer.buffer.open):
            self.writer.buffer.start("a", {"href": url})
            self.undo.append((element, "a"))

    def _block(self, tag: str, element: etree._Element) -> None:
        writer = self.writer
        if tag == "pre":
            writer.block("pre", element)
            if writer.cell is None:
                writer.buffer.verbatim, writer.language = True, code_language(element)
                self.undo.append((element, "pre"))
        elif tag in _HEADINGS:
            writer.block(tag, element)
        elif tag in _CONTAINERS:
            if writer.open_container(tag, element):
                self.undo.append((element, "container"))
        elif tag == "table" and writer.table is None and is_data_table(element):
            writer.open_table_part("table", element)
            self.undo.append((element, "table"))
        elif tag == "tr" and writer.containers[-1].tag == "table":
            writer.open_table_part("tr", element)
            self.undo.append((element, "container"))
        elif tag in ("td", "th") and writer.containers[-1].tag == "tr":
            writer.open_table_part(tag, element)
            span(element, writer.containers[-1])
            self.undo.append((element, "cell"))
        else:
            writer.block("caption" if tag == "caption" and writer.containers[-1].tag == "table" else "p", element)

    def end(self, element: etree._Element) -> None:
        writer = self.writer
        tag = element.tag.lower() if isinstance(element.tag, str) else ""
        what = self.undo.pop()[1] if self.undo and self.undo[-1][0] is element else None
        if what == "pre":
            writer.flush()
            writer.buffer.verbatim = False
            writer.tag, writer.source = "p", None
        elif what == "cell":
            writer.close_cell()
        elif what == "table":
            writer.close_table()
        elif what == "container":
            writer.close_container()
        elif what is not None:
            writer.buffer.end(what)
        elif tag not in _PASSED and tag not in _INLINE and not writer.buffer.verbatim:
            writer.block("p", element.getparent())
