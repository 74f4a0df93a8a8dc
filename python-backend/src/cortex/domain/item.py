"""An item: anything that was saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["article", "note", "pdf", "bookmark", "video", "file"]
Status = Literal["pending", "processing", "waiting", "ready", "failed"]
Stage = Literal["fetch", "extract", "summarise", "tag", "chunk", "embed", "index", "connect", "write", "done"]
TagOrigin = Literal["user", "auto"]


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag as an item carries it."""

    name: str
    by: TagOrigin


@dataclass(frozen=True, slots=True)
class ItemError:
    """Why an item failed or waits, for a person to read."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Item:
    """A saved thing without its content (`ItemContent`). Times are RFC 3339 UTC texts."""

    id: str
    title: str
    kind: Kind
    source: str
    status: Status
    created_at: str
    updated_at: str
    url: str | None = None
    canonical_url: str | None = None
    author: str | None = None
    site_name: str | None = None
    published_at: str | None = None
    language: str | None = None
    stage: Stage | None = None
    progress: float = 0.0
    error: ItemError | None = None
    attempts: int = 0
    excerpt: str | None = None
    summary: str | None = None
    """A paragraph."""
    summary_line: str | None = None
    """In one line; with `key_points` only where a language model wrote them."""
    key_points: tuple[str, ...] = ()
    summary_by: str | None = None
    """`provider/model` that wrote it, or `extractive`: the text's own sentences."""
    tags: tuple[Tag, ...] = ()
    collection_id: str | None = None
    note: str | None = None
    selection: str | None = None
    local_only: bool = False
    content_version: int = 0
    """0 until something was captured or fetched; then the number of the current version."""
    pages: int | None = None
    word_count: int = 0
    reading_minutes: int = 0
    favourite: bool = False
    archived: bool = False
    read_progress: float = 0.0
    captured_at: str | None = None
    processed_at: str | None = None
    deleted_at: str | None = None


@dataclass(frozen=True, slots=True)
class ItemContent:
    """One version of an item's content: what came in, and what extraction made of it (None until then)."""

    item_id: str
    version: int
    original_sha256: str
    """Key of the original in the blob store; the hash duplicates are recognised by."""
    media_type: str
    created_at: str
    charset: str | None = None
    filename: str | None = None
    url: str | None = None
    """Where this content came from after redirects; the base of relative links."""
    html: str | None = None
    text: str | None = None
    blocks: str | None = None
    """The document's blocks as compact JSON (`cortex.services.extraction` reads and writes it)."""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemFilters:
    """Which items are meant; None means "any". Several tags must all be there. Times are RFC 3339 texts."""

    ids: tuple[str, ...] | None = None
    status: tuple[Status, ...] | None = None
    kind: tuple[Kind, ...] | None = None
    tags: tuple[str, ...] | None = None
    collection_id: str | None = None
    """This collection and those nested in it."""
    source: str | None = None
    site: str | None = None
    """A host; its subdomains count."""
    favourite: bool | None = None
    archived: bool | None = None
    read: bool | None = None
    """Read to the end, or not yet."""
    local_only: bool | None = None
    trashed: bool = False
    created_after: str | None = None
    created_before: str | None = None
    except_ids: tuple[str, ...] = ()
    """Items that are left out, whatever else holds."""
