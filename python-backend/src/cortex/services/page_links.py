"""The addresses that a stored text links to, in the form by which duplicates are recognised."""

from __future__ import annotations

import re
from html import unescape

from cortex.exceptions import ValidationError
from cortex.services.urls import parse_address

MOST = 300
"""Links kept of one item; a page with more is a directory, and they say little about it."""
_HREF = re.compile(r'<a href="(https?://[^"]{1,4096})"')
_BARE = re.compile(r"https?://(?!localhost\b|127\.)[^\s<>\"'`\])}]{4,2000}")


def links_of(html: str | None, text: str | None, *, own: str | None) -> frozenset[str]:
    """Canonical addresses of the links in reading HTML, but for `own`; without any, of those written out in the text.

    `html` is what extraction wrote, which has one way of writing a link; it is not for pages as they came.
    """
    written = [unescape(match[1]) for match in _HREF.finditer(html or "")]
    if not written:
        written = [match[0].rstrip(".,;:!?") for match in _BARE.finditer(text or "")]
    found: dict[str, None] = {}
    for address in dict.fromkeys(written):
        try:
            canonical = parse_address(address).canonical
        except ValidationError:
            continue
        if canonical != own:
            found.setdefault(canonical)
        if len(found) >= MOST:
            break
    return frozenset(found)
