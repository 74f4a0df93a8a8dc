"""One call of a model, as the owner's usage shows it. Holds nothing of what was asked or answered."""

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
    cached: bool = False
    """Answered from memory: no model was asked."""
