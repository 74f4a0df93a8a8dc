"""One score from many hints: what connects, what does not, and how reasons add up."""

from __future__ import annotations

import numpy as np
import pytest

from cortex.domain.connection import Edge, Reason
from cortex.services.connection_scoring import THRESHOLD, Facts, Frequencies, likeness, score_pair

FREQUENCIES = Frequencies(
    items=600,
    links={"https://sqlite.org/fts5.html": 2, "https://github.com/": 150, "https://sqlite.org/": 2},
    names={"full text search": 3, "python": 200, "text search": 3, "trigram": 2, "porter": 2},
    tags={"gardening": 4, "code": 300},
    site=3,
)


def edge(mine: Facts, theirs: Facts, cosine: float | None = None) -> Edge:
    return score_pair(mine, theirs, FREQUENCIES, cosine, (1, 2) if cosine is not None else None)


def test_items_with_nothing_in_common_have_no_reason() -> None:
    found = edge(Facts(1), Facts(2), cosine=0.2)
    assert (found.score, found.reasons) == (0.0, ())


def test_the_score_grows_with_likeness_and_stays_within_one() -> None:
    scores = [edge(Facts(1), Facts(2), cosine).score for cosine in (-1.0, 0.25, 0.4, 0.5, 0.7, 0.75, 1.0)]
    assert scores == sorted(scores)
    assert scores[0] == 0.0
    assert scores[-1] <= 1.0
    assert edge(Facts(1), Facts(2), 0.45).score < THRESHOLD < edge(Facts(1), Facts(2), 0.55).score


def test_a_link_connects_by_itself_and_mutual_links_more() -> None:
    a = Facts(1, address="https://a.example/", links=frozenset({"https://b.example/"}))
    b = Facts(2, address="https://b.example/")
    back = Facts(2, address="https://b.example/", links=frozenset({"https://a.example/"}))
    assert edge(a, b).reasons[0].direction == "to"
    assert edge(b, a).reasons[0].direction == "from"
    assert edge(a, back).reasons[0].direction == "both"
    assert THRESHOLD < edge(a, b).score < edge(a, back).score


def test_a_rare_shared_link_connects_and_a_common_front_page_does_not() -> None:
    rare = frozenset({"https://sqlite.org/fts5.html"})
    common = frozenset({"https://github.com/"})
    assert edge(Facts(1, links=rare), Facts(2, links=rare)).score >= THRESHOLD
    assert edge(Facts(1, links=common), Facts(2, links=common)).score < 0.1
    front = frozenset({"https://sqlite.org/"})
    assert edge(Facts(1, links=front), Facts(2, links=front)).score < THRESHOLD


def test_rare_names_say_more_than_frequent_ones_and_parts_of_one_name_count_once() -> None:
    def names(*keys: str) -> Facts:
        return Facts(len(keys), names={key: (0.9, key) for key in keys})

    rare, frequent = names("full text search"), names("python")
    assert edge(rare, rare).score > 3 * edge(frequent, frequent).score
    both = names("full text search", "text search")
    assert edge(both, both).reasons[0].values == ("full text search",)
    three = names("full text search", "trigram", "porter")
    assert edge(three, three).score >= THRESHOLD


def test_a_shared_site_or_a_common_tag_is_a_hint_only() -> None:
    assert 0 < edge(Facts(1, site="a.example"), Facts(2, site="a.example")).score < 0.1
    assert edge(Facts(1, tags={"code": True}), Facts(2, tags={"code": True})).score < 0.1
    by_hand = edge(Facts(1, tags={"gardening": True}), Facts(2, tags={"gardening": True}))
    by_itself = edge(Facts(1, tags={"gardening": False}), Facts(2, tags={"gardening": True}))
    assert THRESHOLD > by_hand.score > by_itself.score > 0


def test_reasons_add_up_strongest_first_and_none_takes_away() -> None:
    mine = Facts(1, site="a.example", tags={"gardening": True})
    alone, together = edge(Facts(1), Facts(2), 0.6), edge(mine, mine, 0.6)
    assert together.score > alone.score
    assert [reason.type for reason in together.reasons] == ["similarity", "tags", "site"]
    assert together.score == pytest.approx(1 - np.prod([1 - reason.score for reason in together.reasons]), abs=1e-3)


def test_an_edge_seen_from_the_other_side_swaps_passages_and_direction() -> None:
    there = Edge(1, 2, 0.9, (Reason("link", 0.75, direction="to"), Reason("similarity", 0.5, passages=(10, 20))))
    back = there.reversed()
    assert (back.item, back.other, back.score) == (2, 1, 0.9)
    assert back.reasons[0].direction == "from"
    assert back.reasons[1].passages == (20, 10)
    assert back.reversed() == there


def test_likeness_names_the_best_pair_and_is_the_same_from_both_sides() -> None:
    mine = np.eye(4, dtype=np.float32)[:2]
    theirs = np.array([[0, 0, 1, 0], [0, 0.6, 0, 0.8]], dtype=np.float32)
    found = likeness(mine, theirs)
    assert found.best == (1, 1)
    assert found.cosine == pytest.approx(likeness(theirs, mine).cosine)
    assert likeness(mine, mine).cosine == pytest.approx(1.0)
