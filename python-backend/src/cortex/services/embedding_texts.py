"""What is embedded of a passage, whichever model does it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cortex.db.driver import Connection
from cortex.db.repositories import chunks
from cortex.db.repositories.chunks import HEADING_SEPARATOR, Unembedded
from cortex.services.chunking import TokenSpans

PREFIX_TOKENS = 32
"""Room for the title and the nearest heading, which are embedded in front of every passage."""
_ROUGH_TOKEN = re.compile(r"[^\W_]{1,4}|[^\w\s]|_")


def embedding_text(title: str, heading: str, text: str, token_spans: TokenSpans) -> str:
    """What is embedded for a passage: its title and nearest heading, cut to their room, then its text."""
    prefix = title.strip()
    if heading and heading != prefix:
        prefix = f"{prefix}: {heading}" if prefix else heading
    beginning = " ".join(text[: len(prefix) + 20].split()).casefold()
    if not prefix or beginning.startswith(" ".join(prefix.split()).casefold()):
        return text
    prefix = prefix[:2000]
    spans = token_spans(prefix)
    if len(spans) >= PREFIX_TOKENS:
        prefix = prefix[: spans[PREFIX_TOKENS - 2][1]]
    return f"{prefix}\n{text}"


def texts_of(rows: Sequence[Unembedded], token_spans: TokenSpans) -> list[str]:
    """What is embedded for each passage."""
    return [
        embedding_text(row.title, row.heading.rpartition(HEADING_SEPARATOR)[2], row.text, token_spans) for row in rows
    ]


def unchanged(connection: Connection, rows: Sequence[Unembedded], packed: Sequence[bytes]) -> list[tuple[int, bytes]]:
    """The vectors whose passages still stand as they were read."""
    return [
        (row.number, vector)
        for row, vector in zip(rows, packed, strict=True)
        if chunks.text_of(connection, row.number) == row.text
    ]


def rough_token_spans(text: str) -> list[tuple[int, int]]:
    """Stands in for a tokenizer while there is no model; rather too many tokens than too few."""
    return [match.span() for match in _ROUGH_TOKEN.finditer(text)]
