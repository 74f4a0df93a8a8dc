"""Scopes of API keys, and how a route declares what it takes to call it.

    @router.get("/api/items")
    @requires(Scope.read)
    async def list_items(…): …

The guard enforces the declaration before the body is read or validated; an undeclared route is for the owner
alone. `tests/api/test_auth_coverage.py` proves that every route declares its scope or is a listed exemption.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from cortex.domain.access import Scope

__all__ = ["OWNER_ONLY", "Access", "BodyKind", "Scope", "declared_access", "requires"]

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
BodyKind = Literal["json", "capture", "upload", "stream"]
"""What a route reads: JSON up to the general limit; a captured page as JSON; multipart files; a multipart stream
that the handler bounds itself (imports, restores)."""


_COVERED: dict[Scope, frozenset[Scope]] = {
    Scope.owner: frozenset(Scope),
    Scope.write: frozenset({Scope.write, Scope.read, Scope.companion, Scope.capture}),
    Scope.read: frozenset({Scope.read}),
    Scope.companion: frozenset({Scope.companion, Scope.capture}),
    Scope.capture: frozenset({Scope.capture}),
}


@dataclass(frozen=True, slots=True)
class Access:
    """What a route declares: the scopes of which one is enough, and the kind of body it reads."""

    scopes: frozenset[Scope]
    body: BodyKind = "json"

    def admits(self, held: Scope) -> bool:
        """Whether a caller holding `held` may call."""
        return not self.scopes.isdisjoint(_COVERED[held])


OWNER_ONLY = Access(frozenset({Scope.owner}))


def requires(*scopes: Scope, body: BodyKind = "json") -> Callable[[Endpoint], Endpoint]:
    """Declare that holding any one of `scopes` is enough to call the endpoint, and what kind of body it reads.

    `owner` is always enough; `write` covers `read`, `companion` and `capture`; `companion` covers `capture`.
    """
    access = Access(frozenset(scopes), body)

    def declare(endpoint: Endpoint) -> Endpoint:
        endpoint.__cortex_access__ = access  # type: ignore[attr-defined] # an attribute, so that it survives any router
        return endpoint

    return declare


def declared_access(endpoint: object) -> Access | None:
    """What `requires` said of an endpoint, or None."""
    access: Access | None = getattr(endpoint, "__cortex_access__", None)
    return access
