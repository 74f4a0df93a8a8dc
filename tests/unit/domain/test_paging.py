"""Cursors are ours or nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cortex.domain.paging import Position, from_cursor, to_cursor

VALUES = st.one_of(st.none(), st.text(), st.integers(0, 1 << 60), st.floats(allow_nan=False, allow_infinity=False))


@given(st.text(), VALUES, st.integers(0, (1 << 62) - 1))
def test_a_cursor_names_its_position(sort: str, value: str | int | float | None, number: int) -> None:
    position = Position(sort, value, number)
    assert from_cursor(to_cursor(position)) == position


@given(st.text())
def test_any_other_text_is_refused(text: str) -> None:
    try:
        position = from_cursor(text)
    except ValueError:
        return
    assert isinstance(position, Position)


@pytest.mark.parametrize(
    "text",
    ["", "AAAA", "W10", "WzEsMiwzXQ", "bnVsbA", "WyJhIix0cnVlLDFd", "WyJhIiwxLHRydWVd", "é", "WyJhIiwiXHVkODAwIiwxXQ"],
)
def test_shapes_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a cursor"):
        from_cursor(text)
