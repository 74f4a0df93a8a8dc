"""Stored originals on their way out: strangers wrote them, so they are downloads that can run nothing."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

from fastapi import HTTPException
from fastapi.responses import FileResponse, Response

from cortex.domain.item import Item, ItemContent
from cortex.domain.item_image import StoredImage
from cortex.exceptions import AssetNotFoundError
from cortex.security.stored_page import SHOWN_POLICY, page_to_show
from cortex.services.extraction.decoding import decode
from cortex.services.extraction.links import absolute_url

_EXTENSIONS = {
    "text/html": ".html",
    "text/markdown": ".md",
    "text/plain": ".txt",
    "application/pdf": ".pdf",
    "multipart/related": ".mhtml",
    "application/epub+zip": ".epub",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}
_ONE_PART = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_BASE = re.compile(r"<base\s[^>]*?href\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
_INLINED = 32 * 1024 * 1024
"""Bytes of images that one shown page carries with it."""
FetchedImages = Mapping[str, tuple[StoredImage, Path]]
"""Images and their files, by address."""
_SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def attachment(item: Item, content: ItemContent, file: Path, *, asked: str | None) -> FileResponse:
    """The original, or the one part of it that was asked for (`Range`), as a download under a safe name and type."""
    if asked is not None:
        _check_range(asked, file.stat().st_size)
    media_type = content.media_type if content.media_type in _EXTENSIONS else "application/octet-stream"
    if media_type.startswith("text/") and content.charset:
        media_type = f"{media_type}; charset={content.charset}"
    name = content.filename or item.title + _EXTENSIONS.get(content.media_type, ".bin")
    plain = re.sub(r"[^A-Za-z0-9._ -]+", "_", name).strip(" .") or "original"
    encoded = quote(name[:200], safe="")
    return FileResponse(
        file,
        headers={
            "Content-Type": media_type,
            "Content-Disposition": f"attachment; filename=\"{plain[:120]}\"; filename*=UTF-8''{encoded}",
            "Content-Security-Policy": _SANDBOX,
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "private, no-cache",
        },
    )


def shown_page(item: Item, content: ItemContent, file: Path, images: FetchedImages) -> Response:
    """A stored page as it looked, for a frame of the interface; nothing in it runs or asks anybody.

    `images` are those of its images that were fetched: they are put into it. Raises AssetNotFoundError for what is no
    page.
    """
    if content.media_type != "text/html":
        raise AssetNotFoundError("Only pages can be shown as they were. Download this file instead.")
    html = decode(file.read_bytes(), content.charset)
    page = page_to_show(html, _inlining(html, content.url or item.url, images))
    return Response(
        page,
        media_type="text/html",
        headers={
            "Content-Security-Policy": SHOWN_POLICY,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "private, no-cache",
        },
    )


def _inlining(html: str, url: str | None, images: FetchedImages) -> Callable[[str], str | None]:
    """What gives an image's file as a `data:` address, up to so many bytes in one page."""
    base = _BASE.search(html) if images else None
    base_url = (absolute_url(base[1], url, ("http", "https")) if base else None) or url
    room = _INLINED

    def inlined(source: str) -> str | None:
        nonlocal room
        found = images.get(absolute_url(source, base_url, ("http", "https")) or "")
        if found is None or found[0].size > room:
            return None
        image, file = found
        try:
            data = file.read_bytes()
        except FileNotFoundError:
            return None
        room -= len(data)
        return f"data:{image.media_type};base64,{base64.b64encode(data).decode()}"

    return inlined


def image_file(image: StoredImage, file: Path) -> FileResponse:
    """A fetched image, as the kind that its own bytes are, to be shown in the interface and nowhere else."""
    return FileResponse(
        file,
        headers={
            "Content-Type": image.media_type,
            "Content-Disposition": f'inline; filename="{image.name}"',
            "Content-Security-Policy": _SANDBOX,
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "private, no-cache",
        },
    )


def _check_range(asked: str, size: int) -> None:
    """One part at a time: requests for thousands of parts are nobody's wish. Raises 416."""
    part = _ONE_PART.fullmatch(asked)
    first, last = part.groups() if part is not None else ("", "")
    is_beyond = first != "" and (int(first) >= size or (last != "" and int(last) < int(first)))
    if first == last == "" or is_beyond:
        raise HTTPException(
            HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
            f"This file has {size} bytes; ask for one part of them, such as bytes=0-99.",
            headers={"Content-Range": f"bytes */{size}"},
        )
