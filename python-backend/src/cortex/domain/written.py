"""What a language model wrote about an item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

EntityKind = Literal["person", "organisation", "place", "work", "topic"]
WritingOutcome = Literal["written", "refused"]
"""Of asking a model about an item: it wrote, or what it gave could not be used."""


@dataclass(frozen=True, slots=True)
class Entity:
    """Something that a text really names."""

    key: str
    """Its stems, by which forms of it are recognised."""
    name: str
    """As the text writes it."""
    kind: EntityKind
    occurrences: int
    start: int
    """Of the first one, in code points of the text."""


@dataclass(frozen=True, slots=True)
class Written:
    """A written summary, checked against the text, and what else was found."""

    line: str
    paragraph: str
    key_points: tuple[str, ...]
    tags: tuple[str, ...]
    """As proposed: whether the item gets them is decided by the vocabulary's rules."""
    entities: tuple[Entity, ...]
    by: str
    """provider/model."""


@dataclass(frozen=True, slots=True)
class PartNotes:
    """What a model noted of one part of a long document."""

    start: int
    end: int
    points: tuple[str, ...]
    entities: tuple[tuple[str, EntityKind], ...]
    """Names as the model gave them: unchecked."""
