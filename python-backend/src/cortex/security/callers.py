"""Whoever was let in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cortex.domain.access import Scope


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated caller. `id` names the session or key; the owner's token has none."""

    kind: Literal["owner", "session", "key"]
    scope: Scope
    id: str | None = None
