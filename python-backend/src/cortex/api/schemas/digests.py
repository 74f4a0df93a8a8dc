"""Digests as clients read them."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from cortex.api.schemas.base import Schema
from cortex.api.schemas.words import Moment, Reference
from cortex.domain.digest import Digest, DigestStatus, MadeFor
from cortex.services.digests.records import body_as_values


class DigestRequest(Schema):
    """What the digest shall cover: everything since then (absent: since the last digest)."""

    model_config = ConfigDict(extra="forbid")

    since: Moment | None = None


class DigestFeedback(Schema):
    """Less like this item, or no longer less."""

    item_id: Annotated[Reference, Field(min_length=1)]
    less: bool = True


class DigestFeedbackTaken(Schema):
    """What holds now."""

    item_id: str
    less: bool
    undo_id: str | None


class DigestCitationShown(Schema):
    """What a line rests on: `quote` stands at `start`–`end` (code points of `content_text` at `content_version`), word
    for word. The three are null where the item has no text; then the item itself is cited."""

    n: int
    item_id: str
    chunk_id: str | None
    title: str
    url: str | None
    quote: str | None
    start: int | None
    end: int | None
    page: int | None
    content_version: int


class DigestLineShown(Schema):
    """One thing to look at, why it stands here, and what it rests on. A task of its own has no citations."""

    text: str
    reason: str
    title: str
    item_id: str | None
    task_id: str | None
    citations: list[DigestCitationShown]


class DigestSentenceShown(Schema):
    """A sentence about several lines; `citations` are `n` of theirs."""

    text: str
    citations: list[int]
    written_by: str
    """`provider/model`, or `extractive`: Cortex's own counting."""


class DigestThemeShown(Schema):
    """New items that belong together; `more` of them stand in no line."""

    heading: str
    sentence: DigestSentenceShown | None
    lines: list[DigestLineShown]
    more: int


class DigestBodyShown(Schema):
    """All that a digest says. No item is the subject of two lines."""

    introduction: list[DigestSentenceShown]
    themes: list[DigestThemeShown]
    connected: list[DigestLineShown]
    forgotten: list[DigestLineShown]
    unread: list[DigestLineShown]
    tasks: list[DigestLineShown]
    dead_links: list[DigestLineShown]
    new_items: int
    in_work: int
    """Saved in the period but not read yet: they come with a later digest."""
    links: str
    """Whether saved addresses were looked at."""
    withheld: int
    """Lines that the model was not told of: they may not leave this machine, or did not fit."""


class DigestShown(Schema):
    """A digest of what happened after `since`, up to `until`."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    status: DigestStatus
    made_for: MadeFor
    since: str
    until: str
    created_at: str
    ready_at: str | None
    is_empty: bool
    """Nothing was saved, due or found dead in the period."""
    written_by: str | None
    """`provider/model`, or `extractive`: every line is quoted."""
    error: str | None


class DigestDetail(DigestShown):
    """A digest with what it says; null until it is ready."""

    body: DigestBodyShown | None

    @classmethod
    def of(cls, digest: Digest) -> DigestDetail:
        """As clients read it."""
        shown = DigestShown.model_validate(digest).model_dump()
        return cls(**shown, body=body_as_values(digest.body) if digest.body is not None else None)


class DigestRequested(DigestDetail):
    """The digest that is now being made. Undoing deletes it, made or not."""

    undo_id: str | None
    """Null when it was being made already."""


class DigestScheduleShown(Schema):
    """When the next one comes, and what became of the last hour: `made`, `empty` (nothing had happened), `waiting` (a
    new library), `off`."""

    enabled: bool
    hour: int
    next_at: str | None
    last_at: str | None
    last_outcome: str | None


class DigestPage(Schema):
    """Some digests, newest first."""

    items: list[DigestShown]
    next_cursor: str | None
    total: int
    schedule: DigestScheduleShown
