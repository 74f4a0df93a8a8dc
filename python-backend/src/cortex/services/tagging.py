"""Automatic tags: few, and shared. The library's own words come first; a new word has to earn its place."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import items, processing, vocabulary, written
from cortex.domain.item import Item
from cortex.services.events import EventBus
from cortex.services.phrases import LONGEST, Phrase, is_telling, key_of, phrases_of
from cortex.services.retrieval.words import words_of
from cortex.services.stored_blocks import blocks_from_json
from cortex.services.term_refresh import TermsChanged

MOST_TAGS = 5
"""Tags of an item up to which automatic ones are added."""
_KEPT_PHRASES = 12
_REUSED_FROM = 0.3
"""Salience from which an existing tag fits an item."""
_SHARED_FROM = 0.45
"""Salience that a phrase needs in each of the items that share it."""
_SHARERS = 3
"""Items that share a phrase before it becomes a tag."""
_SALIENT_FROM = 0.75
"""Salience from which a phrase of the title becomes a tag by itself, while the vocabulary is small."""
_SALIENT_COUNT = 3
_MOST_LATE = 50
"""Earlier items that get a new tag along with the one that made it shared."""
_COUNTED_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Budget:
    """How many automatic tags a library may have: it grows with the square root of the library."""

    shared: int
    """In all."""
    single: int
    """Of these, while this many are not reached, a telling phrase of one item suffices."""

    @staticmethod
    def of(item_count: int) -> Budget:
        """24 at least; 50 for a hundred items, 120 for six hundred, 500 for ten thousand."""
        root = math.sqrt(max(item_count, 0))
        return Budget(shared=max(24, round(5 * root)), single=max(12, round(root)))


@dataclass(slots=True)
class Vocabulary:
    """The library's tags by key."""

    names: dict[str, str] = field(default_factory=dict)

    @staticmethod
    def of(names: Iterable[str]) -> Vocabulary:
        """Where two tags have the same key, the older one stands."""
        found: dict[str, str] = {}
        for name in names:
            found.setdefault(key_of(name), name)
        found.pop("", None)
        return Vocabulary(found)


class TagService:
    """Tags items."""

    def __init__(self, database: Database, events: EventBus, terms_changed: TermsChanged):
        self._database = database
        self._events = events
        self._terms_changed = terms_changed
        self._counted: tuple[float, int] = (-_COUNTED_SECONDS, 0)

    async def tag_item(self, item: Item) -> None:
        """Choose the item's automatic tags again. What a person gave or took off stays as it is."""
        content = await self._database.read(lambda connection: items.content(connection, item.id, item.content_version))
        if content is None or content.text is None:
            return
        text, blocks = content.text, blocks_from_json(content.blocks)
        found = await asyncio.to_thread(phrases_of, text, blocks, title=item.title, language=item.language)
        automatic = await self._automatic_count()
        changed, created, late = await self._database.write(lambda connection: _tag(connection, item, found, automatic))
        self._counted = (self._counted[0], self._counted[1] + created)
        if late:
            await self._terms_changed(late)
        if changed:
            self._events.publish("tags.updated", {})

    async def take_proposed(self, item: Item, proposed: Sequence[str]) -> None:
        """Give an item the tags that a model proposed for it, as far as the vocabulary's rules allow.

        Tags that are there already first; a new one has to earn its place like a phrase does. What room they leave
        keeps the automatic tags that the item has.
        """
        changed, created, late = await self._database.write(lambda connection: _take(connection, item, proposed))
        self._counted = (self._counted[0], self._counted[1] + created)
        if changed or late:
            await self._terms_changed([item.id, *late])
            self._events.publish("tags.updated", {})

    async def _automatic_count(self) -> int:
        """How many automatic tags there are; read now and then, for the budget need not be exact."""
        moment, count = self._counted
        if time.monotonic() - moment > _COUNTED_SECONDS:
            count = await self._database.read(vocabulary.automatic_count)
            self._counted = (time.monotonic(), count)
        return count


def _tag(
    connection: Connection, item: Item, found: Mapping[str, Phrase], automatic: int
) -> tuple[bool, int, list[str]]:
    """Tag inside one transaction; gives (changed, new tags made, earlier items that got one of them)."""
    if processing.current(connection, item.id, item.content_version) is None:
        return False, 0, []
    number = items.number_of(connection, item.id)
    telling = sorted((phrase for phrase in found.values() if is_telling(phrase)), key=lambda p: (-p.score, p.key))
    vocabulary.store_phrases(connection, number, {p.key: (p.score, p.name) for p in telling[:_KEPT_PHRASES]})
    by_people, _ = vocabulary.tag_counts(connection, number)
    refused = {key_of(name) for name in vocabulary.refused(connection, number)}
    taken = refused | {key_of(tag.name) for tag in items.get(connection, item.id).tags if tag.by == "user"}
    known = Vocabulary.of(vocabulary.names(connection))
    room = max(0, MOST_TAGS - by_people)

    chosen = reused(known, found, taken, room)
    late: list[str] = []
    created = 0
    budget = Budget.of(vocabulary.item_count(connection))
    if len(chosen) < room and automatic < budget.shared:
        candidates = [p for p in telling[:_KEPT_PHRASES] if p.key not in taken and p.key not in known.names]
        sharers = vocabulary.sharers(connection, [p.key for p in candidates], at_least=_SHARED_FROM)
        for phrase in candidates:
            shared = len(sharers.get(phrase.key, ())) >= _SHARERS
            if len(chosen) >= room or not _earns_its_place(phrase, shared, automatic + created, budget):
                continue
            if any(_overlap(phrase.key, key_of(name)) for name in chosen):
                continue
            chosen.append(phrase.name)
            created += 1
            if shared:
                others = [other for other in sharers[phrase.key] if other[0] != number]
                late += _give_late(connection, phrase.key, phrase.name, others[-_MOST_LATE:])
    changed = vocabulary.set_automatic(connection, number, chosen)
    return changed, created, late


