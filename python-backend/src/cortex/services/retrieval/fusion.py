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
    numbers = np.array(chunks, dtype=np.int64)
    bm25 = np.array([max(keyword.get(chunk, 0.0), 0.0) for chunk in chunks], dtype=np.float32)
    top = max(keyword.values(), default=0.0) or 1.0
    cosines = vectors @ query
    scores = _scores(bm25 / top, cosines, depth)
    best = np.lexsort((numbers, -scores))[:_FEEDBACK_PASSAGES]
    moved = query + _FEEDBACK_WEIGHT * vectors[best].mean(axis=0)
    moved /= max(float(np.linalg.norm(moved)), 1e-6)
    scores = _scores(bm25 / top, vectors @ moved, depth)
    rows = np.lexsort((numbers, -scores))[: int(np.count_nonzero(scores >= 0))]
    fused = [
        Fused(chunk, score, keyword.get(chunk, 0.0), cosine)
        for chunk, score, cosine in zip(
            numbers[rows].tolist(), scores[rows].tolist(), cosines[rows].tolist(), strict=True
        )
    ]
    known = set(chunks)
    without_vector = [Fused(chunk, 0.5 * one / top, one, None) for chunk, one in keyword.items() if chunk not in known]
    if without_vector:
        # Its words alone give it what the nearest passage has by meaning alone: then the words come first.
        fused = sorted((*fused, *without_vector), key=lambda entry: (-entry.score, -entry.bm25, entry.chunk))
    return fused


def _scores(bm25: Vector, cosines: Vector, depth: int) -> Vector:
    """Half BM25 (0–1), half the cosine between the candidates' least and greatest; -1 for what is no candidate."""
    import numpy as np

    candidates = bm25 > 0
    candidates[np.argsort(-cosines, kind="stable")[:depth]] = True
    low, high = cosines[candidates].min(), cosines[candidates].max()
    nearness = (cosines - low) / (high - low) if high > low else np.ones_like(cosines)
    scores: Vector = np.where(candidates, 0.5 * bm25 + 0.5 * nearness, np.float32(-1))
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
