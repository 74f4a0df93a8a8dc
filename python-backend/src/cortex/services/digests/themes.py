"""New items in groups that belong together: by what they share, else by how close they are. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cortex.db.repositories.connection_facts import StoredFacts
from cortex.domain.connection import Edge
from cortex.services.phrases import key_of

ALONE = "Also saved"
"""The heading of items that belong with no other new one."""
ALL = "New"
"""Their heading where there is no other theme."""
_TAG, _AUTOMATIC_TAG, _NAME = 1.0, 0.7, 0.6
_TOO_MANY = 0.8
"""A label that more than this share of many new items has tells them not apart."""
_MANY = 6
_LONGEST_HEADING = 60


@dataclass(slots=True)
class Theme:
    """Items, by their short keys, under what they share."""

    heading: str
    items: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Label:
    name: str
    weight: float
    items: frozenset[int]


def themes_of(
    items: Sequence[int],
    facts: Mapping[int, StoredFacts],
    edges: Iterable[Edge],
    rarity: Callable[[str, str], float],
) -> list[Theme]:
    """The themes of these items (each item in one of them), the largest first, those that stand alone last.

    `rarity` tells of a `tag` or `name` how far it tells items of the library apart: 0–1. The label that covers most of
    what is left, weighed by how telling it is, makes the next theme. What shares no label joins what it is closest to.
    """
    left = dict.fromkeys(items)
    labels = _labels(items, facts, rarity)
    themes: list[Theme] = []
    while labels:
        best = max(labels, key=lambda label: (_worth(label, left), label.name))
        covered = [item for item in left if item in best.items]
        if len(covered) < 2 or _worth(best, left) <= 0:
            break
        themes.append(Theme(best.name, covered))
        for item in covered:
            del left[item]
        labels = [label for label in labels if label is not best]
    themes = _joined(themes, left, list(edges))
    order = {item: place for place, item in enumerate(items)}
    for theme in themes:
        theme.items.sort(key=order.__getitem__)
    themes.sort(key=lambda theme: (theme.heading == ALONE, -len(theme.items), theme.heading))
    return themes


def _labels(
    items: Sequence[int], facts: Mapping[int, StoredFacts], rarity: Callable[[str, str], float]
) -> list[_Label]:
    having: dict[tuple[str, str], set[int]] = defaultdict(set)
    weights: dict[tuple[str, str], float] = defaultdict(float)
    written: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for item in items:
        known = facts.get(item)
        if known is None:
            continue
        for tag, by_user in known.tags.items():
            # a tag and a phrase of the same stems are one label
            key = ("tag", key_of(tag) or tag)
            having[key].add(item)
            weights[key] += _TAG if by_user else _AUTOMATIC_TAG
            written[key][tag] += 1
        for phrase, (salience, name) in known.names.items():
            key = ("name", phrase)
            having[key].add(item)
            weights[key] += _NAME * salience
            written[key][name or phrase] += 1
    found = []
    most = len(items) * _TOO_MANY if len(items) >= _MANY else len(items)
    for key, ones in having.items():
        if len(ones) < 2 or len(ones) > most:
            continue
        name = min(written[key], key=lambda name: (-written[key][name], name))
        weight = weights[key] / len(ones) * rarity(key[0], name if key[0] == "tag" else key[1])
        if weight > 0 and len(name) <= _LONGEST_HEADING:
            found.append(_Label(name, weight, frozenset(ones)))
    return found


def _worth(label: _Label, left: Mapping[int, None]) -> float:
    covered = sum(item in left for item in label.items)
    return label.weight * (covered - 1)


def _joined(themes: list[Theme], left: Mapping[int, None], edges: list[Edge]) -> list[Theme]:
    """Items without a label join the theme of the item that they are closest to, or make one with it."""
    place = {item: theme for theme in themes for item in theme.items}
    waiting = dict(left)
    for edge in sorted(edges, key=lambda edge: (-edge.score, edge.item, edge.other)):
        for item, other in ((edge.item, edge.other), (edge.other, edge.item)):
            if item not in waiting:
                continue
            if other in waiting:
                theme = Theme(_subject(edge))
                themes.append(theme)
                for one in (item, other):
                    theme.items.append(one)
                    place[one] = theme
                    del waiting[one]
            elif other in place:
                place[other].items.append(item)
                place[item] = place[other]
                del waiting[item]
    if waiting:
        themes.append(Theme(ALONE if themes else ALL, list(waiting)))
    return themes


def _subject(edge: Edge) -> str:
    """What two items that are close have in common, in a few words."""
    for kind in ("names", "tags"):
        for reason in edge.reasons:
            if reason.type == kind and reason.values:
                return reason.values[0][:_LONGEST_HEADING]
    return "Close to each other"
