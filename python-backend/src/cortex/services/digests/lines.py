"""Lines about items: a sentence of theirs, word for word, and where it stands. Functions of a connection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cortex.db.driver import Connection
from cortex.db.repositories import digest_material, numbered_items
from cortex.domain.chunk import chunk_id
from cortex.domain.connection import Quote
from cortex.domain.digest import DigestCitation, DigestLine
from cortex.domain.item import Item
from cortex.services.digests.quotes import Passage, telling_quote
from cortex.services.extraction.characters import collapse, shorten

_PASSAGES = 8
"""Passages from an item's beginning that may be quoted."""
TITLE = 80
"""Code points of a title within a sentence."""


@dataclass(frozen=True, slots=True)
class Card:
    """An item and the passages that may be quoted."""

    number: int
    item: Item
    passages: tuple[Passage, ...]


def read_cards(connection: Connection, numbers: Sequence[int]) -> dict[int, Card]:
    """The items that exist among these, by short key."""
    passages: dict[int, list[Passage]] = {}
    for row in digest_material.beginnings(connection, numbers, most=_PASSAGES):
        passages.setdefault(row["item_number"], []).append(
            Passage(chunk_id(row["id"]), row["content_version"], row["start"], row["page"], row["text"])
        )
    found = numbered_items.get(connection, numbers)
    return {
        number: Card(number, found[number], tuple(passages.get(number, ()))) for number in numbers if number in found
    }


def citation(card: Card, heading: str = "") -> DigestCitation:
    """The item, with its most telling sentence where it has text. It has no number yet."""
    item = card.item
    found = telling_quote(card.passages, f"{item.title}\n{item.summary_line or ''}\n{item.summary or ''}", heading)
    if found is None:
        return DigestCitation(0, item.id, item.title, item.url, content_version=item.content_version)
    return DigestCitation(
        0,
        item.id,
        item.title,
        item.url,
        found.passage.chunk_id,
        found.text,
        found.start,
        found.end,
        found.passage.page,
        found.passage.content_version,
    )


def citation_of_quote(item: Item, quote: Quote) -> DigestCitation:
    """A quote that was chosen already."""
    return DigestCitation(
        0,
        item.id,
        item.title,
        item.url,
        quote.chunk_id,
        quote.text,
        quote.start,
        quote.end,
        quote.page,
        quote.content_version,
    )


def line(card: Card, reason: str, *others: DigestCitation, heading: str = "") -> DigestLine:
    """The line about an item; `others` are cited for its reason."""
    cited = citation(card, heading)
    return DigestLine(
        text=collapse(cited.quote) if cited.quote else card.item.title,
        reason=reason,
        title=card.item.title,
        citations=(cited, *others),
        item_id=card.item.id,
    )


def named(title: str) -> str:
    """A title within a sentence."""
    return f"“{shorten(collapse(title), TITLE).rstrip('.')}”"
