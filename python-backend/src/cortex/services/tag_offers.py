"""Which of the library's tags a model is offered for an item: the most fitting ones, few enough to be read."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import connections, items, vocabulary
from cortex.db.repositories.vocabulary import TagUse
from cortex.domain.item import Item, ItemContent
from cortex.services.phrases import Phrase, key_of, phrases_of
from cortex.services.stored_blocks import blocks_from_json

MOST_OFFERED = 40
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class TagOffers:
    """Tags, most fitting first."""

    here: tuple[str, ...]
    """For a model on this machine."""
    elsewhere: tuple[str, ...]
    """For any other: without what only items have that must not leave."""


async def tag_offers(database: Database, item: Item, content: ItemContent) -> TagOffers:
    """The tags that fit an item best: those whose words it has, those of items it is connected with, frequent ones."""
    text, blocks = content.text or "", blocks_from_json(content.blocks)
    found = await asyncio.to_thread(phrases_of, text, blocks, title=item.title, language=item.language)
    uses, near, refused = await database.read(lambda connection: _read(connection, item.id))
    taken = {key_of(name) for name in refused} | {key_of(tag.name) for tag in item.tags if tag.by == "user"}
    ranked = sorted(
        (use for use in uses if key_of(use.name) not in taken and len(use.name) <= _LONGEST),
        key=lambda use: (-_fit(use, found, near), use.name),
    )
    return TagOffers(
        tuple(use.name for use in ranked[:MOST_OFFERED]),
        tuple(use.name for use in ranked if use.open_items)[:MOST_OFFERED],
    )


def _read(connection: Connection, item_id: str) -> tuple[list[TagUse], dict[str, float], set[str]]:
    """All tags with their use; how strongly the item's neighbours carry them; those that were taken off it."""
    number = items.number_of(connection, item_id)
    edges = {edge.other: edge.score for edge in connections.of_item(connection, number)}
    near: dict[str, float] = {}
    for other, name in vocabulary.carried(connection, list(edges)):
        near[name] = near.get(name, 0.0) + edges[other]
    return vocabulary.uses(connection), near, vocabulary.refused(connection, number)


def _fit(use: TagUse, found: Mapping[str, Phrase], near: Mapping[str, float]) -> float:
    phrase = found.get(key_of(use.name))
    return (2.0 + phrase.score if phrase else 0.0) + near.get(use.name, 0.0) + 0.1 * math.log1p(use.items)
