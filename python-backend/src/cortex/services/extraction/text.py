"""Plain text: paragraphs between empty lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cortex.domain.document import Document, DocumentMetadata
from cortex.exceptions import ExtractionError
from cortex.services.extraction.characters import clean_characters
from cortex.services.extraction.decoding import decode
from cortex.services.extraction.language import detect_language
from cortex.services.extraction.reading_document import finish

if TYPE_CHECKING:
    from lxml import etree

_PARAGRAPHS = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_WRAP_LEAST = 50
_WRAP_MOST = 100


def parse_text(data: bytes, *, charset: str | None = None) -> Document:
    """A text file. Raises ExtractionError (empty) when it holds only white space."""
    text = clean_characters(decode(data, charset, markup=False))
    if not text.strip():
        raise ExtractionError("The file is empty: there is nothing to read.", reason="empty")
    return finish(text_tree(text), DocumentMetadata(language=detect_language(text)))


def text_tree(text: str) -> etree._Element:
    """Reading HTML for plain text; lines that were wrapped at a fixed width flow together again."""
    from lxml import etree as tree

    root = tree.Element("article")
    for part in _PARAGRAPHS.split(text.replace("\f", "\n\n")):
        lines = [" ".join(line.split()) for line in part.split("\n")]
        lines = [line for line in lines if line]
        if not lines:
            continue
        paragraph = tree.SubElement(root, "p")
        if len(lines) > 1 and all(_WRAP_LEAST <= len(line) <= _WRAP_MOST for line in lines[:-1]):
            paragraph.text = " ".join(lines)
            continue
        paragraph.text = lines[0]
        for line in lines[1:]:
            tree.SubElement(paragraph, "br").tail = line
    return root
