"""The plain page, where the interface was not built, and the documentation at `/docs`; all under a strict policy."""

from __future__ import annotations

import mimetypes
from importlib import resources
from importlib.resources.abc import Traversable

from fastapi import APIRouter
from fastapi.responses import Response

from cortex.exceptions import AssetNotFoundError

router = APIRouter(include_in_schema=False)
# Routes that read a file are plain functions: FastAPI runs those in a thread, beside the event loop.

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'"
)
# Swagger UI writes HTML and styles itself; it still runs no script and reaches no host but this one.
_DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_STATIC = resources.files("cortex.api") / "static"
_DOCS_START = b"""window.addEventListener("DOMContentLoaded", () => {
  SwaggerUIBundle({ url: "/openapi.json", dom_id: "#docs", deepLinking: true, validatorUrl: null });
});
"""
_DOCS_PAGE = b"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Cortex API</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></head>
<body><div id="docs"></div></body>
</html>
"""


def plain_page() -> Response:
    """The page that needs no building: save, search, ask."""
    return _page((_STATIC / "index.html").read_bytes(), CONTENT_SECURITY_POLICY)


@router.get("/ui/{name}")
def page_file(name: str) -> Response:
    """One of the page's own files. Raises AssetNotFoundError."""
    return _file(_STATIC, name, allowed={"app.js", "app.css"})


@router.get("/docs")
async def docs() -> Response:
    """The API's documentation, read from `/openapi.json`."""
    return _page(_DOCS_PAGE, _DOCS_POLICY)


@router.get("/docs/{name}")
def docs_file(name: str) -> Response:
    """One of the documentation's files. Raises AssetNotFoundError."""
    if name == "start.js":
        return Response(_DOCS_START, media_type="text/javascript")
    return _file(
        resources.files("fastapi_swagger") / "resources", name, allowed={"swagger-ui-bundle.js", "swagger-ui.css"}
    )


def _page(html: bytes, policy: str) -> Response:
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-cache", "Referrer-Policy": "no-referrer"}
    return Response(html, media_type="text/html", headers=headers)


def _file(folder: Traversable, name: str, *, allowed: set[str]) -> Response:
    if name not in allowed:
        raise AssetNotFoundError("There is no such file.")
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response((folder / name).read_bytes(), media_type=media_type, headers={"Cache-Control": "no-cache"})
