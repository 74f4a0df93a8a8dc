"""PDF files: text by page with paragraphs and headings; pdfium does the reading."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cortex.domain.document import Document, DocumentMetadata
from cortex.exceptions import ExtractionError
from cortex.services.extraction.characters import clean_characters, collapse, shorten
from cortex.services.extraction.dates import published_date
from cortex.services.extraction.language import detect_language
from cortex.services.extraction.pdf_lines import (
    Line,
    body_size,
    paragraphs,
    plain_characters,
    without_running_lines,
)
from cortex.services.extraction.reading_document import finish

if TYPE_CHECKING:
    from lxml import etree

_LINES_WITH_GEOMETRY = 20_000
_PAGES_NAMED = 5


def parse_pdf(source: bytes | Path, *, seconds: float = 7.0) -> Document:
    """The text of a PDF. After `seconds` of CPU time the pages read so far are kept, with a warning.

    Raises ExtractionError: encrypted (it needs a password), damaged, empty (no text: probably scanned).
    """
    import pypdfium2 as pdfium

    deadline = time.process_time() + seconds
    try:
        pdf = pdfium.PdfDocument(source)
        count = len(pdf)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == pdfium.raw.FPDF_ERR_PASSWORD:
            raise ExtractionError(
                "This PDF is locked with a password, so its text cannot be read. Save a copy without the password "
                "and add that.",
                reason="encrypted",
            ) from None
        raise ExtractionError(
            "This PDF is damaged and cannot be opened. Try to open it in a PDF reader and save it again.",
            reason="damaged",
        ) from None
    try:
        return _read(pdf, count, deadline)
    finally:
        pdf.close()


def _read(pdf: Any, count: int, deadline: float) -> Document:
    pages: list[list[Line]] = []
    failed: list[int] = []
    warnings: list[str] = []
    for index in range(count):
        if time.process_time() > deadline:
            warnings.append(f"Pages {index + 1} to {count} were not read: this PDF takes too long.")
            break
        lines = _page_lines(pdf, index)
        if lines is None:
            failed.append(index + 1)
        pages.append(lines or [])
    if failed:
        named = ", ".join(map(str, failed[:_PAGES_NAMED])) + (" and more" if len(failed) > _PAGES_NAMED else "")
        warnings.append(f"Damaged pages that could not be read: {named}.")
    if count and not pages:
        raise ExtractionError("Opening this PDF alone takes too long, so it was not read.", reason="too_slow")
    root = _tree(without_running_lines(pages))
    document = finish(root, _metadata(pdf, count), warnings)
    if not any(character.isalnum() for character in document.text):
        if failed and len(failed) == len(pages):
            raise ExtractionError(
                "This PDF is damaged: none of its pages can be read. Try to open it in a PDF reader and save it again.",
                reason="damaged",
            )
        raise ExtractionError(
            "No text was found in this PDF; it was probably scanned and holds pictures of its pages. Run text "
            "recognition (OCR) on it and add the result.",
            reason="empty",
        )
    return replace(document, metadata=replace(document.metadata, language=detect_language(document.text)))


def _tree(pages: Sequence[list[Line]]) -> etree._Element:
    from lxml import etree as tree

    body = body_size(pages)
    root = tree.Element("article")
    for number, lines in enumerate(pages, start=1):
        found = paragraphs(lines, body)
        if not found:
            continue
        section = tree.SubElement(root, "section", {"data-page": str(number)})
        for paragraph in found:
            tree.SubElement(section, f"h{paragraph.level}" if paragraph.level else "p").text = clean_characters(
                paragraph.text
            )
    return root


def _metadata(pdf: Any, count: int) -> DocumentMetadata:
    fields = pdf.get_metadata_dict(skip_empty=True)

    def field(name: str) -> str | None:
        value = collapse(str(fields.get(name, "")))
        return shorten(value, 500) or None

    title = field("Title")
    if title and (title.lower() in ("untitled", "title") or title.lower().endswith((".doc", ".docx", ".dvi", ".indd"))):
        title = None
    return DocumentMetadata(
        title=title,
        author=field("Author"),
        description=field("Subject"),
        published_at=published_date(fields.get("CreationDate")),
        pages=count,
    )


def _page_lines(pdf: Any, index: int) -> list[Line] | None:
    """The lines of one page; None when the page cannot be read."""
    import pypdfium2 as pdfium

    try:
        page = pdf[index]
    except pdfium.PdfiumError:
        return None
    try:
        text_page = page.get_textpage()
    except pdfium.PdfiumError:
        page.close()
        return None
    try:
        return _lines(text_page)
    finally:
        text_page.close()
        page.close()


def _lines(text_page: Any) -> list[Line]:
    from pypdfium2 import raw

    text = text_page.get_text_range()
    # Where pdfium counts characters otherwise than Python (outside the BMP), positions would point at wrong places.
    exact = len(text) == text_page.count_chars()
    lines: list[Line] = []
    position = 0
    for part in text.split("\n"):
        stripped = part.strip()
        if stripped:
            line = Line(plain_characters(stripped))
            if exact and len(lines) < _LINES_WITH_GEOMETRY:
                first = position + part.index(stripped[0])
                last = position + len(part.rstrip()) - 1
                line.size = _size(raw, text_page.raw, first)
                line.left, line.bottom, _, line.top = text_page.get_charbox(first, loose=True)
                _, line.end_bottom, line.right, _ = text_page.get_charbox(last, loose=True)
            lines.append(line)
        position += len(part) + 1
    return lines


def _size(raw: Any, text_page: Any, index: int) -> float:
    import ctypes

    size = float(raw.FPDFText_GetFontSize(text_page, index))
    matrix = raw.FS_MATRIX()
    if raw.FPDFText_GetMatrix(text_page, index, ctypes.byref(matrix)):
        # Some producers set the font to 1 and scale the text instead.
        size *= (float(matrix.c) ** 2 + float(matrix.d) ** 2) ** 0.5
    return round(size, 2)
