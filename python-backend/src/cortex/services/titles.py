"""A title for what has none yet: good enough to recognise the item by until it is read properly."""

from __future__ import annotations

import html
import re
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from cortex.services.extraction.characters import collapse, shorten

LONGEST = 500
"""Code points of a title."""

_TITLE = re.compile(r"<title[^>]*>(.{1,2000}?)</title>", re.IGNORECASE | re.DOTALL)
_HEADING_MARK = re.compile(r"^\s{0,3}(#{1,6}|[-*+>]|\d{1,3}[.)])\s+")


def clean_title(text: str) -> str:
    """One line of at most LONGEST code points; may be empty."""
    return shorten(collapse(text), LONGEST)


def provisional_title(
    *, content: str | None = None, media_type: str | None = None, filename: str | None = None, url: str | None = None
) -> str:
    """The page's own title, the first line, the file's name, or the end of the address."""
    title = ""
    if content is not None and media_type == "text/html":
        found = _TITLE.search(content[:262_144])
        title = clean_title(html.unescape(found[1])) if found else ""
    elif content is not None:
        first = next((line for line in content[:65_536].splitlines() if collapse(line)), "")
        title = shorten(clean_title(_HEADING_MARK.sub("", first)), 120)
    if not title and filename:
        title = clean_title(PurePosixPath(filename.replace("\\", "/")).stem)
    if not title and url:
        title = _from_url(url)
    return title or "Untitled"


def _from_url(url: str) -> str:
    parts = urlsplit(url)
    last = unquote(parts.path.rstrip("/").rpartition("/")[2])
    words = re.sub(r"\.(html?|php|aspx?|pdf)$", "", last, flags=re.IGNORECASE)
    readable = clean_title(re.sub(r"[-_+]+", " ", words))
    host = (parts.hostname or "").removeprefix("www.")
    if len(readable) < 4 or readable.isdigit():
        return clean_title(host + unquote(parts.path.rstrip("/")))
    return clean_title(f"{readable} ({host})")
