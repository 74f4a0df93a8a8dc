"""Fusion as a pure function of numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cortex.services.retrieval.fusion import by_cosine, by_keyword, fuse


def unit(*rows: tuple[float, ...]) -> np.ndarray:
    array = np.array(rows, dtype=np.float32)
    unit_rows: np.ndarray = array / np.linalg.norm(array, axis=1, keepdims=True)
    return unit_rows


QUERY = np.array([1, 0, 0], dtype=np.float32)


def test_what_both_legs_find_comes_first() -> None:
    vectors = unit((1, 0.1, 0), (1, 0.2, 0), (0, 1, 0))
    assert fuse({2: 5.0, 3: 5.0}, [1, 2, 3], vectors, QUERY)[0].chunk == 2


def test_the_evidence_is_kept_as_it_was_before_feedback() -> None:
    vectors = unit((1, 1, 0), (0, 1, 0))
    found = {entry.chunk: entry for entry in fuse({7: 3.0}, [7, 8], vectors, QUERY)}
    assert found[7].bm25 == 3.0
    assert found[7].cosine == pytest.approx(2**-0.5, abs=1e-6)
    assert found[8].bm25 == 0.0
    assert found[8].cosine == pytest.approx(0, abs=1e-6)


def test_feedback_moves_the_question_towards_its_best_passages() -> None:
    # 3 and 4 are equally near the question; 3 lies on the side of the passages that were found first
    vectors = unit((1, 0.3, 0), (1, 0.35, 0), (0.5, 0.8, 0), (0.5, -0.8, 0))
    order = [entry.chunk for entry in fuse({1: 9.0, 2: 8.0}, [1, 2, 3, 4], vectors, QUERY)]
    assert order.index(3) < order.index(4)


def test_a_passage_without_a_vector_is_kept_by_its_words() -> None:
    found = fuse({1: 4.0, 9: 4.0}, [1, 2], unit((1, 0, 0), (0, 1, 0)), QUERY)
    nine = next(entry for entry in found if entry.chunk == 9)
    assert (nine.cosine, nine.score) == (None, 0.5)


def test_one_leg_alone() -> None:
    assert [entry.chunk for entry in fuse({1: 2.0, 2: 4.0}, [], np.empty((0, 3), np.float32), QUERY)] == [2, 1]
    assert [entry.score for entry in by_keyword({1: 2.0, 2: 4.0})] == [1.0, 0.5]
    assert by_keyword({}) == []
    assert [entry.chunk for entry in by_cosine([1, 2], unit((0, 1, 0), (1, 0, 0)), QUERY)] == [2, 1]
    assert by_cosine([], np.empty((0, 3), np.float32), QUERY) == []
    assert fuse({}, [5], unit((1, 0, 0)), QUERY)[0].score == 0.5


@given(
    st.dictionaries(st.integers(1, 30), st.floats(1e-6, 50), max_size=20),
    st.lists(st.tuples(*[st.floats(-1, 1)] * 3), max_size=20),
    st.integers(1, 10),
)
def test_scores_fall_within_bounds_and_nothing_is_lost_or_doubled(
    keyword: dict[int, float], rows: list[tuple[float, float, float]], depth: int
) -> None:
    chunks = list(range(1, len(rows) + 1))
    vectors = unit(*((x + 2, y, z) for x, y, z in rows)) if rows else np.empty((0, 3), np.float32)
    found = fuse(keyword, chunks, vectors, QUERY, depth=depth)
    scores = [entry.score for entry in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1.000001 for score in scores)
    numbers = [entry.chunk for entry in found]
    assert len(numbers) == len(set(numbers))
    assert set(keyword) <= set(numbers) <= set(keyword) | set(chunks)
    assert len(numbers) >= min(depth, len(chunks))
