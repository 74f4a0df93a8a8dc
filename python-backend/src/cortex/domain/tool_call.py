"""A tool call: what a model wants to do or did while it answered, and what the owner said to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

ToolCallState = Literal["pending", "approved", "refused", "done", "failed", "expired"]
"""`pending` waits for the owner; `approved` may run, for it needs no approval or was given it. The others are ends;
`expired`: the answer ended before anybody decided."""
Decision = Literal["approve", "refuse"]


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool gave: words for the model (saved text in them is fenced) and facts for clients."""

    text: str
    is_error: bool = False
    facts: Mapping[str, object] = field(default_factory=dict)
    """JSON: ids of what was made or found."""


@dataclass(frozen=True, slots=True)
class ToolCallRecord:
    """One call of one answer, as it is stored. `arguments` are as the model gave them."""

    id: str
    conversation_id: str
    message_id: str
    round: int
    """Which of the model's turns within the answer asked for it, from 0 on."""
    position: int
    """Its place among the calls of that turn."""
    name: str
    arguments: Mapping[str, object]
    description: str
    """What it would do, a sentence for the owner; for a reading tool what it looks for."""
    needs_approval: bool
    state: ToolCallState
    is_local: bool
    """Whether the model that asked runs on this machine: what it may be told depends on it."""
    created_at: str
    result: ToolResult | None = None
    undo_id: str | None = None
    decided_at: str | None = None
    ended_at: str | None = None

    @property
    def is_pending(self) -> bool:
        return self.state == "pending"

    @property
    def has_ended(self) -> bool:
        return self.state not in ("pending", "approved")
