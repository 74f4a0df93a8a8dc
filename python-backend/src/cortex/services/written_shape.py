"""The shapes in which a language model answers about a document, and how its words are tidied."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

from cortex.domain.written import EntityKind
from cortex.services.extraction.characters import collapse

_KINDS: dict[str, EntityKind] = {
    "person": "person", "people": "person", "author": "person",
    "organisation": "organisation", "organization": "organisation", "company": "organisation", "org": "organisation",
    "institution": "organisation",
    "place": "place", "location": "place", "city": "place", "country": "place",
    "work": "work", "book": "work", "film": "work", "software": "work", "product": "work",
}  # fmt: skip


def _kind(said: object) -> object:
    """Models that are not held to a schema have words of their own; what has no better name is a topic."""
    return _KINDS.get(said.strip().lower(), "topic") if isinstance(said, str) else said


def _tidied(said: object) -> object:
    return collapse(said) if isinstance(said, str) else said


Words = Annotated[str, BeforeValidator(_tidied)]


class NamedThing(BaseModel):
    """Something that the document names."""

    name: Annotated[Words, Field(max_length=200)]
    kind: Annotated[EntityKind, BeforeValidator(_kind)]


class WrittenItem(BaseModel):
    """All that is asked about a document."""

    summary_line: Annotated[Words, Field(min_length=3, max_length=300)]
    summary: Annotated[Words, Field(min_length=10, max_length=2000)]
    key_points: Annotated[list[Annotated[Words, Field(min_length=3, max_length=500)]], Field(max_length=7)]
    tags: Annotated[list[Annotated[Words, Field(max_length=200)]], Field(max_length=8)]
    entities: Annotated[list[NamedThing], Field(max_length=20)]


class NotedPart(BaseModel):
    """What is asked about one part of a long document."""

    points: Annotated[list[Annotated[Words, Field(min_length=3, max_length=500)]], Field(min_length=1, max_length=6)]
    entities: Annotated[list[NamedThing], Field(max_length=12)]
