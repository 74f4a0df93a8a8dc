"""Word documents (DOCX): paragraphs, headings, lists, tables, links and notes, read as the page that they make."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cortex.domain.document import Document, DocumentMetadata
from cortex.exceptions import ExtractionError
from cortex.services.extraction.archives import Archive, part_name
from cortex.services.extraction.characters import collapse, shorten
from cortex.services.extraction.dates import published_date
from cortex.services.extraction.docx_body import BodyWriter
from cortex.services.extraction.docx_styles import Numbering, Styles, attribute
from cortex.services.extraction.language import detect_language
from cortex.services.extraction.pictures import name_pictures
from cortex.services.extraction.reading_document import finish
from cortex.services.extraction.reading_html import read_tree
from cortex.services.extraction.xml_parts import markup_of, parse_xml, read_xml, words_of

if TYPE_CHECKING:
    from lxml import etree

_MAIN = "word/document.xml"
_NO_TITLES = frozenset(("untitled", "title", "word document", "document"))
# The notes that every document has are lines between text and notes.
_SEPARATORS = frozenset(("separator", "continuationSeparator", "continuationNotice"))


def parse_docx(source: bytes | Path) -> Document:
    """The text of a Word document, with notes at its end.

    Raises ExtractionError: damaged, encrypted, too_large, unsupported (entities), empty.
    """
    with Archive(source, "Word document") as archive:
        package = _related(archive, "")
        main = next((part for kind, part in package if kind == "officeDocument" and part in archive), _MAIN)
        if main not in archive:
            raise _no_document()
        root, is_whole = _read(archive.read(main))
        body = root.find("body")
        if body is None:
            raise _no_document()
        writer = BodyWriter(
            styles=Styles(_part(archive, main, "styles")),
            numbering=Numbering(_part(archive, main, "numbering")),
            links=_links(archive, main),
            notes={**_notes(archive, main, "footnote"), **_notes(archive, main, "endnote")},
        )
        metadata = _metadata(archive, package)
    writer.write(body)
    name_pictures(writer.body)
    warnings = [] if is_whole else ["This Word document is damaged; only the part before the damage was read."]
    document = finish(read_tree(writer.body, None).root, metadata, warnings)
    if not any(character.isalnum() for character in document.text):
        if not is_whole:
            raise _no_document()
        raise ExtractionError("No text was found in this Word document.", reason="empty")
    return replace(document, metadata=replace(metadata, language=detect_language(document.text)))


def _read(data: bytes) -> tuple[etree._Element, bool]:
    """The root of the text, and whether all of it could be read."""
    source = markup_of(data)
    root = read_xml(source)
    if root is not None:
        return root, True
    root = read_xml(source, recover=True)
    if root is None:
        raise _no_document()
    return root, False


def _no_document() -> ExtractionError:
    return ExtractionError(
        "This file is no Word document: it has no text of one. Try to open it in another program and save it again.",
        reason="damaged",
    )


def _relationships(archive: Archive, part: str) -> list[etree._Element]:
    folder, name = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    return list(parse_xml(archive.read(path)).iter("Relationship")) if path in archive else []


def _related(archive: Archive, part: str) -> list[tuple[str, str]]:
    """The parts that a part (or with no name the whole package) refers to, each with the last word of its type."""
    folder = posixpath.dirname(part)
    return [
        (posixpath.basename(one.get("Type") or ""), part_name(folder, one.get("Target") or "").lstrip("/"))
        for one in _relationships(archive, part)
        if one.get("TargetMode") != "External"
    ]


def _part(archive: Archive, main: str, kind: str) -> etree._Element | None:
    name = next((part for of, part in _related(archive, main) if of == kind and part in archive), None)
    return parse_xml(archive.read(name)) if name is not None else None


def _links(archive: Archive, main: str) -> dict[str, str]:
    """Addresses outside of the document by their relationship's id."""
    return {
        one.get("Id") or "": one.get("Target") or ""
        for one in _relationships(archive, main)
        if one.get("TargetMode") == "External" and (one.get("Type") or "").endswith("/hyperlink")
    }


def _notes(archive: Archive, main: str, kind: str) -> dict[tuple[str, str], etree._Element]:
    root = _part(archive, main, f"{kind}s")
    return {
        (f"{kind}Reference", attribute(note, "id")): note
        for note in (root.iterfind(kind) if root is not None else ())
        if attribute(note, "type") not in _SEPARATORS
    }


def _metadata(archive: Archive, package: list[tuple[str, str]]) -> DocumentMetadata:
    name = next((part for kind, part in package if kind == "core-properties" and part in archive), "docProps/core.xml")
    root = parse_xml(archive.read(name)) if name in archive else None

    def field(tag: str) -> str | None:
        found = root.find(tag) if root is not None else None
        return (shorten(collapse(words_of(found)), 500) or None) if found is not None else None

    title = field("title")
    if title and (title.lower() in _NO_TITLES or title.lower().endswith((".doc", ".docx", ".dot", ".dotx"))):
        title = None
    return DocumentMetadata(
        title=title,
        author=field("creator"),
        description=field("subject"),
        published_at=published_date(field("created")),
    )
