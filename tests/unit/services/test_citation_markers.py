"""Citation markers, whole and in pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cortex.services.citation_markers import MARKER, CitationMarkers

KNOWN = frozenset({1, 2, 3, 12})


def through(*pieces: str, known: frozenset[int] = KNOWN) -> str:
    markers = CitationMarkers(known)
    return "".join([*(markers.feed(piece) for piece in pieces), markers.flush()])


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Built in 1871 [1].", "Built in 1871 [1]."),
        ("Built [1, 2].", "Built [1][2]."),
        ("Built [1][2].", "Built [1][2]."),
        ("Built [1;2] and [1 and 3].", "Built [1][2] and [1][3]."),
        ("Built 【1】.", "Built [1]."),
        ("Built 【1†source】.", "Built [1]."),
        ("Built 【12†L3-L9】.", "Built [12]."),
        ("Built [^1].", "Built [1]."),
        ("Built [1-3].", "Built [1][2][3]."),
        ("Built [1–2, 12].", "Built [1][2][12]."),
        ("Built [passage 2].", "Built [2]."),
        ("Built [Source: 2].", "Built [Source: 2]."),
        ("Built [#3].", "Built [3]."),
        ("Built [ 1 ].", "Built [1]."),
        ("Built [1, 7].", "Built [1]."),
        ("Built [7].", "Built."),
        ("Built [7]; [1].", "Built; [1]."),
        ("In [2024] and [sic] and [a link](https://example.org).", "In [2024] and [sic] and [a link](https://example.org)."),
        ("`list[1]` holds [1]", "`list[1]` holds [1]"),
        ("```\nlist[9]\n```\nDone [9].", "```\nlist[9]\n```\nDone."),
        ("``a ` [9]`` b [9]", "``a ` [9]`` b"),
        ("An unclosed ` tick [9].\n\nNext [9].", "An unclosed ` tick [9].\n\nNext."),
        ("An open bracket [1", "An open bracket [1"),
        ("[1]", "[1]"),
        ("", ""),
    ],
)  # fmt: skip
def test_every_way_to_write_a_marker(written: str, shown: str) -> None:
    assert through(written) == shown
    assert through(*written) == shown


@given(st.lists(st.text(alphabet="a1279 [],-^【】†`.\n", max_size=12), max_size=8))
def test_pieces_make_no_difference_and_no_unknown_number_is_shown(pieces: list[str]) -> None:
    whole = "".join(pieces)
    if "`" in whole:
        assert "".join(through(*pieces).split()) is not None
        return
    shown = through(*pieces)
    assert shown == through(whole)
    assert {int(number) for number in MARKER.findall(shown)} <= KNOWN


@given(st.text(alphabet="a1 ],^", max_size=30))
def test_no_half_marker_leaks(text: str) -> None:
    markers = CitationMarkers(KNOWN)
    shown = markers.feed(f"{text} [1")
    assert not shown.endswith("[1")
    assert shown + markers.flush() == through(f"{text} [1")
