"""One document, start to end, in this very process: what the worker process runs."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path

from cortex.domain.document import Document
from cortex.exceptions import ExtractionError
from cortex.services.extraction import sniff
from cortex.services.extraction.reading_document import with_title

_HEAVY = {
    sniff.HTML: ("trafilatura", "readability", "resiliparse.extract.html2text", "lxml.html"),
    sniff.MARKDOWN: ("markdown_it", "mdit_py_plugins.footnote", "lxml.html", "yaml"),
    sniff.TEXT: ("lxml.etree",),
    sniff.PDF: ("pypdfium2", "lxml.etree"),
    sniff.EPUB: ("zipfile", "lxml.html"),
    sniff.DOCX: ("zipfile", "lxml.html"),
    sniff.MHTML: ("email", "trafilatura", "readability", "resiliparse.extract.html2text", "lxml.html"),
}


def warm_up(media_type: str) -> None:
    """Imports what a kind of document needs, so that no document pays for it with its own CPU seconds."""
    for module in _HEAVY.get(media_type, ()):
        importlib.import_module(module)


def parse_document(
    source: bytes | Path,
    *,
    media_type: str,
    url: str | None = None,
    charset: str | None = None,
    filename: str | None = None,
    text_characters: int = 20_000_000,
) -> Document:
    """Parses a document whose type was sniffed already. Raises ExtractionError."""
    if media_type == sniff.PDF:
        from cortex.services.extraction.pdf import parse_pdf

        document = parse_pdf(source)
    elif media_type == sniff.EPUB:
        from cortex.services.extraction.epub import parse_epub

        document = parse_epub(source)
    elif media_type == sniff.DOCX:
        from cortex.services.extraction.docx import parse_docx

        document = parse_docx(source)
    else:
        data = source if isinstance(source, bytes) else source.read_bytes()
        document = _parse_markup(data, media_type, url, charset)
    if len(document.text) > text_characters:
        document = cut(document, text_characters)
    return with_title(document, filename=filename, url=url)


def _parse_markup(data: bytes, media_type: str, url: str | None, charset: str | None) -> Document:
    if media_type == sniff.HTML:
        from cortex.services.extraction.html import parse_html

        return parse_html(data, url=url, charset=charset)
    if media_type == sniff.MHTML:
        from cortex.services.extraction.mhtml import parse_mhtml

        return parse_mhtml(data, url=url)
    if media_type == sniff.MARKDOWN:
        from cortex.services.extraction.markdown import parse_markdown

        return parse_markdown(data, url=url, charset=charset)
    if media_type == sniff.TEXT:
        from cortex.services.extraction.text import parse_text

        return parse_text(data, charset=charset)
    raise ExtractionError(f"Cortex cannot read {media_type}.", reason="unsupported")


def cut(document: Document, limit: int) -> Document:
    """The whole blocks within the first `limit` code points; a single block longer than that is too large."""
    kept = tuple(block for block in document.blocks if block.end <= limit)
    if not kept:
        raise ExtractionError(
            f"This document is one piece of more than {limit:,} characters; that is more than Cortex can handle.",
            reason="too_large",
        )
    from lxml import etree, html

    root = html.fragment_fromstring(document.html)
    last = kept[-1].end
    for element in [e for e in root.iter() if int(e.get("data-start") or -1) >= last]:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    text = document.text[:last]
    warning = f"Only the first {last:,} characters were kept; the document has {len(document.text):,}."
    return replace(
        document,
        html=etree.tostring(root, encoding="unicode", method="html"),
        text=text,
        blocks=kept,
        warnings=(*document.warnings, warning),
    )
