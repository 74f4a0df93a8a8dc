"""Cuts a document into the parts that a model reads one after the other: along its own seams, bounded in number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cortex.domain.document import Block
from cortex.services.chunking import chunk_document
from cortex.services.token_estimates import tokens_at_most

MOST_PARTS = 24
"""Of a longer document as many are read, evenly spread, its beginning and end among them."""
_ROUGH_TOKEN = re.compile(r"[A-Za-z]{1,3}|[^\sA-Za-z]|\n")
_LEAST_PIECE = 48


@dataclass(frozen=True, slots=True)
class Part:
    """Code points `start`–`end` of a text; `number` of how many parts the whole has, from 1."""

    start: int
    end: int
    number: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Which parts are read, and how many the document has."""

    parts: tuple[Part, ...]
    of: int

    @property
    def is_sampled(self) -> bool:
        """Whether some parts are left out."""
        return len(self.parts) < self.of


def plan_parts(text: str, blocks: Sequence[Block], *, room: int, most: int = MOST_PARTS) -> Plan:
    """Parts of at most `room` tokens, in order. Ends one at a heading where that wastes less than half of the room.

    Linear in the text. Raises ValueError when the room is too small for anything.
    """
    if room < 2 * _LEAST_PIECE:
        raise ValueError(f"no document fits into {room} tokens")
    pieces = chunk_document(
        text,
        blocks,
        token_spans=lambda part: [match.span() for match in _ROUGH_TOKEN.finditer(part)],
        max_tokens=max(_LEAST_PIECE, room // 4),
        overlap_tokens=0,
    )
    spans: list[tuple[int, int]] = []
    filled = 0
    heading: tuple[str, ...] = ()
    for piece in pieces:
        cost = tokens_at_most(text[piece.start : piece.end]) + 2
        is_seam = piece.heading != heading and 2 * filled >= room
        if spans and filled + cost <= room and not is_seam:
            spans[-1] = (spans[-1][0], piece.end)
            filled += cost
        else:
            spans.append((piece.start, piece.end))
            filled = cost
        heading = piece.heading
    parts = tuple(Part(start, end, number) for number, (start, end) in enumerate(spans, 1))
    return Plan(tuple(_spread(parts, most)), len(parts))


def _spread(parts: Sequence[Part], most: int) -> list[Part]:
    if len(parts) <= most:
        return list(parts)
    return [parts[round(place * (len(parts) - 1) / (most - 1))] for place in range(most)]
