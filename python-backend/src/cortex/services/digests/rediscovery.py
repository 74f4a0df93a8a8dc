"""What is worth another look and what to read next, by what the owner does with items. Functions of a connection."""

from __future__ import annotations

from collections.abc import Sequence

from cortex.db.driver import Connection
from cortex.db.repositories import (
    connection_facts,
    connections,
    digest_material,
    interests,
    numbered_items,
    vocabulary,
)
from cortex.db.repositories.connection_facts import StoredFacts
from cortex.domain.connection import Edge
from cortex.domain.digest import Digest, DigestLine
from cortex.services.connection_scoring import Facts, Frequencies, score_pair
from cortex.services.connection_words import sentence
from cortex.services.digests.days import Days
from cortex.services.digests.interests import Appeal, Interests, learn, wanted_counts
from cortex.services.digests.lines import Card, citation, line, named, read_cards

FORGOTTEN_DAYS = 21
"""Not saved, read or marked for so long."""
ROTATE_DAYS = 28
"""What was shown as forgotten rests for so long before it may be shown again."""
LATELY_DAYS = 7
_FORGOTTEN = 3
_UNREAD = 7
_SEEDS = 40
"""New items, and as many that were read lately, to which the forgotten must belong."""
_CONSIDERED = 200
_ENGAGED = 1000
_TRAITS = 12
_SHARING_SEEDS, _SHARING_OLD = 20, 60
"""New or lately read items, and old ones, that are compared by what they share."""
_COMMON_FROM = 1000
"""Items with a tag from which it says nothing that two of them share it."""
_SHARED_TAGS = 40
_BEGUN = 0.05


def learned(connection: Connection) -> Interests:
    """What the owner is interested in now."""
    engagements = interests.engagements(connection, limit=_ENGAGED)
    facts = connection_facts.of_items(connection, [one.number for one in engagements])
    tags, names, sites = wanted_counts(engagements, facts)
    return learn(engagements, facts, interests.saved_with(connection, tags, names, sites))


def forgotten(
    connection: Connection,
    digest: Digest,
    seeds: tuple[Sequence[int], Sequence[int]],
    known: Interests,
    days: Days,
    *,
    without: set[str],
) -> tuple[DigestLine, ...]:
    """Old items that belong with what is new or was read lately (`seeds`), and that took no turn for weeks.

    Those that are connected come first, then those that share the most.
    """
    new, read = seeds[0][:_SEEDS], seeds[1][:_SEEDS]
    found: dict[int, Edge] = {}
    for look in (_connected, _sharing):
        if len(found) < _FORGOTTEN:
            best = look(connection, list(dict.fromkeys([*new, *read])), days.before(digest.until, days=FORGOTTEN_DAYS))
            for number in _rested(connection, digest, best, known, days, without=without):
                found.setdefault(number, best[number])
    shown = list(found)[:_FORGOTTEN]
    cards = read_cards(connection, [*shown, *(found[number].item for number in shown)])
    opened = digest_material.last_read(connection, list(cards))
    lines: list[DigestLine] = []
    for number in shown:
        card, beside = cards[number], cards[found[number].item]
        is_new = beside.number in new
        when = beside.item.created_at if is_new else opened.get(beside.number, digest.until)
        reason = (
            f"{_untouched(card, opened.get(number), digest, days)} It belongs with {named(beside.item.title)}, "
            f"{'saved' if is_new else 'read'} on {days.in_words(when, digest.until)}: "
            f"{_lower(sentence(found[number], beside.item.title, card.item.title))}"
        )
        lines.append(line(card, reason, citation(beside)))
    return tuple(lines)


def _connected(connection: Connection, seeds: Sequence[int], _: str) -> dict[int, Edge]:
    """The strongest edge from one of the seeds to each item that is connected with one."""
    best: dict[int, Edge] = {}
    for number in seeds:
        for edge in connections.of_item(connection, number):
            if edge.other not in best or edge.score > best[edge.other].score:
                best[edge.other] = edge
    return best


