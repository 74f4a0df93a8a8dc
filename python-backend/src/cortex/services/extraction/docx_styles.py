"""What a Word document's styles and numbering mean: which paragraphs are headings, list items, quotes or contents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from cortex.services.extraction.xml_parts import local

if TYPE_CHECKING:
    from lxml import etree

_HEADING = re.compile(r"heading ?(\d)", re.IGNORECASE)
# Word translates the ids of its styles, not their names; where a document names none, the id has to do.
_HEADING_ID = re.compile(
    r"(?:heading|.?berschrift|titre|t.?tulo|titolo|kop|rubrik|overskrift|otsikko|nag.{0,2}wek|заголовок)(\d)",
    re.IGNORECASE,
)
_CONTENTS = re.compile(r"toc \d|toc heading|table of figures|contents \d", re.IGNORECASE)
_QUOTES = frozenset(("quote", "intense quote", "block text", "quotations"))
_DEEPEST = 6
_ANCESTORS = 20
_OFF = frozenset(("0", "false", "off", "none"))

ListKind = Literal["ul", "ol"]


def attribute(element: etree._Element | None, name: str) -> str:
    """An attribute whatever its namespace; empty where there is none."""
    if element is None:
        return ""
    return next((str(value) for key, value in element.attrib.items() if local(str(key)) == name), "")


def is_on(properties: etree._Element | None, name: str) -> bool:
    """Whether a property that is either there or not is there, and not switched off."""
    found = properties.find(name) if properties is not None else None
    return found is not None and attribute(found, "val").lower() not in _OFF


class Styles:
    """The styles of a document; `root` is its part of styles, None where it has none."""

    def __init__(self, root: etree._Element | None):
        found = root.iterfind("style") if root is not None else ()
        # Of two with the same id the last counts, as in Word.
        self._styles = {attribute(style, "styleId"): style for style in found}

    def heading(self, paragraph: etree._Element) -> int:
        """The level of a heading, 1-6; 0 for any other paragraph."""
        own = _outline(paragraph)
        if own is not None:
            return own
        style_id = _style_of(paragraph)
        for style in self._line(style_id):
            name = attribute(style.find("name"), "val")
            found = _HEADING.fullmatch(name)
            if found:
                return _level(int(found[1]))
            if name.lower() == "title":
                return 1
            outline = _outline(style)
            if outline is not None:
                return outline
        named = _HEADING_ID.fullmatch(style_id) if style_id not in self._styles else None
        return _level(int(named[1])) if named else 0

    def is_of_contents(self, paragraph: etree._Element) -> bool:
        """Whether it is a line of the table of contents, which repeats what the headings say."""
        return any(_CONTENTS.fullmatch(name) for name in self._names(paragraph))

    def is_quote(self, paragraph: etree._Element) -> bool:
        return any(name.lower() in _QUOTES for name in self._names(paragraph))

    def numbering(self, paragraph: etree._Element) -> tuple[str, int]:
        """The numbering that a paragraph is in, and its level in it from 0; an empty one for none."""
        for owner in (paragraph, *self._line(_style_of(paragraph))):
            properties = owner.find("pPr/numPr")
            if properties is not None and properties.find("numId") is not None:
                level = attribute(properties.find("ilvl"), "val")
                number = attribute(properties.find("numId"), "val")
                return ("" if number == "0" else number, min(int(level), 8) if level.isdecimal() else 0)
        return "", 0

    def _names(self, paragraph: etree._Element) -> list[str]:
        return [attribute(style.find("name"), "val") for style in self._line(_style_of(paragraph))]

    def _line(self, style_id: str) -> list[etree._Element]:
        """A style and those that it is based on."""
        line: list[etree._Element] = []
        while style_id in self._styles and len(line) < _ANCESTORS:
            line.append(self._styles[style_id])
            style_id = attribute(line[-1].find("basedOn"), "val")
        return line


class Numbering:
    """The lists of a document; `root` is its part of numbering, None where it has none."""

    def __init__(self, root: etree._Element | None):
        self._kinds: dict[tuple[str, int], ListKind] = {}
        if root is None:
            return
        shapes = {attribute(shape, "abstractNumId"): shape for shape in root.iterfind("abstractNum")}
        for number in root.iterfind("num"):
            shape = shapes.get(attribute(number.find("abstractNumId"), "val"))
            levels = (*(shape.iterfind("lvl") if shape is not None else ()), *number.iterfind("lvlOverride/lvl"))
            for level in levels:
                place = attribute(level, "ilvl")
                if place.isdecimal():
                    form = attribute(level.find("numFmt"), "val")
                    self._kinds[attribute(number, "numId"), int(place)] = "ul" if form in ("bullet", "none") else "ol"

    def kind(self, number: str, level: int) -> ListKind:
        return self._kinds.get((number, level), "ul")


def _style_of(paragraph: etree._Element) -> str:
    return attribute(paragraph.find("pPr/pStyle"), "val")


def _outline(owner: etree._Element) -> int | None:
    """What an outline level says: 1-6, 0 for body text; None where there is none."""
    value = attribute(owner.find("pPr/outlineLvl"), "val")
    if not value.isdecimal():
        return None
    return _level(int(value) + 1) if int(value) < 9 else 0


def _level(number: int) -> int:
    return min(max(number, 1), _DEEPEST)
