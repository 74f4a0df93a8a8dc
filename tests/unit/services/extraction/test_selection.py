"""Votes on blocks."""

from __future__ import annotations

from lxml import etree

from cortex.services.extraction.reading_html import CleanBlock
from cortex.services.extraction.selection import choose_blocks
from cortex.services.extraction.votes import BlockWords

TEXTS = [
    "Home About Contact",
    "The first paragraph says something of length here.",
    "Short one",
    "The second paragraph has its own words too.",
    "All rights reserved by nobody",
]


def blocks() -> list[CleanBlock]:
    return [CleanBlock(etree.Element("p"), text, etree.Element("p"), 0) for text in TEXTS]


def test_coverage_counts_windows_and_short_blocks_with_their_neighbours() -> None:
    page = BlockWords(TEXTS)
    assert page.coverage("\n".join(TEXTS[1:4])) == [0.0, 1.0, 1.0, 1.0, 0.0]
    assert page.coverage(TEXTS[1] + TEXTS[3])[2] == 0.0
    assert page.coverage("") == [0.0] * 5


def test_two_of_three_decide() -> None:
    main = "\n".join(TEXTS[1:4])
    everything = "\n".join(TEXTS)
    votes = {"trafilatura": main, "readability": main, "resiliparse": everything}
    assert choose_blocks(blocks(), votes) == [False, True, True, True, False]


def test_without_any_vote_everything_stays() -> None:
    assert choose_blocks(blocks(), {}) == [True] * 5
    assert choose_blocks(blocks(), {"resiliparse": "  "}) == [True] * 5


def test_a_gap_that_the_precise_extractor_keeps_is_filled() -> None:
    main = "\n".join(TEXTS[1:4])
    votes = {"trafilatura": main, "readability": TEXTS[1] + TEXTS[3], "resiliparse": TEXTS[1] + TEXTS[3]}
    assert choose_blocks(blocks(), votes)[2]
