"""What extraction makes of a captured page or file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

BlockKind = Literal["heading", "paragraph", "list_item", "code", "table", "quote"]


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a document's text; `start` and `end` are code point offsets into `Document.text`."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    """1-6 for headings, else 0."""
    page: int | None = None
    """1-based page of a paged document."""


@dataclass(frozen=True, slots=True)
class ImageReference:
    """An image that the document shows. It is only named here, never fetched."""

    url: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class DocumentMetadata:
    """What a document says of itself; None where it does not say."""

    title: str | None = None
    author: str | None = None
    site_name: str | None = None
    published_at: str | None = None
    """RFC 3339 UTC; a bare date is midnight."""
    language: str | None = None
    """ISO 639-1 code."""
    canonical_url: str | None = None
    description: str | None = None
    pages: int | None = None
    keywords: tuple[str, ...] = ()
    """Tags that the document's author wrote into it (front matter), in their order."""


@dataclass(frozen=True, slots=True)
class Document:
    """An extracted document.

    `text` is derived from `html` by one deterministic walk, so offsets into it stay valid for as long as the
    stored version does. `blocks` cover `text` in order without overlap; what lies between two blocks is white
    space. Each block element of `html` carries `data-start`, its block's offset, so that a reader can place a
    passage without searching for it.
    """

    metadata: DocumentMetadata
    html: str
    text: str
    blocks: tuple[Block, ...]
    images: tuple[ImageReference, ...] = ()
    warnings: tuple[str, ...] = ()
    """Plain sentences about what could not be read (a page without text, a part that was cut)."""
