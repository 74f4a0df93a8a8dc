"""Connections as they are shown: what an item belongs with, and the graph of the library."""

from __future__ import annotations

from collections.abc import Sequence

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import chunks, connections, items, numbered_items
from cortex.db.repositories.chunks import FoundChunk
from cortex.domain.connection import Edge, Graph, GraphEdge, GraphNode, Quote, Related
from cortex.domain.item import Item
from cortex.services.connection_words import in_words, sentence, telling_span, written_as

MOST_NODES = 1500


class RelatedItems:
    """Reads connections."""

    def __init__(self, database: Database):
        self._database = database

    async def of_item(self, item_id: str, *, limit: int) -> tuple[list[Related], int]:
        """The `limit` items that this one belongs with most, and how many there are. Raises ItemNotFoundError."""
        return await self._database.read(lambda raw: _of_item(raw, item_id, limit))

    async def graph(self, focus: str | None, *, limit: int, min_score: float) -> Graph:
        """Up to `limit` items and the edges of at least `min_score` between them.

        Around `focus` where it is given, nearest first, strongest first; else the best connected ones. The trash is
        left out, also as a focus. Raises ItemNotFoundError.
        """
        return await self._database.read(lambda raw: _graph(raw, focus, limit, min_score))


def _of_item(connection: Connection, item_id: str, limit: int) -> tuple[list[Related], int]:
    number = items.number_of(connection, item_id)
    edges = connections.of_item(connection, number)
    return [related for *_, related in describe(connection, edges[:limit])], len(edges)


def describe(connection: Connection, edges: Sequence[Edge]) -> list[tuple[Edge, Item, Item, Related]]:
    """Edges with their two items and the words for them, in the order given."""
    found = numbered_items.get(connection, [number for edge in edges for number in (edge.item, edge.other)])
    wanted = [chunk for edge in edges for chunk in _passages(edge) or ()]
    passages = {chunk.number: chunk for chunk in chunks.get_many(connection, wanted)}
    return [
        (edge, found[edge.item], found[edge.other], _related(edge, found[edge.item], found[edge.other], passages))
        for edge in edges
    ]


def _passages(edge: Edge) -> tuple[int, int] | None:
    return next((reason.passages for reason in edge.reasons if reason.passages is not None), None)


def _related(edge: Edge, item: Item, other: Item, found: dict[int, FoundChunk]) -> Related:
    pair = _passages(edge)
    quotes: tuple[Quote, ...] = ()
    if pair is not None and pair[0] in found and pair[1] in found:
        mine, theirs = found[pair[0]], found[pair[1]]
        quotes = _quote(mine, theirs.chunk.text), _quote(theirs, mine.chunk.text)
    edge = _as_written(edge, item.title, other.title, *(quote.text for quote in quotes))
    return Related(
        other.id,
        other.title,
        other.kind,
        other.url,
        edge.score,
        sentence(edge, item.title, other.title, (quotes[0].text, quotes[1].text) if quotes else None),
        tuple(in_words(reason) for reason in edge.reasons),
        quotes,
    )


def _quote(found: FoundChunk, other: str) -> Quote:
    chunk = found.chunk
    start, end = telling_span(chunk.text, other)
    return Quote(
        chunk.item_id,
        chunk.id,
        chunk.content_version,
        chunk.start + start,
        chunk.start + end,
        chunk.page,
        chunk.text[start:end],
    )


def _as_written(edge: Edge, *texts: str) -> Edge:
    """The edge with its names as the texts write them."""
    reasons = tuple(
        reason.with_values(tuple(written_as(value, *texts) for value in reason.values))
        if reason.type == "names"
        else reason
        for reason in edge.reasons
    )
    return Edge(edge.item, edge.other, edge.score, reasons)


def _graph(connection: Connection, focus: str | None, limit: int, min_score: float) -> Graph:
    if focus is None:
        numbers = connections.best_connected(connection, min_score, limit=limit)
    else:
        numbers = _around(connection, items.number_of(connection, focus), limit, min_score)
    edges = connections.among(connection, numbers, min_score)
    found = numbered_items.get(connection, numbers)
    degrees = dict.fromkeys(numbers, 0)
    for edge in edges:
        degrees[edge.item] += 1
        degrees[edge.other] += 1
    return Graph(
        tuple(GraphNode(found[one].id, found[one].title, found[one].kind, degrees[one]) for one in numbers),
        tuple(_graph_edge(edge, found[edge.item], found[edge.other]) for edge in edges),
    )


def _graph_edge(edge: Edge, item: Item, other: Item) -> GraphEdge:
    edge = _as_written(edge, item.title, other.title)
    return GraphEdge(item.id, other.id, edge.score, sentence(edge, item.title, other.title))


def _around(connection: Connection, focus: int, limit: int, min_score: float) -> list[int]:
    """The focus, its neighbours, theirs …, until there are enough."""
    ring = [focus] if connections.is_live(connection, focus) else []
    known = dict.fromkeys(ring)
    while ring and len(known) < limit:
        ring = [one for one in connections.neighbours(connection, ring, min_score) if one not in known]
        known.update(dict.fromkeys(ring[: limit - len(known)]))
    return list(known)
