"""A page as it was fetched, and the bounds of fetching."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Method = Literal["GET", "HEAD"]
ACCEPT_PAGES = "text/html,application/xhtml+xml,application/pdf,text/*;q=0.9,*/*;q=0.5"
ACCEPT_IMAGES = "image/avif,image/webp,image/png,image/jpeg,image/gif,*/*;q=0.1"
REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Bounds of one fetch: bytes (on the wire and unpacked), seconds for all hops together, redirects."""

    size: int
    seconds: float
    redirects: int


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """What came. `url` is where it came from in the end; `redirects` are the addresses before that."""

    url: str
    status: int
    headers: Mapping[str, str]
    """Lower-case names; repeated headers joined by commas."""
    media_type: str
    """Lower case, without parameters; empty where the server named none."""
    charset: str | None
    """As the server declared it."""
    body: bytes
    redirects: tuple[str, ...] = ()
