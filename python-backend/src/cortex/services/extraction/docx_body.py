"""The body of a Word document as the HTML that says the same, for the reader of pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cortex.services.extraction.docx_styles import Numbering, Styles, attribute, is_on

if TYPE_CHECKING:
    from lxml import etree

# What stands around content without being any. Of what was changed, the new state counts.
_TRANSPARENT = frozenset((
    "sdt", "sdtContent", "smartTag", "customXml", "ins", "moveTo", "fldSimple", "bdo", "dir", "Choice", "Fallback",
))  # fmt: skip
_GONE = frozenset(
    ("del", "moveFrom", "pPr", "rPr", "sdtPr", "sdtEndPr", "instrText", "delText", "tblPr", "tcPr", "trPr")
)
_ADDRESS = re.compile(r"""^\s*HYPERLINK\s+"([^"]+)\"""")
_NOTES = ("footnoteReference", "endnoteReference")
_DEEPEST_BOX = 8
_MOST_SPAN = 100


@dataclass(slots=True)
class _List:
    level: int
    number: str
    element: etree._Element


@dataclass(slots=True)
class _Field:
    """A field that is open: its instruction until its result begins, then where the result leads, if anywhere."""

    instruction: str = ""
    address: str | None = None


@dataclass(slots=True)
class _Line:
    """Where the text of a paragraph goes on: runs of the same shape become one element."""

    shape: tuple[str, ...] = ()
    link: str | None = None
    anchor: etree._Element | None = None
    innermost: etree._Element | None = None
    boxes: list[etree._Element] = field(default_factory=list)


class BodyWriter:
    """Writes paragraphs, lists, tables and notes as HTML elements below `body`."""

    def __init__(
        self,
        *,
        styles: Styles,
        numbering: Numbering,
        links: Mapping[str, str],
        notes: Mapping[tuple[str, str], etree._Element],
    ):
        """`links` are addresses by relationship; `notes` their elements by what refers to them and their id."""
        from lxml import etree as tree

        self._new = tree.SubElement
        self.body = tree.Element("body")
        self._styles = styles
        self._numbering = numbering
        self._links = links
        self._notes = notes
        self._cited: list[tuple[str, str]] = []
        self._fields: list[_Field] = []
        self._depth = 0

    def write(self, source: etree._Element) -> None:
        """Writes the whole of a document's body, then the notes that it refers to."""
        self._blocks(source, self.body)
        # A note may itself refer to another, which then follows.
        written = 0
        notes = self._new(self.body, "ol")
        while written < len(self._cited):
            note = self._notes[self._cited[written]]
            written += 1
            self._blocks(note, self._new(notes, "li"))

    def _blocks(self, source: etree._Element, target: etree._Element) -> None:
        lists: list[_List] = []
        for element in _content(source):
            if element.tag == "p":
                self._paragraph(element, target, lists)
            elif element.tag == "tbl":
                lists.clear()
                self._table(element, target)

    def _paragraph(self, source: etree._Element, target: etree._Element, lists: list[_List]) -> None:
        if self._styles.is_of_contents(source):
            return
        level = self._styles.heading(source)
        number, place = self._styles.numbering(source) if not level else ("", 0)
        if number:
            block = self._new(self._list(target, lists, number, place), "li")
        else:
            lists.clear()
            quoted = not level and self._styles.is_quote(source)
            holder = self._new(target, "blockquote") if quoted else target
            block = self._new(holder, f"h{level}" if level else "p")
        line = _Line()
        self._runs(source, block, line, None)
        # Links end with their paragraph, also where nobody ended them.
        self._fields = [one for one in self._fields if not one.address]
        if self._depth < _DEEPEST_BOX:
            self._depth += 1
            for box in line.boxes:
                lists.clear()
                self._blocks(box, target)
            self._depth -= 1

    def _list(self, target: etree._Element, lists: list[_List], number: str, level: int) -> etree._Element:
        """The list that an item at this level of this numbering goes into, within those that are open."""
        kind = self._numbering.kind(number, level)
        while lists and lists[-1].level > level:
            lists.pop()
        if lists and lists[-1].level == level and (lists[-1].number, lists[-1].element.tag) != (number, kind):
            lists.pop()
        if not lists or lists[-1].level < level:
            holder = lists[-1].element[-1] if lists else target
            lists.append(_List(level, number, self._new(holder, kind)))
        return lists[-1].element

    def _table(self, source: etree._Element, target: etree._Element) -> None:
        table = self._new(target, "table")
        for row in _content(source):
            if row.tag != "tr":
                continue
            line = self._new(table, "tr")
            name = "th" if is_on(row.find("trPr"), "tblHeader") else "td"
            for cell in _content(row):
                if cell.tag != "tc":
                    continue
                element = self._new(line, name)
                span = attribute(cell.find("tcPr/gridSpan"), "val")
                if span.isascii() and span.isdigit() and len(span) <= 4 and 1 < int(span) <= _MOST_SPAN:
                    element.set("colspan", str(int(span)))
                merged = cell.find("tcPr/vMerge")
                if merged is None or attribute(merged, "val") == "restart":
                    self._blocks(cell, element)

    def _runs(self, source: etree._Element, block: etree._Element, line: _Line, link: str | None) -> None:
        for element in _content(source):
            if element.tag == "r":
                self._run(element, block, line, link)
            elif element.tag == "hyperlink":
                self._runs(element, block, line, self._links.get(attribute(element, "id")) or link)
            elif len(element):
                # Formulas and whatever else holds runs.
                self._runs(element, block, line, link)

    def _run(self, run: etree._Element, block: etree._Element, line: _Line, link: str | None) -> None:
        properties = run.find("rPr")
        shown = not is_on(properties, "vanish")
        shape = _shape(properties)
        for element in _content(run):
            tag = element.tag
            if tag == "fldChar":
                self._field(attribute(element, "fldCharType"))
            elif tag == "t" and shown:
                self._text(element.text or "", block, line, shape, self._address(link))
            elif tag in ("tab", "ptab") and shown:
                self._text(" ", block, line, shape, self._address(link))
            elif tag == "noBreakHyphen":
                self._text("\N{NON-BREAKING HYPHEN}", block, line, shape, self._address(link))
            elif tag in ("br", "cr"):
                self._close(line)
                self._new(block, "br")
            elif tag == "ruby":
                # The word; how it is said stands above it.
                for base in element.iterfind("rubyBase"):
                    self._runs(base, block, line, link)
            elif tag in _NOTES:
                self._note(tag, attribute(element, "id"), block, line)
            elif tag in ("drawing", "pict", "object"):
                self._drawing(element, block, line)
        # Instructions are no content, and yet say where the field's result leads.
        for instruction in run.iterfind("instrText"):
            if self._fields and self._fields[-1].address is None:
                self._fields[-1].instruction += instruction.text or ""

    def _field(self, kind: str) -> None:
        if kind == "begin":
            self._fields.append(_Field())
        elif kind == "separate" and self._fields:
            found = _ADDRESS.match(self._fields[-1].instruction)
            self._fields[-1].address = found[1] if found else ""
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _address(self, link: str | None) -> str | None:
        return next((one.address for one in reversed(self._fields) if one.address), link)

    def _text(self, text: str, block: etree._Element, line: _Line, shape: tuple[str, ...], link: str | None) -> None:
        if line.innermost is None or (line.shape, line.link) != (shape, link):
            same_link = line.anchor is not None and link is not None and link == line.link
            holder = line.anchor if same_link and line.anchor is not None else block
            if link is not None and not same_link:
                holder = line.anchor = self._new(block, "a", {"href": link})
            elif link is None:
                line.anchor = None
            for tag in shape or ("span",):
                holder = self._new(holder, tag)
            line.shape, line.link, line.innermost = shape, link, holder
        line.innermost.text = (line.innermost.text or "") + text

    def _close(self, line: _Line) -> None:
        line.innermost = line.anchor = None

    def _note(self, reference: str, identity: str, block: etree._Element, line: _Line) -> None:
        key = (reference, identity)
        if key not in self._notes:
            return
        if key not in self._cited:
            self._cited.append(key)
        self._close(line)
        self._new(block, "sup").text = str(self._cited.index(key) + 1)

    def _drawing(self, drawing: etree._Element, block: etree._Element, line: _Line) -> None:
        alternative = next((text for one in drawing.iter("docPr") if (text := attribute(one, "descr"))), "")
        alternative = alternative or next(
            (text for one in drawing.iter("shape") if (text := attribute(one, "alt"))), ""
        )
        if alternative:
            self._close(line)
            self._new(block, "img", {"alt": alternative})
        line.boxes.extend(
            box for box in drawing.iter("txbxContent") if next(box.iterancestors("txbxContent"), None) is None
        )


def _content(element: etree._Element) -> Iterator[etree._Element]:
    """The children that count, out of whatever is wrapped around them."""
    for child in element:
        if child.tag in _GONE or not isinstance(child.tag, str):
            continue
        if child.tag == "AlternateContent":
            # The same thing twice, for newer and for older programs.
            choice = child.find("Choice")
            chosen = choice if choice is not None else child.find("Fallback")
            if chosen is not None:
                yield from _content(chosen)
        elif child.tag in _TRANSPARENT:
            yield from _content(child)
        else:
            yield child


def _shape(properties: etree._Element | None) -> tuple[str, ...]:
    """The inline elements that a run is in, the outermost first."""
    if properties is None or not len(properties):
        return ()
    place = attribute(properties.find("vertAlign"), "val")
    tags = (
        ("strong", is_on(properties, "b")),
        ("em", is_on(properties, "i")),
        ("del", is_on(properties, "strike") or is_on(properties, "dstrike")),
        ("sup", place == "superscript"),
        ("sub", place == "subscript"),
    )
    return tuple(tag for tag, wanted in tags if wanted)
