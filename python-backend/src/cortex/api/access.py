"""Puts the guard in front of the application, and lists the routes that need no token, each with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, FastAPI
from fastapi.routing import iter_route_contexts
from starlette.requests import HTTPConnection
from starlette.types import Scope as ConnectionScope

from cortex.api import contract
from cortex.api.errors import body_of, status_of
from cortex.api.interface import VIEWS
from cortex.config import Settings
from cortex.domain.access import Scope
from cortex.exceptions import CortexError
from cortex.security.body_limits import BodyLimits
from cortex.security.callers import Caller
from cortex.security.gate import Gate
from cortex.security.guard import Guard
from cortex.security.origins import OriginPolicy
from cortex.security.route_table import Exemption, RouteTable
from cortex.security.scopes import Access

_READ = frozenset({"GET", "HEAD"})
EXEMPTIONS = (
    Exemption("/api/health", _READ, "says whether Cortex is up and its version, nothing of the owner's"),
    Exemption("/health", _READ, "alias of /api/health"),
    Exemption("/docs", _READ, "the published contract; its assets are served from here"),
    Exemption("/docs/{name}", _READ, "assets of /docs"),
    Exemption("/openapi.json", _READ, "the published contract"),
    *(Exemption(view, _READ, "the page; it holds nothing until it signed in") for view in VIEWS),
    Exemption("/assets/{name}", _READ, "the page's own files"),
    Exemption("/favicon.svg", _READ, "the page's own files"),
    Exemption("/ui/{name}", _READ, "the plain page's own files"),
    Exemption(
        "/api/auth/proof", frozenset({"GET"}), "clients check the server before they send anything", extensions=True
    ),
    Exemption("/api/auth/sessions", frozenset({"POST"}), "the single-use ticket in the body stands in for the token"),
)


def install(app: FastAPI, settings: Settings) -> None:
    """Guard every route of `app`, also those that are added later on."""

    def gate(scope: ConnectionScope) -> Gate:
        found: Gate = scope["state"]["application"].gate
        return found

    app.add_middleware(
        Guard,
        gate=gate,
        routes=lambda: route_table(app),
        origins=OriginPolicy(development=settings.development_origins, remote=settings.allow_remote),
        limits=BodyLimits(
            capture=settings.limits.capture_body,
            upload_file=settings.limits.upload_file,
            other=settings.limits.other_body,
        ),
        render=_render,
    )
    contract.install(app, lambda: route_table(app))


def route_table(app: FastAPI) -> RouteTable:
    """The access rules of every route of `app`, in the order in which its router tries them."""
    return RouteTable(_routes(app), EXEMPTIONS)


def _routes(app: FastAPI) -> Iterator[tuple[str, frozenset[str] | None, object]]:
    for route in iter_route_contexts(app.routes):
        if route.path is not None:
            yield route.path, frozenset(route.methods) if route.methods else None, route.endpoint


def _render(error: CortexError) -> tuple[int, dict[str, object]]:
    return status_of(error), body_of(error)


def _caller(connection: HTTPConnection) -> Caller:
    caller: Caller = connection.state.caller
    return caller


def may_write(caller: Caller) -> bool:
    """Whether a caller may change the library, and so decide on what an answer wants to change."""
    return Access(frozenset({Scope.write})).admits(caller.scope)


def may_chat(caller: Caller) -> bool:
    """Whether a caller may ask language models, which can cost money."""
    return Access(frozenset({Scope.read})).admits(caller.scope)


CurrentCaller = Annotated[Caller, Depends(_caller)]
"""Whoever the guard let in."""