def _sharing(connection: Connection, seeds: Sequence[int], before: str) -> dict[int, Edge]:
    """What old items have in common with the seed that they share most with; too little to be connected."""
    mine = connection_facts.of_items(connection, seeds[:_SHARING_SEEDS])
    counts = connection_facts.tag_counts(connection, {tag for one in mine.values() for tag in one.tags})
    rare = sorted((tag for tag, count in counts.items() if count < _COMMON_FROM), key=lambda tag: (counts[tag], tag))
    old = digest_material.sharing_tags(connection, rare[:_SHARED_TAGS], before=before, limit=_SHARING_OLD)
    theirs = connection_facts.of_items(connection, old)
    names = {name for one in mine.values() for name in one.names}
    names &= {name for one in theirs.values() for name in one.names}
    frequencies = Frequencies(
        vocabulary.item_count(connection),
        names=connection_facts.name_counts(connection, names),
        tags=counts,
        site=_COMMON_FROM,
    )
    best: dict[int, Edge] = {}
    for number, other in theirs.items():
        edges = [score_pair(_facts(one), _facts(other), frequencies, None, None) for one in mine.values()]
        edge = max(edges, key=lambda edge: (edge.score, -edge.item), default=None)
        if edge is not None and edge.reasons:
            best[number] = edge
    return best


def _facts(stored: StoredFacts) -> Facts:
    return Facts(stored.number, stored.address, stored.site, frozenset(stored.links), stored.names, stored.tags)


def _rested(
    connection: Connection, digest: Digest, best: dict[int, Edge], known: Interests, days: Days, *, without: set[str]
) -> list[int]:
    """Those of these items that were forgotten and not shown for weeks, best first: by how strongly they belong with
    what is new or read, and by what the owner is interested in."""
    found = digest_material.forgotten(
        connection,
        sorted(best, key=lambda number: (-best[number].score, number)),
        before=days.before(digest.until, days=FORGOTTEN_DAYS),
        shown_before=days.before(digest.until, days=ROTATE_DAYS),
        connected_before=days.before(digest.until, days=LATELY_DAYS),
        limit=_CONSIDERED,
    )
    facts = connection_facts.of_items(connection, found)
    scores = {number: best[number].score * (1.0 + known.appeal(facts[number]).score) for number in facts}
    ids = {number: item.id for number, item in numbered_items.get(connection, list(scores)).items()}
    ranked = sorted(scores, key=lambda number: (-scores[number], number))
    return [number for number in ranked if ids.get(number, "") not in without]


def unread(
    connection: Connection, digest: Digest, new: Sequence[int], known: Interests, days: Days, *, without: set[str]
) -> tuple[DigestLine, ...]:
    """What to read next: unread items, those first that are most like what the owner reads."""
    found = digest_material.unread(
        connection,
        until=digest.until,
        tags=known.names("tag", _TRAITS),
        sites=known.names("site", _TRAITS),
        limit=_CONSIDERED,
    )
    fresh = set(new)
    facts = connection_facts.of_items(connection, [number for number in found if number not in fresh])
    appeals = {number: known.appeal(one) for number, one in facts.items()}
    ranked = sorted(appeals, key=lambda number: (-appeals[number].score, -number))
    ids = {number: item.id for number, item in numbered_items.get(connection, ranked).items()}
    ranked = [number for number in ranked if ids.get(number, "") not in without][:_UNREAD]
    cards = read_cards(connection, ranked)
    return tuple(_unread_line(cards[number], appeals[number], digest, days) for number in ranked)


def _unread_line(card: Card, appeal: Appeal, digest: Digest, days: Days) -> DigestLine:
    item = card.item
    if item.read_progress < _BEGUN:
        return line(
            card, appeal.reason(f"Unread since you saved it on {days.in_words(item.created_at, digest.until)}.")
        )
    begun = f"You stopped at {item.read_progress:.0%} of it."
    return line(card, f"{appeal.reason(begun)} {begun}" if appeal.because else appeal.reason(begun))


def _untouched(card: Card, opened: str | None, digest: Digest, days: Days) -> str:
    saved = f"Saved on {days.in_words(card.item.created_at, digest.until)}"
    if opened is None:
        return f"{saved} and not opened since."
    if days.day(opened) == days.day(card.item.created_at):
        return f"Saved and read on {days.in_words(opened, digest.until)}, and not since."
    return f"{saved}, last read on {days.in_words(opened, digest.until)}."


def _lower(said: str) -> str:
    """A sentence behind a colon; quotation marks and names stay as they are."""
    return said[:1].lower() + said[1:] if said.startswith(("Both ", "They ")) else said
