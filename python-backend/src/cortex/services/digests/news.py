"""What is new, by theme, and what it belongs with in the rest of the library. Functions of a connection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain

from cortex.db.driver import Connection
from cortex.db.repositories import connection_facts, connections, digest_material, vocabulary
from cortex.db.repositories.connection_facts import StoredFacts
from cortex.domain.connection import Edge
from cortex.domain.digest import Digest, DigestLine, DigestTheme
from cortex.domain.item import Item
from cortex.services.connection_scoring import Frequencies
from cortex.services.digests.days import Days
from cortex.services.digests.lines import Card, citation, citation_of_quote, line, read_cards
from cortex.services.digests.themes import ALONE, Theme, themes_of
from cortex.services.related_items import describe

MOST_NEW = 300
"""New items that are sorted into themes; of more, the newest."""
_THEMES = 7
_LINES = 5
_CONNECTED = 5
_ASKED = 60
"""New items whose connections are looked at."""


def new_by_theme(connection: Connection, digest: Digest, new: Sequence[int], days: Days) -> tuple[DigestTheme, ...]:
    """The new items in themes, with a line for each of the first few of every theme."""
    facts = connection_facts.of_items(connection, new)
    edges = connections.among(connection, new, 0.0)
    themes = themes_of(new, facts, edges, _Rarity(connection, facts))
    shown = _shortened(themes)
    cards = read_cards(connection, [item for theme in shown for item in theme.items[:_LINES]])
    return tuple(_theme(theme, cards, facts, digest, days) for theme in shown)


def connected(
    connection: Connection, digest: Digest, new: Sequence[int], *, without: set[str]
) -> tuple[DigestLine, ...]:
    """The older items that new ones belong with most; each older and each new item once."""
    best: list[Edge] = []
    for number in new[:_ASKED]:
        best += connections.of_item(connection, number)
    saved = digest_material.created(connection, [edge.other for edge in best])
    fresh = set(new)
    older = [edge for edge in best if edge.other not in fresh and saved.get(edge.other, "~") <= digest.since]
    chosen: list[Edge] = []
    used: set[int] = set()
    for edge in sorted(older, key=lambda edge: (-edge.score, edge.item, edge.other)):
        if edge.item not in used and edge.other not in used:
            used.update((edge.item, edge.other))
            chosen.append(edge)
    lines: list[DigestLine] = []
    cards = read_cards(connection, [number for edge in chosen for number in (edge.item, edge.other)])
    for edge, item, other, related in describe(connection, chosen):
        if other.id in without or len(lines) == _CONNECTED:
            continue
        if related.passages:
            cited = (citation_of_quote(item, related.passages[0]), citation_of_quote(other, related.passages[1]))
        else:
            cited = (citation(cards[edge.item]), citation(cards[edge.other]))
        why = "; ".join(reason.detail for reason in related.reasons)
        lines.append(
            DigestLine(
                text=related.reason,
                reason=f"{why[:1].upper()}{why[1:]}.",
                title=other.title,
                citations=(cited[1], cited[0]),
                item_id=other.id,
            )
        )
    return tuple(lines)


class _Rarity:
    """How far a tag or name of these items tells items of the library apart."""

    def __init__(self, connection: Connection, facts: dict[int, StoredFacts]):
        self._frequencies = Frequencies(vocabulary.item_count(connection))
        tags = {tag for one in facts.values() for tag in one.tags}
        # only what two of them have can make a theme
        names = {name for name, count in Counter(chain(*(one.names for one in facts.values()))).items() if count > 1}
        self._counts = {("tag", tag): count for tag, count in connection_facts.tag_counts(connection, tags).items()}
        self._counts |= {
            ("name", name): count for name, count in connection_facts.name_counts(connection, names).items()
        }

    def __call__(self, kind: str, key: str) -> float:
        return self._frequencies.rarity(self._counts.get((kind, key), 2))


def _shortened(themes: list[Theme]) -> list[Theme]:
    """At most so many themes; what is over goes to the items that stand alone."""
    if len(themes) <= _THEMES:
        return themes
    alone = next((theme for theme in themes if theme.heading == ALONE), Theme(ALONE))
    named = [theme for theme in themes if theme is not alone]
    rest = [item for theme in named[_THEMES - 1 :] for item in theme.items]
    return [*named[: _THEMES - 1], Theme(ALONE, [*rest, *alone.items])]


def _theme(
    theme: Theme, cards: dict[int, Card], facts: dict[int, StoredFacts], digest: Digest, days: Days
) -> DigestTheme:
    shown = [item for item in theme.items[:_LINES] if item in cards]
    return DigestTheme(
        heading=theme.heading,
        lines=tuple(
            line(cards[item], _reason(cards[item].item, facts.get(item), digest, days), heading=theme.heading)
            for item in shown
        ),
        more=len(theme.items) - len(shown),
    )


def _reason(item: Item, facts: StoredFacts | None, digest: Digest, days: Days) -> str:
    said = f"Saved on {days.in_words(item.created_at, digest.until)}"
    if item.created_at <= digest.since:
        said += ", and read by Cortex only now"
    tags = [tag.name for tag in item.tags][:3]
    if tags:
        return f"{said}; tagged {', '.join(tags)}."
    return f"{said} from {facts.site}." if facts is not None and facts.site else f"{said}."
