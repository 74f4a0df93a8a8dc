"""Finds what an item belongs with, when it arrives and when it has changed: against the library, both ways."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cortex.db import vector_index
from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import connection_facts, connections, embedding_spaces, items, processing, vocabulary
from cortex.db.repositories.connection_facts import StoredFacts
from cortex.db.search_index import all_but
from cortex.domain.chunk import item_number_of
from cortex.domain.connection import Edge
from cortex.exceptions import ItemNotFoundError
from cortex.services.connection_scoring import RECIPE, THRESHOLD, Facts, Frequencies, likeness, score_pair
from cortex.services.embedding_vectors import unpack
from cortex.services.page_links import links_of

_ASKED_PASSAGES = 8
"""Passages of an item, evenly spread, whose nearest neighbours are looked for."""
_NEAREST = 200
_CANDIDATES = 40
"""Items compared because of their passages, and as many because of what they share."""
_COMPARED_PASSAGES = 48
"""Passages of one item that are compared with another's; a book's are sampled."""
_COMMON_FROM = 200
"""Items that share a link, name or tag from which it brings no candidates: it is too common to tell."""
_BATCH = 50


@dataclass(frozen=True, slots=True)
class _Gathered:
    """An item, those it may belong with, and all that their edges are made from."""

    number: int
    version: int
    space: int
    links: frozenset[str]
    facts: Mapping[int, StoredFacts]
    frequencies: Frequencies
    passages: Mapping[int, Sequence[int]]
    vectors: Mapping[int, bytes]


class ConnectionService:
    """Keeps the edges of items."""

    def __init__(self, database: Database):
        self._database = database

    async def connect_item(self, item_id: str) -> int:
        """Make the edges of one item again, in its own list and in the others'; gives how many its list holds.

        Works with the vectors there are, else by links, names and tags alone. Twice gives the same. Raises
        ItemNotFoundError.
        """
        content = await self._database.read(lambda raw: items.content(raw, item_id))
        own = (await self._database.read(lambda raw: items.get(raw, item_id))).canonical_url
        links: frozenset[str] = frozenset()
        if content is not None:
            links = await asyncio.to_thread(links_of, content.html, content.text, own=own)
        version = content.version if content is not None else 0
        gathered = await self._database.read(lambda raw: _gather(raw, item_id, version, links))
        edges = await asyncio.to_thread(_edges, gathered)
        return await self._database.write(lambda raw: _store(raw, item_id, gathered, edges))

    async def connect_outdated(self, item_id: str | None = None) -> int:
        """Connect every item (or this one, if it needs it) that has no up-to-date edges; gives how many that were.

        What was done stays done when it is interrupted, and the next call goes on with the rest.
        """
        done, last = 0, 0
        while True:
            batch = await self._database.read(
                lambda raw, after=last: _outdated(raw, after, item_id)  # type: ignore[misc] # bound per turn
            )
            for _, found in batch:
                with contextlib.suppress(ItemNotFoundError):  # deleted meanwhile
                    await self.connect_item(found)
            done += len(batch)
            if len(batch) < _BATCH:
                return done
            last = batch[-1][0]


def _outdated(connection: Connection, after: int, item_id: str | None) -> list[tuple[int, str]]:
    space = embedding_spaces.base(connection)
    return connections.outdated(
        connection, space.id if space else None, RECIPE, after=after, item_id=item_id, limit=_BATCH
    )


def _gather(connection: Connection, item_id: str, version: int, links: frozenset[str]) -> _Gathered:
    number = items.number_of(connection, item_id)
    mine = connection_facts.of_items(connection, [number]).get(number) or StoredFacts(number, None, None)
    mine.links = set(links)
    frequencies = Frequencies(
        items=vocabulary.item_count(connection),
        links=connection_facts.link_counts(connection, links),
        names=connection_facts.name_counts(connection, mine.names),
        tags=connection_facts.tag_counts(connection, mine.tags),
        site=connection_facts.site_count(connection, mine.site),
    )
    space = embedding_spaces.base(connection)
    near = _nearest(connection, space.id, number) if space is not None else []
    candidates = list(
        dict.fromkeys(
            [
                *connection_facts.linked(connection, mine, _rare(frequencies.links), limit=_CANDIDATES),
                *connection_facts.sharing(
                    connection, mine, _rare(frequencies.names), _rare(frequencies.tags), limit=_CANDIDATES
                ),
                *near,
            ]
        )
    )
    passages: dict[int, list[int]] = {}
    vectors: dict[int, bytes] = {}
    if space is not None:
        passages = connection_facts.passage_numbers(
            connection, space.id, [number, *candidates], most=_COMPARED_PASSAGES
        )
        vectors = vector_index.fetch(connection, space.id, [one for chunks in passages.values() for one in chunks])
    facts = connection_facts.of_items(connection, candidates) | {number: mine}
    return _Gathered(
        number, version, space.id if space and number in passages else 0, links, facts, frequencies, passages, vectors
    )


def _rare(counts: Mapping[str, int]) -> list[str]:
    return [value for value, count in counts.items() if count < _COMMON_FROM]


def _nearest(connection: Connection, space: int, number: int) -> list[int]:
    """The items whose passages come nearest to this one's."""
    own = connection_facts.passage_numbers(connection, space, [number], most=_ASKED_PASSAGES).get(number, [])
    others = all_but(number)
    best: dict[int, float] = {}
    for query in vector_index.fetch(connection, space, own).values():
        hits = vector_index.nearest(connection, space, query, others, limit=_NEAREST)
        if hits:
            cosines = unpack([vector for _, vector in hits]) @ unpack([query])[0]
            for (chunk, _), cosine in zip(hits, cosines.tolist(), strict=True):
                item = item_number_of(chunk)
                best[item] = max(best.get(item, -1.0), cosine)
    return sorted(best, key=lambda item: (-best[item], item))[:_CANDIDATES]


def _edges(gathered: _Gathered) -> list[Edge]:
    """The edges to all candidates that are strong enough."""
    facts = {number: _facts(stored) for number, stored in gathered.facts.items()}
    mine = facts.pop(gathered.number)
    own_passages = gathered.passages.get(gathered.number, ())
    own = unpack([gathered.vectors[one] for one in own_passages]) if own_passages else None
    edges: list[Edge] = []
    for number, theirs in facts.items():
        chunks = gathered.passages.get(number, ())
        cosine, pair = None, None
        if own is not None and chunks:
            alike = likeness(own, unpack([gathered.vectors[one] for one in chunks]))
            cosine, pair = alike.cosine, (own_passages[alike.best[0]], chunks[alike.best[1]])
        edge = score_pair(mine, theirs, gathered.frequencies, cosine, pair)
        if edge.score >= THRESHOLD:
            edges.append(edge)
    return edges


def _facts(stored: StoredFacts) -> Facts:
    return Facts(stored.number, stored.address, stored.site, frozenset(stored.links), stored.names, stored.tags)


def _store(connection: Connection, item_id: str, gathered: _Gathered, edges: Iterable[Edge]) -> int:
    """Store links, edges and the mark; nothing when the item is newer, trashed or gone: then it is done again."""
    item = processing.current(connection, item_id, gathered.version)
    if item is None:
        return 0
    connection_facts.replace_links(connection, gathered.number, gathered.links)
    edges = list(edges)
    live = connection_facts.of_items(connection, [edge.other for edge in edges])
    connections.store(connection, gathered.number, [edge for edge in edges if edge.other in live])
    connections.mark(connection, gathered.number, gathered.version, gathered.space, RECIPE)
    return connections.count(connection, gathered.number)
