"""Bodies of highlights and their answers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from cortex.api.schemas.base import Schema
from cortex.api.schemas.words import LongText
from cortex.domain.highlight import ListedHighlight
from cortex.domain.item import Kind

Colour = Literal["yellow", "green", "blue", "pink", "violet"]
Offset = Annotated[int, Field(ge=0, lt=1 << 31)]


class HighlightNew(Schema):
    """Words to mark; offsets count code points of the current `content_text`."""

    quote: Annotated[str, Field(min_length=1, max_length=100_000)]
    start: Offset
    end: Offset
    page: Annotated[int, Field(ge=1, lt=1 << 31)] | None = None
    note: LongText | None = None
    colour: Colour = "yellow"

    @model_validator(mode="after")
    def _in_order(self) -> HighlightNew:
        if self.end <= self.start:
            raise ValueError("end must be greater than start")
        return self


class HighlightEdit(Schema):
    """What to change; what is not named stays. `note: null` takes the note away."""

    note: LongText | None = None
    colour: Colour | None = None


class HighlightShown(Schema):
    """Marked words; offsets count code points of `content_text` at `content_version`."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    item_id: str
    quote: str
    start: int
    end: int
    content_version: int
    page: int | None
    note: str | None
    colour: str
    created_at: str
    updated_at: str


class HighlightChanged(HighlightShown):
    """The highlight after a change."""

    undo_id: str | None


class Highlights(Schema):
    """Highlights of an item, in the order of its text."""

    items: list[HighlightShown]
    next_cursor: str | None
    total: int


class HighlightItemShown(Schema):
    """The item that a highlight stands in."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    title: str
    url: str | None
    site_name: str | None
    kind: Kind
    content_version: int


class HighlightListed(HighlightShown):
    """A highlight with its item. Where their versions differ, the words are gone from the item's text."""

    item: HighlightItemShown

    @classmethod
    def of(cls, listed: ListedHighlight) -> HighlightListed:
        """The highlight as clients read it."""
        shown = HighlightShown.model_validate(listed.highlight).model_dump()
        return cls(**shown, item=HighlightItemShown.model_validate(listed.item))


class HighlightPage(Schema):
    """A page of highlights."""

    items: list[HighlightListed]
    next_cursor: str | None
    total: int
