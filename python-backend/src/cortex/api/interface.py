"""The interface as it was built from `ui/`: one page for all views, and its files, which never change under a name."""

from __future__ import annotations

import mimetypes
import re
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import Response

from cortex.api.deps import App
from cortex.api.pages import CONTENT_SECURITY_POLICY, plain_page
from cortex.exceptions import AssetNotFoundError

router = APIRouter(include_in_schema=False)
# Routes that read a file are plain functions: FastAPI runs those in a thread, beside the event loop.

VIEWS = (
    "/",
    "/welcome",
    "/capture",
    "/library",
    "/library/trash",
    "/item/{item_id}",
    "/search",
    "/chat",
    "/chat/{conversation_id}",
    "/digest",
    "/digest/{digest_id}",
    "/connections",
    "/activity",
    "/tasks",
    "/organise",
    "/organise/{part}",
    "/settings",
    "/settings/{part}",
)
"""Addresses of views. The server gives the page for each, and the page shows the view."""
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
_FOREVER = "public, max-age=31536000, immutable"
_A_DAY = "public, max-age=86400"
"""Of what browsers ask for again at every change of the address."""


def index(app: App) -> Response:
    """The page. It holds nothing of the owner's: it asks the API for that once it is signed in.

    Where the interface was not built, this is the plain page.
    """
    folder = app.settings.ui_dir
    if folder is None or not (folder / "index.html").is_file():
        return plain_page()
    headers = {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "Cache-Control": "no-cache",
        "Referrer-Policy": "no-referrer",
    }
    return Response((folder / "index.html").read_bytes(), media_type="text/html", headers=headers)


for view in VIEWS:
    router.add_api_route(view, index, methods=["GET"])


@router.get("/favicon.svg")
def icon(app: App) -> Response:
    """The icon of the page. Raises AssetNotFoundError."""
    return _file(app.settings.ui_dir, "favicon.svg", "", cache=_A_DAY)


@router.get("/assets/{name}")
def asset(name: str, app: App, accept_encoding: Annotated[str, Header()] = "") -> Response:
    """A file of the page, named after its content. Raises AssetNotFoundError."""
    folder = app.settings.ui_dir
    return _file(folder / "assets" if folder else None, name, accept_encoding, cache=_FOREVER)


def _file(folder: Path | None, name: str, accepted: str, *, cache: str) -> Response:
    path = folder / name if folder is not None and _NAME.fullmatch(name) else None
    if path is None or not path.is_file():
        raise AssetNotFoundError("There is no such file.")
    headers = {"Cache-Control": cache, "Vary": "Accept-Encoding"}
    wanted = {part.split(";")[0].strip() for part in accepted.split(",")}
    for encoding, suffix in _ENCODINGS:
        compressed = path.with_name(name + suffix)
        if encoding in wanted and compressed.is_file():
            headers["Content-Encoding"] = encoding
            path = compressed
            break
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(path.read_bytes(), media_type=media_type, headers=headers)
