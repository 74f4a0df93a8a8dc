"""Chunks: the passages of a document that are indexed, found and cited."""

from __future__ import annotations

from dataclasses import dataclass

ORDINAL_BITS = 20
"""A chunk's number is `item number << 20 | ordinal`: the chunks of an item are one range of every index."""
_MOST_CHUNKS = 1 << ORDINAL_BITS
MOST_HIGHLIGHTS = 1 << 16
"""Highlights of one item that have a number in the word index: the last ones of its range but one."""
_PREFIX = "chunk_"


@dataclass(frozen=True, slots=True)
class ChunkDraft:
    """A passage before it is stored; `document_text[start:end]` is its text."""

    ordinal: int
    start: int
    end: int
    page: int | None
    """1-based page of its beginning."""
    heading: tuple[str, ...]
    """The headings above it, outermost first."""
    token_count: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stored passage. Offsets are code points of the item's text at `content_version`."""

    id: str
    item_id: str
    content_version: int
    ordinal: int
    start: int
    end: int
    page: int | None
    heading: str
    text: str
    token_count: int


def chunk_number(item_number: int, ordinal: int) -> int:
    """The key of a chunk in every index. Raises ValueError past a million chunks in one item."""
    if not 0 <= ordinal < _MOST_CHUNKS:
        raise ValueError(f"chunk {ordinal} of one item: at most {_MOST_CHUNKS} have a number")
    return item_number << ORDINAL_BITS | ordinal


def item_entry_number(item_number: int) -> int:
    """The key of the word index's entry for the item itself: its note, or its title while it has no passages."""
    return chunk_number(item_number, _MOST_CHUNKS - 1)


def highlight_entry_number(item_number: int, place: int) -> int:
    """The key of the word index's entry for an item's highlight. Raises ValueError past 65,536 in one item."""
    if not 0 <= place < MOST_HIGHLIGHTS:
        raise ValueError(f"highlight {place} of one item: at most {MOST_HIGHLIGHTS} have a number")
    return item_entry_number(item_number) - 1 - place


def is_highlight_entry(chunk: int) -> bool:
    """Whether this is a `highlight_entry_number` and no passage's."""
    return 0 < _MOST_CHUNKS - 1 - (chunk & (_MOST_CHUNKS - 1)) <= MOST_HIGHLIGHTS


def is_item_entry(chunk: int) -> bool:
    """Whether this is an `item_entry_number` and no passage's."""
    return chunk & (_MOST_CHUNKS - 1) == _MOST_CHUNKS - 1


def item_number_of(chunk: int) -> int:
    """The short key of the item that a chunk belongs to."""
    return chunk >> ORDINAL_BITS


def chunk_id(number: int) -> str:
    """The id that clients see."""
    return f"{_PREFIX}{number}"


def chunk_number_of(chunk: str) -> int | None:
    """The number behind an id that clients see; None when it is no such id."""
    digits = chunk.removeprefix(_PREFIX)
    return int(digits) if chunk.startswith(_PREFIX) and digits.isascii() and digits.isdigit() else None
