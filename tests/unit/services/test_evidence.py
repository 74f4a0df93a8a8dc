"""Whether passages are evidence."""

from __future__ import annotations

import pytest
from tests.unit.services.test_quotations import passage

from cortex.services.evidence import judge


@pytest.mark.parametrize(
    ("cosine", "coverage", "enough"),
    [
        (0.6, 0.8, True),
        (0.25, 0.5, True),
        (0.45, 0.1, False),
        (0.05, 0.9, False),
        (-0.1, 1.0, False),
        (None, 0.5, True),
        (None, 0.2, False),
    ],
)
def test_meaning_and_words_must_agree(cosine: float | None, coverage: float, enough: bool) -> None:
    assert judge([passage(cosine=cosine, coverage=coverage)]).is_enough is enough


def test_one_good_passage_among_the_best_is_enough() -> None:
    poor, good = passage(cosine=0.2, coverage=0.1), passage()
    assert judge([poor, poor, good]).is_enough
    assert not judge([poor] * 20 + [good]).is_enough
    assert not judge([]).is_enough
