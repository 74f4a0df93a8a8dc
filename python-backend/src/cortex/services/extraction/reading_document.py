"""From reading HTML to the finished document: text, blocks, images, and a title where none was given."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from cortex.domain.document import Block, Document, DocumentMetadata
from cortex.services.extraction.characters import collapse, shorten
from cortex.services.extraction.reading_text import read_text

if TYPE_CHECKING:
    from lxml import etree

_TITLE = 300
_FIRST_WORDS = 80


def finish(root: etree._Element, metadata: DocumentMetadata, warnings: Sequence[str] = ()) -> Document:
    """The document that `root`, an `article` of reading HTML, holds."""
    from lxml import etree as tree

    text, blocks, images = read_text(root)
    html = tree.tostring(root, encoding="unicode", method="html")
    return Document(metadata, html, text, tuple(blocks), tuple(dict.fromkeys(images)), tuple(warnings))


def with_title(document: Document, *, filename: str | None, url: str | None) -> Document:
    """`document` with a title: its own, its first heading, its first words, the file's name, or the address."""
    title = (
        collapse(document.metadata.title or "")
        or _heading(document.text, document.blocks)
        or _first_words(document.text, document.blocks)
        or _file_title(filename)
        or collapse(url or "")
        or "Untitled"
    )
    return replace(document, metadata=replace(document.metadata, title=shorten(title, _TITLE)))


def _heading(text: str, blocks: Sequence[Block]) -> str | None:
    headings = [block for block in blocks[:200] if block.kind == "heading"]
    best = min(headings, key=lambda block: (block.level, block.start), default=None)
    return collapse(text[best.start : best.end]) if best else None


def _first_words(text: str, blocks: Sequence[Block]) -> str | None:
    for block in blocks[:20]:
        words = collapse(text[block.start : min(block.end, block.start + 1000)])
        if sum(character.isalnum() for character in words) >= 3:
            sentence = re.split(r"(?<=[.!?。！？])\s", words, maxsplit=1)[0]
            return shorten(sentence, _FIRST_WORDS)
    return None


def _file_title(filename: str | None) -> str | None:
    """The name without folders, extension and separators; never used as a path."""
    if not filename:
        return None
    name = PureWindowsPath(PurePosixPath(filename).name).name
    stem = re.sub(r"\.[A-Za-z0-9]{1,8}$", "", name)
    return collapse(re.sub(r"[_\s]+", " ", stem)).strip(". ") or None
