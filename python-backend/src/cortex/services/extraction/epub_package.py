"""What an EPUB says of itself: its metadata, the order of its chapters, and how its table of contents names them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cortex.domain.document import DocumentMetadata
from cortex.exceptions import ExtractionError
from cortex.services.extraction.archives import Archive, part_name
from cortex.services.extraction.characters import collapse, shorten
from cortex.services.extraction.dates import published_date
from cortex.services.extraction.language import language_code
from cortex.services.extraction.xml_parts import local, parse_xml, words_of

if TYPE_CHECKING:
    from lxml import etree

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_CHAPTER = ("application/xhtml+xml", "text/html", "text/x-oeb1-document", "application/xml")
# Fonts are scrambled with these, which locks nobody out of the text.
_FONT_SCRAMBLING = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_MOST_NAMES = 20


@dataclass(frozen=True, slots=True)
class Book:
    """A book before its chapters are read."""

    metadata: DocumentMetadata
    chapters: tuple[str, ...]
    """Names of their parts, in the order of reading."""
    names: dict[str, str]
    """What the table of contents calls a part."""


def read_package(archive: Archive) -> Book:
    """The book in `archive`. Raises ExtractionError: damaged, encrypted (its chapters are, as with a seller's lock)."""
    path = _package_path(archive)
    package = parse_xml(archive.read(path))
    folder = posixpath.dirname(path)
    manifest = {item.get("id") or "": item for item in package.iterfind("manifest/item")}
    navigation = {
        part_name(folder, item.get("href") or "")
        for item in manifest.values()
        if "nav" in (item.get("properties") or "").split()
    }
    chapters = []
    for reference in package.iterfind("spine/itemref"):
        item = manifest.get(reference.get("idref") or "")
        if item is not None and (item.get("media-type") or _CHAPTER[0]).strip().lower() in _CHAPTER:
            chapters.append(part_name(folder, item.get("href") or ""))
    # The table of contents is nobody's reading, also where it stands between the chapters.
    chapters = [name for name in dict.fromkeys(chapters) if name not in navigation] or chapters
    if not chapters:
        raise ExtractionError(
            "This EPUB is damaged: it does not say which chapters it has. Try to open it in another program and save "
            "it again.",
            reason="damaged",
        )
    _refuse_locked(archive, set(chapters))
    ncx = {
        part_name(folder, item.get("href") or "")
        for item in manifest.values()
        if item.get("media-type") == "application/x-dtbncx+xml"
    }
    return Book(_metadata(package), tuple(chapters), _names(archive, navigation, ncx))


def _package_path(archive: Archive) -> str:
    if _CONTAINER in archive:
        container = parse_xml(archive.read(_CONTAINER))
        for rootfile in container.iter("rootfile"):
            path = part_name("", rootfile.get("full-path") or "")
            if path in archive:
                return path
    path = next((name for name in archive.names if name.lower().endswith(".opf")), "")
    if not path:
        raise ExtractionError(
            "This file is no EPUB: it has no list of chapters. Try to open it in another program and save it again.",
            reason="damaged",
        )
    return path


def _refuse_locked(archive: Archive, chapters: set[str]) -> None:
    if _ENCRYPTION not in archive:
        return
    for data in parse_xml(archive.read(_ENCRYPTION)).iter("EncryptedData"):
        method = data.find("EncryptionMethod")
        if method is not None and method.get("Algorithm") in _FONT_SCRAMBLING:
            continue
        if any(part_name("", one.get("URI") or "") in chapters for one in data.iter("CipherReference")):
            raise ExtractionError(
                "This book is locked by its seller (DRM), so its text cannot be read. Add a copy without the lock.",
                reason="encrypted",
            )


def _metadata(package: etree._Element) -> DocumentMetadata:
    found = package.find("metadata")
    parts = [element for element in found.iter() if isinstance(element.tag, str)] if found is not None else []
    refined = {
        (meta.get("refines") or "").removeprefix("#"): words_of(meta)
        for meta in parts
        if meta.tag == "meta" and meta.get("property") == "role"
    }

    def values(name: str) -> list[etree._Element]:
        return [element for element in parts if element.tag == name and words_of(element)][:_MOST_NAMES]

    def role(element: etree._Element) -> str:
        own = next((value for key, value in element.attrib.items() if local(str(key)) == "role"), "")
        return str(own) or refined.get(element.get("id") or "", "")

    creators = values("creator")
    authors = [one for one in creators if role(one) in ("", "aut")] or creators
    dates = sorted(values("date"), key=_is_of_a_change)
    return DocumentMetadata(
        title=_first(words_of(one) for one in values("title")),
        author=_first([", ".join(dict.fromkeys(words_of(one) for one in authors))]),
        site_name=_first(words_of(one) for one in values("publisher")),
        published_at=next((date for one in dates if (date := published_date(words_of(one)))), None),
        language=next((code for one in values("language") if (code := language_code(words_of(one)))), None),
        description=_first(_plain(words_of(one)) for one in values("description")),
    )


def _is_of_a_change(date: etree._Element) -> bool:
    return any(local(str(key)) == "event" and value != "publication" for key, value in date.attrib.items())


def _first(values: Iterable[str]) -> str | None:
    return next((shorten(words, 1000) for value in values if (words := collapse(value))), None)


def _plain(description: str) -> str:
    """Sellers write their blurbs as HTML, escaped."""
    if "<" not in description:
        return description
    import lxml.html

    return words_of(lxml.html.fromstring(f"<div>{description}</div>"))


def _names(archive: Archive, navigation: set[str], ncx: set[str]) -> dict[str, str]:
    """The first name that the table of contents has for each part; none where it cannot be read."""
    names: dict[str, str] = {}
    for path in (*navigation, *ncx):
        try:
            root = parse_xml(archive.read(path))
        except ExtractionError as error:
            if error.reason != "damaged":
                raise
            continue
        folder = posixpath.dirname(path)
        for link in root.iter("a"):
            if _is_of_contents(link):
                names.setdefault(part_name(folder, link.get("href") or ""), collapse(words_of(link)))
        for point in root.iter("navPoint"):
            content, label = point.find("content"), point.find("navLabel")
            if content is not None and label is not None:
                names.setdefault(part_name(folder, content.get("src") or ""), collapse(words_of(label)))
    return {part: shorten(name, 300) for part, name in names.items() if part and name}


def _is_of_contents(link: etree._Element) -> bool:
    """Beside the contents, navigation lists pages and landmarks, whose names are no chapters'."""
    nav = next(link.iterancestors("nav"), None)
    if nav is None:
        return False
    return next((value for key, value in nav.attrib.items() if local(str(key)) == "type"), "toc") == "toc"
