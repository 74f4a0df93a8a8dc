"""How strongly two items belong together: one score from passages, links, names, tags and site. Pure.

Every kind of evidence comes to a number e in 0–1, and the score is 1 − ∏(1 − e): each reason adds to what the others
left open, none can take away, and no single one but a link or very like passages suffices. See
docs/adr/0015-connections.md for the figures behind the constants.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cortex.domain.connection import Direction, Edge, Reason
from cortex.services.phrases import key_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

RECIPE = 1
"""Raised with every change of how edges are scored: then all are computed again."""
THRESHOLD = 0.45
"""The score from which two items are connected."""
BEST_FEW = 3
_UNLIKE, _ALIKE = 0.25, 0.75
"""Mean cosines at which likeness begins to count, and from which it cannot count more."""
_SIMILARITY = 0.9
_LINK, _MUTUAL_LINK = 0.75, 0.9
_SHARED_LINK = 0.6
_NAME = 0.5
_TAG, _AUTOMATIC_TAG = 0.3, 0.15
_SITE = 0.08
_MOST_VALUES = 5
_SMALLEST_LIBRARY = 500


@dataclass(frozen=True, slots=True)
class Facts:
    """What an item is connected by, beside its passages."""

    number: int
    address: str | None = None
    """Its own, canonical."""
    site: str | None = None
    links: frozenset[str] = frozenset()
    names: Mapping[str, tuple[float, str]] = field(default_factory=dict)
    """Telling phrases: key to (salience 0–1, name)."""
    tags: Mapping[str, bool] = field(default_factory=dict)
    """Tag to whether a person gave it."""


@dataclass(frozen=True, slots=True)
class Frequencies:
    """In how many items the links, phrases, tags and site of one item occur; and how many items there are."""

    items: int
    links: Mapping[str, int] = field(default_factory=dict)
    names: Mapping[str, int] = field(default_factory=dict)
    tags: Mapping[str, int] = field(default_factory=dict)
    site: int = 0

    def rarity(self, count: int) -> float:
        """0.9 for what only the two have, 0 for what everything has; a small library counts as one of five hundred."""
        whole = math.log(max(self.items, _SMALLEST_LIBRARY))
        return max(0.0, 1.0 - math.log(max(count, 2)) / whole)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two items' passages are."""

    cosine: float
    """Mean of the best few pairs and of every passage's best counterpart, both ways."""
    best: tuple[int, int]
    """Rows of the two passages that are most alike."""


def likeness(mine: npt.NDArray[np.float32], theirs: npt.NDArray[np.float32]) -> Likeness:
    """Compare the passages of two items, each an array of unit vectors (passages, dimension)."""
    import numpy as np

    cosines = mine @ theirs.T
    best = int(np.argmax(cosines))
    counterparts = (np.sort(cosines.max(axis=1))[::-1], np.sort(cosines.max(axis=0))[::-1])
    few = sum(float(side[:BEST_FEW].mean()) for side in counterparts) / 2
    whole = sum(float(side.mean()) for side in counterparts) / 2
    return Likeness((few + whole) / 2, (best // cosines.shape[1], best % cosines.shape[1]))


def score_pair(
    mine: Facts, theirs: Facts, frequencies: Frequencies, cosine: float | None, passages: tuple[int, int] | None
) -> Edge:
    """The edge between two items, however weak: compare its score with THRESHOLD."""
    found = [
        _link(mine, theirs),
        _similarity(cosine, passages),
        _shared_links(mine, theirs, frequencies),
        _names(mine, theirs, frequencies),
        _tags(mine, theirs, frequencies),
        _site(mine, theirs, frequencies),
    ]
    reasons = sorted((reason for reason in found if reason is not None and reason.score >= 0.01), key=_strongest)
    return Edge(mine.number, theirs.number, _either(reason.score for reason in reasons), tuple(reasons))


def _strongest(reason: Reason) -> float:
    return -reason.score


def _either(scores: Iterable[float]) -> float:
    """What several independent hints come to: 1 − ∏(1 − e)."""
    open_ = 1.0
    for score in scores:
        open_ *= 1.0 - score
    return round(1.0 - open_, 4)


def _similarity(cosine: float | None, passages: tuple[int, int] | None) -> Reason | None:
    if cosine is None:
        return None
    share = min(1.0, max(0.0, (cosine - _UNLIKE) / (_ALIKE - _UNLIKE)))
    return Reason("similarity", round(_SIMILARITY * share, 4), passages=passages)


def _link(mine: Facts, theirs: Facts) -> Reason | None:
    to = theirs.address is not None and theirs.address in mine.links
    back = mine.address is not None and mine.address in theirs.links
    if not to and not back:
        return None
    direction: Direction = "both" if to and back else "to" if to else "from"
    return Reason("link", _MUTUAL_LINK if to and back else _LINK, direction=direction)


def _shared_links(mine: Facts, theirs: Facts, frequencies: Frequencies) -> Reason | None:
    shared = mine.links & theirs.links - {mine.address, theirs.address}
    if not shared:
        return None
    weights = {
        # the front page of a site says little about what was meant by it
        address: _SHARED_LINK
        * frequencies.rarity(frequencies.links.get(address, 2)) ** 2
        * (0.3 if address.count("/") == 3 and address.endswith("/") else 1.0)
        for address in shared
    }
    best = sorted(weights, key=lambda address: (-weights[address], address))[:_MOST_VALUES]
    return Reason("shared_link", _either(weights[address] for address in best), tuple(best))


def _names(mine: Facts, theirs: Facts, frequencies: Frequencies) -> Reason | None:
    weights = {
        key: _NAME
        * frequencies.rarity(frequencies.names.get(key, 2)) ** 2
        * math.sqrt(mine.names[key][0] * theirs.names[key][0])
        for key in mine.names.keys() & theirs.names.keys()
    }
    chosen: list[str] = []
    for key in sorted(weights, key=lambda key: (-weights[key], key)):
        # `text search` beside `full text search` says nothing more
        if len(chosen) < _MOST_VALUES and not any(set(key.split()) & set(other.split()) for other in chosen):
            chosen.append(key)
    if not chosen:
        return None
    return Reason("names", _either(weights[key] for key in chosen), tuple(mine.names[key][1] or key for key in chosen))


def _tags(mine: Facts, theirs: Facts, frequencies: Frequencies) -> Reason | None:
    words = {word for key in mine.names.keys() & theirs.names.keys() for word in key.split()}
    weights = {
        tag: (_TAG if mine.tags[tag] and theirs.tags[tag] else _AUTOMATIC_TAG)
        * frequencies.rarity(frequencies.tags.get(tag, 2))
        for tag in mine.tags.keys() & theirs.tags.keys()
        # an automatic tag is a phrase that may have counted already
        if (mine.tags[tag] and theirs.tags[tag]) or not words & set(key_of(tag).split())
    }
    if not weights:
        return None
    best = sorted(weights, key=lambda tag: (-weights[tag], tag))[:_MOST_VALUES]
    return Reason("tags", _either(weights[tag] for tag in best), tuple(best))


def _site(mine: Facts, theirs: Facts, frequencies: Frequencies) -> Reason | None:
    if mine.site is None or mine.site != theirs.site:
        return None
    return Reason("site", round(_SITE * frequencies.rarity(frequencies.site), 4), (mine.site,))