def reused(known: Vocabulary, found: Mapping[str, Phrase], taken: set[str], room: int) -> list[str]:
    """Tags of the vocabulary that fit: their words are telling here, or stand in the title; best first."""
    fitting = [
        (phrase.in_title, phrase.score, name)
        for key, name in known.names.items()
        if key not in taken
        and (phrase := found.get(key)) is not None
        and (phrase.score >= _REUSED_FROM or (phrase.in_title and phrase.count > 1))
    ]
    return [name for _, _, name in sorted(fitting, key=lambda entry: (-entry[1], not entry[0], entry[2]))][:room]


def _earns_its_place(phrase: Phrase, shared: bool, automatic: int, budget: Budget) -> bool:
    """Whether a phrase that is no tag yet becomes one."""
    if shared:
        return phrase.score >= _SHARED_FROM and automatic < budget.shared
    return (
        automatic < budget.single
        and phrase.in_title
        and phrase.score >= _SALIENT_FROM
        and phrase.count >= _SALIENT_COUNT
    )


def _overlap(one: str, other: str) -> bool:
    """Whether one key is part of the other: `web scraper` beside `scraper` says nothing more."""
    return f" {one} " in f" {other} " or f" {other} " in f" {one} "


def _take(connection: Connection, item: Item, proposed: Sequence[str]) -> tuple[bool, int, list[str]]:
    """Take over proposals inside one transaction; gives as `_tag` does."""
    if processing.current(connection, item.id, item.content_version) is None:
        return False, 0, []
    number = items.number_of(connection, item.id)
    carried = items.get(connection, item.id).tags
    by_people = [tag.name for tag in carried if tag.by == "user"]
    taken = {key_of(name) for name in (*vocabulary.refused(connection, number), *by_people)}
    known = Vocabulary.of(vocabulary.names(connection))
    room = max(0, MOST_TAGS - len(by_people))

    chosen: list[str] = []
    new: dict[str, str] = {}
    for said in proposed:
        key = key_of(said)
        if not key or key in taken:
            continue
        if key in known.names:
            chosen += [known.names[key]] if known.names[key] not in chosen else []
        elif (name := _new_name(key, said)) is not None:
            new.setdefault(key, name)
    chosen = chosen[:room]
    written.propose_tags(connection, number, list(new.items()))
    created, late = 0, []
    if len(chosen) < room and new:
        budget = Budget.of(vocabulary.item_count(connection))
        automatic = vocabulary.automatic_count(connection)
        sharers = _sharers_of(connection, list(new))
        for key, name in new.items():
            others = [other for other in sharers[key] if other[0] != number]
            shared = len(others) + 1 >= _SHARERS
            if len(chosen) >= room or automatic + created >= (budget.shared if shared else budget.single):
                continue
            if any(_overlap(key, key_of(other)) for other in (*chosen, *by_people)):
                continue
            chosen.append(name)
            created += 1
            if shared:
                late += _give_late(connection, key, name, others[-_MOST_LATE:])
    for tag in carried:
        if tag.by == "auto" and tag.name not in chosen and len(chosen) < room:
            chosen.append(tag.name)
    return vocabulary.set_automatic(connection, number, chosen), created, late


def _new_name(key: str, said: str) -> str | None:
    """The form in which a model's word becomes a tag; None when it says too much or too little for one."""
    name = " ".join(word for word, _, _ in words_of(said.lower()))
    if key.count(" ") >= LONGEST or not is_telling(Phrase(key, name, 1, 1.0, in_title=True)):
        return None
    return name


def _sharers_of(connection: Connection, keys: Sequence[str]) -> dict[str, list[tuple[int, str]]]:
    """By tag, the live items (number, id) for which it was proposed or that have it as a telling phrase."""
    found: dict[str, dict[int, str]] = {key: {} for key in keys}
    for sharers in (
        written.proposers(connection, keys),
        vocabulary.sharers(connection, keys, at_least=_SHARED_FROM),
    ):
        for key, several in sharers.items():
            found[key].update(several)
    return {key: sorted(several.items()) for key, several in found.items()}


def _give_late(connection: Connection, key: str, name: str, others: Sequence[tuple[int, str]]) -> list[str]:
    """Give a tag that has just been made to the earlier items that share its phrase; gives their ids."""
    given: list[str] = []
    for number, item_id in others:
        by_people, automatic = vocabulary.tag_counts(connection, number)
        refused = {key_of(name) for name in vocabulary.refused(connection, number)}
        if by_people + automatic < MOST_TAGS and key not in refused:
            items.add_tag(connection, number, name, "auto")
            given.append(item_id)
    return given
