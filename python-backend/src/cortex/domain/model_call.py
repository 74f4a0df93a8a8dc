"""Calls of models, as the owner's usage shows them. Hold nothing of what was asked or answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CallOutcome = Literal["ok", "failed", "timeout", "broken", "refused", "cancelled"]
"""`failed`: away or too busy. `broken`: broke off in the middle. `refused`: the model answered with an error.
`cancelled`: whoever asked no longer wanted it."""
UsageGrouping = Literal["day", "provider", "model", "purpose"]


@dataclass(frozen=True, slots=True)
class ModelCall:
    """What one call took. Tokens and cost are known only of calls that ended well."""

    at: str
    purpose: str
    provider: str
    model: str
    remote: bool
    """Whether what was asked left this machine."""
    outcome: CallOutcome
    milliseconds: float
    first_part_milliseconds: float | None = None
    """Until the first piece of the answer; None when none came."""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float = 0.0
    is_cost_known: bool = True
    """False where somebody may ask money for it, but nobody says how much."""
    cached: bool = False
    """Answered from memory: no model was asked."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Calls added up. What they were not grouped by is None."""

    day: str | None = None
    """In UTC."""
    provider: str | None = None
    model: str | None = None
    purpose: str | None = None
    calls: int = 0
    """Those answered from memory included."""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float = 0.0
    cost_unknown: int = 0
    """Calls that may have cost something that `cost_usd` lacks."""
    milliseconds: float = 0.0
    remote: int = 0
    """Calls that left this machine."""
    cached: int = 0
    """Calls answered from memory."""
    failed: int = 0
    """Calls that ended without a whole answer, other than by being cancelled."""
