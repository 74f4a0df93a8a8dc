"""Brings the word leg and the vector leg together: score fusion, then feedback from its own best passages.

A pure function of numbers; the recipe and its measurements are in docs/adr/0011-search.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Vector = npt.NDArray[np.float32]

DEPTH = 200
"""Passages that each leg contributes."""
_FEEDBACK_PASSAGES = 5
_FEEDBACK_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Fused:
    """One passage with its evidence."""

    chunk: int
    score: float
    """0–1, relative to the best passage of this query."""
    bm25: float
    cosine: float | None
    """With the query itself, before feedback."""


def fuse(
    keyword: Mapping[int, float], chunks: Sequence[int], vectors: Vector, query: Vector, *, depth: int = DEPTH
) -> list[Fused]:
    """Fuses both legs, best first.

    `keyword`: BM25 of the word leg's passages. `vectors`: unit rows, one for each of `chunks`: the vector leg's
    candidates and those of the word leg's passages that have a vector. `query`: a unit vector.
    """
    import numpy as np

    if not chunks:
        return by_keyword(keyword)
    rows = {chunk: row for row, chunk in enumerate(chunks)}
    cosines = vectors @ query
    first = _fused_scores(keyword, chunks, rows, cosines, depth)
    best = sorted(first, key=lambda chunk: (-first[chunk], chunk))[:_FEEDBACK_PASSAGES]
    liked = [rows[chunk] for chunk in best if chunk in rows]
    scores = first
    if liked:
        moved = query + _FEEDBACK_WEIGHT * vectors[liked].mean(axis=0)
        moved /= max(float(np.linalg.norm(moved)), 1e-6)
        scores = _fused_scores(keyword, chunks, rows, vectors @ moved, depth)
    return sorted(
        (
            Fused(chunk, score, keyword.get(chunk, 0.0), float(cosines[rows[chunk]]) if chunk in rows else None)
            for chunk, score in scores.items()
        ),
        key=lambda fused: (-fused.score, fused.chunk),
    )


def _fused_scores(
    keyword: Mapping[int, float], chunks: Sequence[int], rows: Mapping[int, int], cosines: Vector, depth: int
) -> dict[int, float]:
    """Half BM25 over its maximum, half the cosine between the candidates' least and greatest."""
    import numpy as np

    nearest = np.argsort(-cosines, kind="stable")[:depth]
    candidates = {chunks[row]: row for row in nearest.tolist()} | {
        chunk: rows[chunk] for chunk in keyword if chunk in rows
    }
    found = cosines[list(candidates.values())]
    low, high = float(found.min()), float(found.max())
    span = high - low
    top = max(keyword.values(), default=0.0) or 1.0
    scores = {chunk: 0.5 * max(bm25, 0.0) / top for chunk, bm25 in keyword.items()}
    for chunk, row in candidates.items():
        scores[chunk] = scores.get(chunk, 0.0) + 0.5 * ((float(cosines[row]) - low) / span if span > 0 else 1.0)
    return scores


def by_keyword(keyword: Mapping[int, float]) -> list[Fused]:
    """The word leg alone, best first."""
    top = max(keyword.values(), default=0.0) or 1.0
    return [
        Fused(chunk, max(bm25, 0.0) / top, bm25, None)
        for chunk, bm25 in sorted(keyword.items(), key=lambda entry: (-entry[1], entry[0]))
    ]


def by_cosine(chunks: Sequence[int], vectors: Vector, query: Vector, *, depth: int = DEPTH) -> list[Fused]:
    """The vector leg alone, best first; the score is the cosine itself, none below zero."""
    import numpy as np

    if not chunks:
        return []
    cosines = vectors @ query
    return [
        Fused(chunks[row], min(1.0, max(0.0, float(cosines[row]))), 0.0, float(cosines[row]))
        for row in np.argsort(-cosines, kind="stable")[:depth].tolist()
    ]
