"""Corrections for words that the library does not have."""

from __future__ import annotations

from collections.abc import Sequence

from cortex.db.driver import Connection
from cortex.db.repositories import searches

_LONG_WORD = 8


def corrections(connection: Connection, words: Sequence[str]) -> dict[str, str]:
    """For each word that has one, the library's word it was probably meant to be."""
    found: dict[str, str] = {}
    for word in words:
        corrected = correct(word, searches.terms_like(connection, word))
        if corrected is not None:
            found[word] = corrected
    return found


def correct(word: str, candidates: Sequence[tuple[str, int]]) -> str | None:
    """The nearest of (word, passages) within one edit, two in a long word; of equally near ones the commonest."""
    from rapidfuzz.distance import OSA

    allowed = 2 if len(word) >= _LONG_WORD else 1
    best: tuple[int, int, str] | None = None
    for candidate, passages in candidates:
        distance = OSA.distance(word, candidate, score_cutoff=allowed)
        if distance <= allowed and (best is None or (distance, -passages, candidate) < best):
            best = (distance, -passages, candidate)
    return best[2] if best is not None else None
