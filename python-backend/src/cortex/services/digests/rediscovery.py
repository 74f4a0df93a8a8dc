"""What is worth another look and what to read next, by what the owner does with items. Functions of a connection."""

from __future__ import annotations

from collections.abc import Sequence

from cortex.db.driver import Connection
from cortex.db.repositories import connection_facts, connections, digest_material, interests, numbered_items
from cortex.domain.connection import Edge
from cortex.domain.digest import Digest, DigestLine
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
    """Old items that belong with what is new or was read lately (`seeds`), and that took no turn for weeks."""
    new, read = seeds[0][:_SEEDS], seeds[1][:_SEEDS]
    best: dict[int, Edge] = {}
    for number in dict.fromkeys([*new, *read]):
        for edge in connections.of_item(connection, number):
            if edge.other not in best or edge.score > best[edge.other].score:
                best[edge.other] = edge
    ordered = sorted(best, key=lambda number: (-best[number].score, number))
    found = digest_material.forgotten(
        connection,
        ordered,
        before=days.before(digest.until, days=FORGOTTEN_DAYS),
        shown_before=days.before(digest.until, days=ROTATE_DAYS),
        limit=_CONSIDERED,
    )
    facts = connection_facts.of_items(connection, found)
    scores = {
        number: best[number].score * (1.0 + known.appeal(facts[number]).score) for number in found if number in facts
    }
    ranked = sorted(scores, key=lambda number: (-scores[number], number))
    cards = read_cards(connection, [*ranked, *(best[number].item for number in ranked)])
    opened = digest_material.last_read(connection, list(cards))
    lines: list[DigestLine] = []
    for number in ranked:
        card, beside = cards[number], cards[best[number].item]
        if card.item.id in without or len(lines) == _FORGOTTEN:
            continue
        did = "saved" if best[number].item in new else "read"
        when = beside.item.created_at if did == "saved" else opened.get(best[number].item)
        reason = (
            f"{_untouched(card, opened.get(number), digest, days)} It belongs with {named(beside.item.title)}, "
            f"{did} on {days.in_words(when or digest.until, digest.until)}: "
            f"{_lower(sentence(best[number], beside.item.title, card.item.title))}"
        )
        lines.append(line(card, reason, citation(beside)))
    return tuple(lines)


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
    return f"{saved}, last read on {days.in_words(opened, digest.until)}."


def _lower(said: str) -> str:
    """A sentence behind a colon; quotation marks and names stay as they are."""
    return said[:1].lower() + said[1:] if said.startswith(("Both ", "They ")) else said
