"""Reading what a request carries. Nothing here trusts it."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

from cortex.security.gate import Credentials

STREAM_PATHS = frozenset({"/api/events"})
"""Event streams that a browser opens without headers of its own; WebSockets are the others."""
_COOKIE_OPENS = re.compile(r"/api/items/[^/]+/(?:original|assets/[^/]+)")


def session_cookie_name(port: int) -> str:
    """The cookie's name; cookies ignore ports, so that two servers of one owner need two names."""
    return f"cortex_session_{port}"


def read_credentials(scope: Scope, headers: Headers, port: int) -> Credentials:
    """The credentials of a request. `?token=` and the like are never looked at."""
    cookies = cookie_parser("; ".join(headers.getlist("cookie")))
    return Credentials(
        bearer=_bearer(headers),
        session_secret=headers.get("x-cortex-session"),
        session_cookie=cookies.get(session_cookie_name(port)),
        stream_ticket=_stream_ticket(scope),
        cookie_suffices=(
            scope.get("method") in ("GET", "HEAD")
            and headers.get("sec-fetch-site") == "same-origin"
            and _COOKIE_OPENS.fullmatch(scope["path"]) is not None
        ),
    )


def is_stream(scope: Scope, headers: Headers) -> bool:
    """Whether the answer goes on after it began: what is revoked must not go on with it."""
    if scope["type"] == "websocket":
        return True
    return scope["path"] in STREAM_PATHS or "text/event-stream" in headers.get("accept", "")


def _bearer(headers: Headers) -> str | None:
    values = headers.getlist("authorization")
    if not values:
        return None
    scheme, _, token = values[0].partition(" ")
    # Another scheme, or several lines, is a wrong credential, not an absent one.
    return token.strip() if len(values) == 1 and scheme.lower() == "bearer" else ""


def _stream_ticket(scope: Scope) -> str | None:
    if scope["type"] != "websocket" and (scope["path"] not in STREAM_PATHS or scope["method"] != "GET"):
        return None
    tickets = parse_qs(scope["query_string"].decode("latin-1")).get("ticket", [])
    return tickets[0] if len(tickets) == 1 else None
