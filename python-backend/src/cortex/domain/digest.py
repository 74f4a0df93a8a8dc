"""A digest: what came into the library, what it belongs with, what was forgotten, what is due; every line cited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DigestStatus = Literal["pending", "ready", "failed"]
MadeFor = Literal["schedule", "request"]
Section = Literal["new", "connected", "forgotten", "unread", "tasks", "dead_links"]
EXTRACTIVE = "extractive"
"""`written_by` where no model wrote anything: every word is the items' own, or Cortex's counting."""


@dataclass(frozen=True, slots=True)
class DigestCitation:
    """What a line rests on. `quote` is the item's text at `start`–`end` (code points, at `content_version`), word for
    word; all three are None where the item has no text, and the item itself is what is cited."""

    n: int
    """The number within the digest."""
    item_id: str
    title: str
    url: str | None
    chunk_id: str | None = None
    quote: str | None = None
    start: int | None = None
    end: int | None = None
    page: int | None = None
    content_version: int = 0


@dataclass(frozen=True, slots=True)
class DigestLine:
    """One thing to look at, and why it stands here."""

    text: str
    reason: str
    title: str
    """Of the item or the task that it is about."""
    citations: tuple[DigestCitation, ...]
    item_id: str | None = None
    task_id: str | None = None
    """The task itself is what is cited where no item stands behind it."""


@dataclass(frozen=True, slots=True)
class DigestSentence:
    """A sentence about several lines; `citations` are numbers of theirs."""

    text: str
    citations: tuple[int, ...]
    written_by: str
    """`provider/model`, or `extractive`."""


@dataclass(frozen=True, slots=True)
class DigestTheme:
    """New items that belong together."""

    heading: str
    lines: tuple[DigestLine, ...]
    more: int = 0
    """How many further items belong here."""
    sentence: DigestSentence | None = None
    """Written by a model; None where none wrote, or where what it wrote does not stand in what it cites."""


@dataclass(frozen=True, slots=True)
class DigestBody:
    """All that a digest says."""

    introduction: tuple[DigestSentence, ...] = ()
    themes: tuple[DigestTheme, ...] = ()
    connected: tuple[DigestLine, ...] = ()
    forgotten: tuple[DigestLine, ...] = ()
    unread: tuple[DigestLine, ...] = ()
    tasks: tuple[DigestLine, ...] = ()
    dead_links: tuple[DigestLine, ...] = ()
    new_items: int = 0
    """Saved in the period and read by Cortex; those that stand in no line included."""
    in_work: int = 0
    """Saved in the period, but still waiting or being read: they come with a later digest."""
    links: str = ""
    """Whether saved addresses were looked at, for the owner to read."""
    withheld: int = 0
    """Lines that no model saw, as they may not leave this machine."""

    @property
    def lines(self) -> tuple[DigestLine, ...]:
        """Every line, in the order in which they are read."""
        return (
            *(line for theme in self.themes for line in theme.lines),
            *self.connected,
            *self.forgotten,
            *self.unread,
            *self.tasks,
            *self.dead_links,
        )


@dataclass(frozen=True, slots=True)
class Digest:
    """One digest of what happened after `since`, up to `until` (RFC 3339 UTC texts)."""

    id: str
    status: DigestStatus
    made_for: MadeFor
    since: str
    until: str
    created_at: str
    ready_at: str | None = None
    is_empty: bool = False
    """Nothing happened in the period; it may still name what is unread or forgotten."""
    written_by: str | None = None
    error: str | None = None
    """Why it failed, for the owner to read."""
    body: str | None = None
    """A `DigestBody` as JSON (`cortex.services.digests.records` reads and writes it)."""
