"""Items as they are asked for and answered."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field

from cortex.api.schemas.base import Schema
from cortex.api.schemas.images import ImageShown
from cortex.api.schemas.words import Line, LongText, Moment, Reference, Source, TagName, each_once
from cortex.domain.item import Kind, Stage, Status, TagOrigin

ContentType = Literal["text/html", "text/markdown", "text/plain"]
Tags = Annotated[list[TagName], Field(max_length=100), AfterValidator(each_once)]


class NewItem(Schema):
    """Something to save: at least one of url, content."""

    url: str | None = None
    title: Annotated[Line, Field(max_length=100_000)] | None = None
    content: str | None = None
    content_type: ContentType | None = None
    """Where it is missing: HTML if it looks like that, else plain text."""
    source: Source = "manual"
    tags: Tags = []
    collection_id: Reference | None = None
    note: LongText | None = None
    selection: LongText | None = None
    captured_at: Moment | None = None
    local_only: bool = False


class SavedItem(Schema):
    """What became of something saved."""

    id: str
    title: str
    status: Status
    created_at: str
    duplicate: bool
    """It was there already: by its address, or by its very bytes."""
    new_version: bool = False
    """It was there with other content, which is kept as an earlier version."""
    content_version: int
    undo_id: str | None = None


class TagShown(Schema):
    """A tag and who put it there."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    by: TagOrigin


class ErrorShown(Schema):
    """Why it failed or waits."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    message: str


class ItemShown(Schema):
    """An item without its content."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    url: str | None
    canonical_url: str | None
    title: str
    author: str | None
    site_name: str | None
    published_at: str | None
    language: str | None
    kind: Kind
    source: str
    status: Status
    stage: Stage | None
    progress: float
    error: ErrorShown | None
    attempts: int
    excerpt: str | None
    summary: str | None
    summary_line: str | None
    """In one line; with `key_points` only where a language model wrote them."""
    key_points: list[str]
    summary_by: str | None
    tags: list[TagShown]
    collection_id: str | None
    note: str | None
    selection: str | None
    local_only: bool
    content_version: int
    pages: int | None
    word_count: int
    reading_minutes: int
    favourite: bool
    archived: bool
    read_progress: float
    captured_at: str | None
    created_at: str
    updated_at: str
    processed_at: str | None
    deleted_at: str | None


class ItemDetail(ItemShown):
    """An item with what it holds. Offsets count code points of `content_text` at `content_version`."""

    content_html: str | None
    """For reading: sanitised, without remote images. None until it was processed."""
    content_text: str | None
    media_type: str | None
    filename: str | None
    warnings: list[str]
    """What could not be read, in plain words."""
    chunks: int
    connections: int
    images: list[ImageShown]
    """The page's images that were asked for so far; the others stay where they are."""


class ItemChanged(ItemDetail):
    """The item after a change."""

    undo_id: str | None = None


class FacetShown(Schema):
    """How many matching items have this value."""

    model_config = ConfigDict(from_attributes=True)

    value: str
    count: int
    label: str | None = None


class Facets(Schema):
    """Counts over the whole list, most frequent first (months: newest first)."""

    kind: list[FacetShown]
    tag: list[FacetShown]
    site: list[FacetShown]
    collection: list[FacetShown]
    month: list[FacetShown]


class ItemPage(Schema):
    """A page of items."""

    items: list[ItemShown]
    next_cursor: str | None
    total: int
    facets: Facets | None = None


class ItemChange(Schema):
    """What to change; what is not named stays."""

    title: Annotated[Line, Field(min_length=1, max_length=100_000)] | None = None
    tags: Tags | None = None
    collection_id: Reference | None = None
    note: LongText | None = None
    favourite: bool | None = None
    archived: bool | None = None
    read_progress: Annotated[float, Field(ge=0, le=1)] | None = None
    local_only: bool | None = None
    content: Annotated[str, Field(min_length=1)] | None = None
    content_type: ContentType | None = None


class Lookup(Schema):
    """Whether an address is saved."""

    saved: bool
    item_id: str | None = None
    saved_at: str | None = None
