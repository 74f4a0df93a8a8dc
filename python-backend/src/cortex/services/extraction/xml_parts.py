"""XML inside of documents, read without entities, without DTDs and without fetching anything."""

from __future__ import annotations

import re
from contextlib import suppress
from html.entities import html5
from typing import TYPE_CHECKING

from cortex.exceptions import ExtractionError
from cortex.services.extraction.characters import clean_characters
from cortex.services.extraction.decoding import decode

if TYPE_CHECKING:
    from lxml import etree

_DOCTYPE = re.compile(r"""<!DOCTYPE(?:[^\[>"']++|"[^"]*+"|'[^']*+')*+(\[|>)""")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_OF_XML = frozenset(("amp", "lt", "gt", "quot", "apos"))


def parse_xml(data: bytes) -> etree._Element:
    """The root of an XML part, read as far as it is well-formed. Raises ExtractionError: damaged, or as `markup_of`."""
    root = read_xml(markup_of(data), recover=True)
    if root is None:
        raise ExtractionError("This document is damaged: a part of it cannot be read.", reason="damaged")
    return root


def markup_of(data: bytes) -> str:
    """A part's source without its XML declaration. Raises ExtractionError (unsupported) where it declares entities."""
    source = clean_characters(_DECLARATION.sub("", decode(data)))
    if declares_entities(source):
        raise ExtractionError(
            "This document declares XML entities, which serve to attack programs that read them. It was not read.",
            reason="unsupported",
        )
    return source


def read_xml(source: str, *, recover: bool = False) -> etree._Element | None:
    """The root of `source`, its elements without namespaces; None where it is not well-formed.

    With `recover`, it is read as far as it can be.
    """
    from lxml import etree as tree

    parser = tree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )
    try:
        # Without a DTD the names of HTML's characters mean nothing to an XML parser, and books are full of them.
        root = tree.fromstring(_NAMED.sub(_character, source).encode(), parser)
    except tree.XMLSyntaxError:
        return None
    if root is not None:
        for element in root.iter("{*}*"):
            # What recovering made of a broken name is none; it stays, and nobody looks for it.
            with suppress(ValueError):
                element.tag = local(str(element.tag))
    return root


def declares_entities(source: str) -> bool:
    """Whether the document type declaration in front of the root element declares entities."""
    position = 0
    while True:
        while position < len(source) and source[position].isspace():
            position += 1
        for start, end in (("<?", "?>"), ("<!--", "-->")):
            if source.startswith(start, position):
                found = source.find(end, position + len(start))
                if found < 0:
                    return False
                position = found + len(end)
                break
        else:
            doctype = _DOCTYPE.match(source, position)
            return doctype is not None and doctype[1] == "[" and "<!ENTITY" in source[doctype.end() :]


def local(name: str) -> str:
    """A name without its namespace, also where that was never declared."""
    return name.rpartition("}")[2].rpartition(":")[2]


def words_of(element: etree._Element) -> str:
    """All of an element's text, as one line."""
    return " ".join("".join(str(text) for text in element.itertext()).split())


def _character(found: re.Match[str]) -> str:
    return found[0] if found[1] in _OF_XML else html5.get(f"{found[1]};", found[0])
