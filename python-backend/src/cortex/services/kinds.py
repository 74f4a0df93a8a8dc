"""What kind of thing an item is, from what came in."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from cortex.domain.item import Kind

_VIDEO = (
    ("youtube.com", re.compile(r"^/(watch|shorts/|live/|embed/)")),
    ("youtu.be", re.compile(r"^/[\w-]{6,}")),
    ("vimeo.com", re.compile(r"^/(\d+|channels/[^/]+/\d+|video/\d+)")),
    ("dailymotion.com", re.compile(r"^/video/")),
    ("twitch.tv", re.compile(r"^/(videos/|[^/]+/clip/)")),
    ("ted.com", re.compile(r"^/talks/")),
    ("bilibili.com", re.compile(r"^/video/")),
    ("loom.com", re.compile(r"^/share/")),
    ("peertube.tv", re.compile(r"^/(w|videos/watch)/")),
    ("rumble.com", re.compile(r"^/v[\w-]+\.html")),
    ("media.ccc.de", re.compile(r"^/v/")),
)


def kind_of(*, media_type: str | None, url: str | None, site: str | None) -> Kind:
    """The kind of an item with this content (None: not there yet) from this address (None: no address)."""
    if media_type == "application/pdf":
        return "pdf"
    if url is not None and site is not None and _is_video(url, site):
        return "video"
    if media_type is None:
        return "bookmark"
    if media_type in ("text/html", "multipart/related"):
        return "article"
    if media_type in ("text/plain", "text/markdown"):
        return "note" if url is None else "article"
    return "file"


def _is_video(url: str, site: str) -> bool:
    parts = urlsplit(url)
    # The site is that of the canonical address, which is another one for links that are made for sharing.
    hosts = (site, (parts.hostname or "").removeprefix("www."))
    return any(
        pattern.match(parts.path) and any(one == host or one.endswith("." + host) for one in hosts)
        for host, pattern in _VIDEO
    )
