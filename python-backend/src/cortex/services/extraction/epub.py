"""EPUB books: chapters in the order of reading, each read as the page that it is."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cortex.domain.document import Document
from cortex.exceptions import ExtractionError
from cortex.services.extraction import sniff
from cortex.services.extraction.archives import Archive
from cortex.services.extraction.characters import collapse
from cortex.services.extraction.epub_package import read_package
from cortex.services.extraction.html import body_of, parse_tree
from cortex.services.extraction.language import detect_language
from cortex.services.extraction.pictures import name_pictures
from cortex.services.extraction.reading_document import finish
from cortex.services.extraction.reading_html import Reading, read_tree
from cortex.services.extraction.xml_parts import local, markup_of, read_xml

if TYPE_CHECKING:
    from lxml import etree

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_FIRST_BLOCKS = 3
_NAMED = 5


def parse_epub(source: bytes | Path, *, seconds: float = 7.0) -> Document:
    """The text of a book. After `seconds` of CPU time the chapters read so far are kept, with a warning.

    Raises ExtractionError: encrypted (a seller's lock), damaged, too_large, too_slow, unsupported (entities), empty
    (pictures of pages alone).
    """
    from lxml import etree as tree

    deadline = time.process_time() + seconds
    root = tree.Element("article")
    failed: list[int] = []
    unread = 0
    with Archive(source, "EPUB") as archive:
        book = read_package(archive)
        for number, name in enumerate(book.chapters, start=1):
            if time.process_time() > deadline:
                unread = number
                break
            try:
                root.extend(list(read_chapter(archive.read(name), book.names.get(name)).root))
            except ExtractionError as error:
                # What is missing of one chapter is no reason to lose the others; an attack or a lock is.
                if error.reason != "damaged":
                    raise
                failed.append(number)
    document = finish(root, book.metadata, _warnings(failed, unread, len(book.chapters)))
    if not any(character.isalnum() for character in document.text):
        raise _without_text(failed, unread)
    language = book.metadata.language or detect_language(document.text)
    return replace(document, metadata=replace(book.metadata, language=language))


def _warnings(failed: list[int], unread: int, count: int) -> list[str]:
    warnings = []
    if unread:
        warnings.append(f"Parts {unread} to {count} of the book were not read: it takes too long.")
    if failed:
        named = ", ".join(map(str, failed[:_NAMED])) + (" and more" if len(failed) > _NAMED else "")
        warnings.append(f"Damaged parts of the book that could not be read: {named}.")
    return warnings


def _without_text(failed: list[int], unread: int) -> ExtractionError:
    if failed:
        return ExtractionError(
            "This EPUB is damaged: none of its chapters can be read. Try to open it in another program and save it "
            "again.",
            reason="damaged",
        )
    if unread:
        return ExtractionError("Opening this book alone takes too long, so it was not read.", reason="too_slow")
    return ExtractionError("No text was found in this book; it probably holds pictures of its pages.", reason="empty")


def read_chapter(data: bytes, name: str | None) -> Reading:
    """A chapter as reading HTML, under `name`, the one of the table of contents, where it has no heading of its own.

    Raises ExtractionError: damaged (it is no page), unsupported (entities).
    """
    if not _is_page(data[: sniff.HEAD]):
        raise ExtractionError("A chapter of this book is no page.", reason="damaged")
    source = markup_of(data)
    # As XML first: a parser of HTML takes `<title/>` for the beginning of one that never ends.
    tree = read_xml(source)
    if tree is None:
        tree = parse_tree(source)
    body = body_of(tree)
    _set_apart(body)
    name_pictures(body)
    reading = read_tree(body, None)
    if name and reading.blocks and not any(block.element.tag in _HEADINGS for block in reading.blocks):
        _head(reading, name)
    return reading


def _is_page(head: bytes) -> bool:
    try:
        return sniff.sniff(head, declared=sniff.HTML) == sniff.HTML
    except ExtractionError:
        return False


def _set_apart(body: etree._Element) -> None:
    """Takes the printed book's page numbers out of its sentences, and raises the numbers of its notes above them."""
    for element in list(body.iter("span", "a", "div")):
        kinds = {str(value) for key, value in element.attrib.items() if local(str(key)) in ("type", "role")}
        if kinds & {"pagebreak", "doc-pagebreak"}:
            element.text = None
        elif kinds & {"noteref", "doc-noteref"}:
            element.tag = "sup"


def _head(reading: Reading, name: str) -> None:
    from lxml import etree as tree

    for block in reading.blocks[:_FIRST_BLOCKS]:
        if block.element.tag == "p" and collapse(block.text).casefold() == name.casefold():
            block.element.tag = "h2"
            return
    heading = tree.Element("h2")
    heading.text = name
    reading.root.insert(0, heading)
