"""HTML pages: main content as reading HTML, metadata, text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cortex.domain.document import Document
from cortex.exceptions import ExtractionError
from cortex.services.extraction.candidates import main_texts, tree_size
from cortex.services.extraction.decoding import decode
from cortex.services.extraction.flat_html import flatten
from cortex.services.extraction.language import detect_language
from cortex.services.extraction.links import absolute_url
from cortex.services.extraction.page_metadata import page_metadata
from cortex.services.extraction.reading_document import finish
from cortex.services.extraction.reading_html import Reading, read_tree
from cortex.services.extraction.selection import choose_blocks, prune

if TYPE_CHECKING:
    from lxml import etree


_ELEMENT_LIMIT = 250_000
_DEPTH_LIMIT = 1000
_HEAD = frozenset({"title", "meta", "link", "base", "style", "script", "noscript", "template"})


def parse_tree(html: str) -> etree._Element:
    """The `html` element of a page, with a head and a body. What is nested deeper than 2,048 levels is lost."""
    import lxml.html
    from lxml import etree

    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    data = html.replace("\x00", "").encode("utf-8", errors="replace")
    if not data.strip():
        raise ExtractionError("The page is empty: there is nothing to read.", reason="empty")
    try:
        tree = lxml.html.document_fromstring(data, parser=parser, ensure_head_body=True)
    except etree.ParserError:
        raise ExtractionError("The page is empty: there is nothing to read.", reason="empty") from None
    _empty_head(tree)
    return tree


def _empty_head(tree: etree._Element) -> None:
    """Move into the body what the parser, which knows HTML 4 alone, left in the head: an `article` behind a `title`."""
    head, body = tree.find("head"), tree.find("body")
    if head is None or body is None:
        return
    strays = [child for child in head if isinstance(child.tag, str) and child.tag not in _HEAD]
    if strays:
        strays[-1].tail = (strays[-1].tail or "") + (body.text or "")
        body.text = None
        for place, stray in enumerate(strays):
            body.insert(place, stray)


def read_fragment(html: str, base_url: str | None = None) -> Reading:
    """Any HTML, whole, as reading HTML."""
    return read_tree(body_of(parse_tree(html)), base_url)


def body_of(tree: etree._Element) -> etree._Element:
    """What a page shows; the whole tree where it has no body."""
    body = tree.find("body")
    return tree if body is None else body


def parse_html(data: bytes, *, url: str | None = None, charset: str | None = None) -> Document:
    """The main content of a page. Raises ExtractionError (empty) when it shows no text."""
    html = decode(data, charset)
    tree = parse_tree(html)
    metadata = page_metadata(tree, url)
    base = next((b.get("href") for b in tree.iter("base") if b.get("href")), None)
    base_url = (absolute_url(base, url, ("http", "https")) if base else None) or url
    size = tree_size(tree)
    warnings = []
    if size.elements > _ELEMENT_LIMIT or size.depth > _DEPTH_LIMIT:
        # lxml drops what is nested deeper than 2,048 levels, and a million elements take minutes one by one.
        reading = read_fragment(flatten(html), base_url)
        warnings.append("This page is built so intricately that only its plain structure was kept.")
    else:
        reading = read_tree(body_of(tree), base_url)
        prune(reading, choose_blocks(reading.blocks, main_texts(html, size)))
    if not any(block.text for block in reading.blocks):
        raise ExtractionError(
            "The page shows no text by itself; it may need a browser to build it. Save it with the browser extension "
            "to keep what you see.",
            reason="empty",
        )
    document = finish(reading.root, metadata, warnings)
    if document.metadata.language is None:
        metadata = replace(document.metadata, language=detect_language(document.text))
        document = replace(document, metadata=metadata)
    return document
