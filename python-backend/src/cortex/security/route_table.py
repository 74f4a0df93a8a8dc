"""Which declared access belongs to a request: the same matching as the router's, done before anything is read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.routing import compile_path

from cortex.security.scopes import OWNER_ONLY, Access, declared_access


@dataclass(frozen=True, slots=True)
class Exemption:
    """A route that needs no token, and why that is safe."""

    path: str
    methods: frozenset[str]
    reason: str
    extensions: bool = False
    """Whether any browser extension's origin may call it."""


@dataclass(frozen=True, slots=True)
class RouteRule:
    """What the guard enforces for one route. `methods` is None for a WebSocket."""

    path: str
    methods: frozenset[str] | None
    access: Access
    declared: bool
    exemption: Exemption | None = None


UNKNOWN = RouteRule(path="", methods=frozenset(), access=OWNER_ONLY, declared=False)
"""A path that no route has: only a caller who was let in learns that there is nothing."""


class RouteTable:
    """The rules of all routes in the router's order."""

    def __init__(
        self, routes: Iterable[tuple[str, frozenset[str] | None, object]], exemptions: Iterable[Exemption] = ()
    ):
        """`routes` gives each route's path template, its methods (None: WebSocket) and its endpoint."""
        by_path = {exemption.path: exemption for exemption in exemptions}
        self._rules: list[tuple[re.Pattern[str], RouteRule]] = []
        for path, methods, endpoint in routes:
            access = declared_access(endpoint)
            exemption = by_path.get(path)
            rule = RouteRule(
                path=path,
                methods=methods,
                access=access or OWNER_ONLY,
                declared=access is not None,
                exemption=exemption if exemption and methods and methods <= exemption.methods else None,
            )
            self._rules.append((compile_path(path)[0], rule))

    @property
    def rules(self) -> tuple[RouteRule, ...]:
        """Every rule."""
        return tuple(rule for _, rule in self._rules)

    def find(self, path: str, method: str | None) -> RouteRule:
        """The rule for a request; `method` is None for a WebSocket.

        Where the path exists under other methods only, the first of those answers (the router then says 405).
        """
        other: RouteRule | None = None
        for pattern, rule in self._rules:
            if (rule.methods is None) == (method is None) and pattern.match(path):
                if rule.methods is None or method in rule.methods:
                    return rule
                other = other or rule
        return other or UNKNOWN
