"""Which model turns text into vectors, and the change from one to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cortex.domain.settings import EmbeddingProvider

BuildState = Literal["running", "waiting", "paused", "failed", "done", "cancelled"]
"""`waiting`: for the provider, and goes on by itself. `failed`: the model refuses; the owner decides."""
UNFINISHED: tuple[BuildState, ...] = ("running", "waiting", "paused", "failed")
OfferReason = Literal["model_changed", "server_changed"]


@dataclass(frozen=True, slots=True)
class EmbeddingChoice:
    """A model that the owner can choose."""

    provider: EmbeddingProvider
    model: str


@dataclass(frozen=True, slots=True)
class Leaving:
    """What would leave this machine."""

    place: str
    passages: int
    characters: int


@dataclass(frozen=True, slots=True)
class EmbeddingEstimate:
    """What a change would cost, before it is begun."""

    choice: EmbeddingChoice
    passages: int
    left_out: int
    """Passages of items that must stay on this machine; found by words and by the embedded model."""
    seconds: float
    """As measured just now on a few texts; captures and searches go first, so it may take longer."""
    disk_bytes: int
    """Of the new vectors; the old ones stand beside them until the swap."""
    dimension: int
    tokens: int | None
    cost_usd: float | None
    """Tokens and cost only where something is paid for; cost None where the price is not known."""
    leaves: Leaving | None
    """None: nothing leaves."""
    needs_consent: bool
    is_instant: bool
    """The vectors are there already."""


@dataclass(frozen=True, slots=True)
class EmbeddingBuild:
    """A change under way, or the last one."""

    id: int
    source: EmbeddingChoice | None
    target: EmbeddingChoice
    place: str | None
    """Where passages go, when they leave this machine."""
    state: BuildState
    space: int | None
    done: int
    total: int
    left_out: int
    seconds: float
    """Spent on embedding so far."""
    error: str | None
    started_at: str
    updated_at: str
    finished_at: str | None
    freed_bytes: int | None
    """By which the library's file became smaller after the swap."""

    @property
    def seconds_left(self) -> float | None:
        """At the speed so far; None while that is not known."""
        if not self.done or not self.seconds:
            return None
        return max(self.total - self.done, 0) * self.seconds / self.done


@dataclass(frozen=True, slots=True)
class EmbeddingOffer:
    """A change that the owner may want, because the model in use is not what it was."""

    choice: EmbeddingChoice
    reason: OfferReason
    detail: str


@dataclass(frozen=True, slots=True)
class EmbeddingStatus:
    """What search reads, what is being built beside it, and what could be."""

    active: EmbeddingChoice
    fallback: EmbeddingChoice | None
    build: EmbeddingBuild | None
    """The one under way, or the last one."""
    offer: EmbeddingOffer | None

    @property
    def chosen(self) -> EmbeddingChoice:
        """What the owner wants: the model that vectors are being made for, else the one in use."""
        return self.build.target if self.build is not None and self.build.state in UNFINISHED else self.active
