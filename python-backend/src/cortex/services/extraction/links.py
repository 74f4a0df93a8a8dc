"""Addresses found in documents: made absolute, and kept only where following them can do no harm."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from cortex.services.extraction.characters import clean_characters

_IGNORED = re.compile(r"[\x00-\x20\x7f]")
_LIMIT = 4096


def absolute_url(href: str, base: str | None, schemes: tuple[str, ...] = ("http", "https", "mailto")) -> str | None:
    """`href` resolved against `base`; None unless the result is absolute with one of `schemes`.

    Browsers ignore control characters and white space inside a scheme, so these go first: `java\\nscript:` is
    judged as what it is.
    """
    href = href.strip()
    if not href or len(href) > _LIMIT or href.startswith("#"):
        return None
    scheme = _IGNORED.sub("", href.split(":", 1)[0]).lower() if ":" in href else ""
    href = re.sub(r"[\x00-\x1f\x7f]", "", href).replace(" ", "%20").replace("\\", "/")
    try:
        url = urljoin(base, href) if base else href
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in schemes or (scheme and not href.lower().startswith(scheme)):
        return None
    if parts.scheme in ("http", "https") and not host:
        return None
    return clean_characters(url).replace("\n", "")
