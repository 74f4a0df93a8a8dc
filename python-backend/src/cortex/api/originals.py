"""Stored originals on their way out: strangers wrote them, so they are downloads that can run nothing."""

from __future__ import annotations

import re
from urllib.parse import quote

from fastapi import Response

from cortex.domain.item import Item, ItemContent

_EXTENSIONS = {
    "text/html": ".html",
    "text/markdown": ".md",
    "text/plain": ".txt",
    "application/pdf": ".pdf",
}
_SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def attachment(item: Item, content: ItemContent, data: bytes) -> Response:
    """The original as a download under a safe name and type."""
    media_type = content.media_type if content.media_type in _EXTENSIONS else "application/octet-stream"
    if media_type.startswith("text/") and content.charset:
        media_type = f"{media_type}; charset={content.charset}"
    name = content.filename or item.title + _EXTENSIONS.get(content.media_type, ".bin")
    plain = re.sub(r"[^A-Za-z0-9._ -]+", "_", name).strip(" .") or "original"
    encoded = quote(name[:200], safe="")
    return Response(
        data,
        media_type=None,
        headers={
            "Content-Type": media_type,
            "Content-Disposition": f"attachment; filename=\"{plain[:120]}\"; filename*=UTF-8''{encoded}",
            "Content-Security-Policy": _SANDBOX,
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "private, no-cache",
        },
    )
