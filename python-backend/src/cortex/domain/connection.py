"""Connections: which items belong together, how strongly, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from cortex.domain.item import Kind

ReasonType = Literal["link", "similarity", "shared_link", "names", "tags", "site"]
Direction = Literal["to", "from", "both"]

_REVERSED: dict[Direction, Direction] = {"to": "from", "from": "to", "both": "both"}


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that connects an item with another one, seen from the first."""

    type: ReasonType
    score: float
    """What it adds to the whole, were it the only reason: 0–1."""
    values: tuple[str, ...] = ()
    """The names, tags, addresses or the site that both have, most telling first."""
    direction: Direction | None = None
    """Of a link: to the other, from it, or both."""
    passages: tuple[int, int] | None = None
    """Numbers of the two passages that are most alike: of the item, of the other."""

    def reversed(self) -> Reason:
        """The same, seen from the other item."""
        return replace(
            self,
            direction=_REVERSED[self.direction] if self.direction is not None else None,
            passages=(self.passages[1], self.passages[0]) if self.passages is not None else None,
        )

    def with_values(self, values: tuple[str, ...]) -> Reason:
        """The same with its names, tags or addresses written otherwise."""
        return replace(self, values=values)


@dataclass(frozen=True, slots=True)
class Edge:
    """A connection of an item with another one. Items are short keys; reasons are sorted, strongest first."""

    item: int
    other: int
    score: float
    reasons: tuple[Reason, ...]

    def reversed(self) -> Edge:
        """The same, seen from the other item."""
        return Edge(self.other, self.item, self.score, tuple(reason.reversed() for reason in self.reasons))


@dataclass(frozen=True, slots=True)
class Quote:
    """A telling stretch of a passage: code points `start`–`end` of the item's text at `content_version`."""

    item_id: str
    chunk_id: str
    content_version: int
    start: int
    end: int
    page: int | None
    text: str


@dataclass(frozen=True, slots=True)
class ShownReason:
    """A reason in words."""

    type: ReasonType
    detail: str
    score: float


@dataclass(frozen=True, slots=True)
class Related:
    """An item that is connected with the one that was asked about."""

    item_id: str
    title: str
    kind: Kind
    url: str | None
    score: float
    reason: str
    """One plain sentence."""
    reasons: tuple[ShownReason, ...]
    passages: tuple[Quote, ...]
    """The two passages that are most alike: of the item asked about, of the related one. Empty without vectors."""


@dataclass(frozen=True, slots=True)
class GraphNode:
    """An item in the graph; `degree` counts its edges in this very graph."""

    id: str
    title: str
    kind: Kind
    degree: int


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """A pair of connected items, each pair once."""

    source: str
    target: str
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class Graph:
    """A part of the library and how it hangs together; nodes best connected first (with a focus: nearest first)."""

    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]
