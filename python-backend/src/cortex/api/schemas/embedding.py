"""The embedding model as clients see and change it."""

from __future__ import annotations

from pydantic import ConfigDict

from cortex.api.schemas.base import Schema
from cortex.api.schemas.words import Name
from cortex.domain.embedding import BuildState, EmbeddingChoice, EmbeddingEstimate, EmbeddingStatus, OfferReason
from cortex.domain.settings import EmbeddingProvider


class EmbeddingModelShown(Schema):
    """A model that turns text into vectors."""

    provider: EmbeddingProvider
    model: str


class EmbeddingBuildShown(Schema):
    """A change of the model: under way, or the last one."""

    source: EmbeddingModelShown | None
    target: EmbeddingModelShown
    state: BuildState
    done: int
    """Passages."""
    total: int
    left_out: int
    """Passages that must stay on this machine; found by words and by the embedded model."""
    seconds_left: float | None
    """At the speed so far; null while that is not known or nothing is left."""
    error: str | None
    started_at: str
    finished_at: str | None
    freed_bytes: int | None
    """By how much the library's file became smaller after the swap."""


class EmbeddingOfferShown(Schema):
    """The model in use is not what it was: choosing it again makes all vectors anew."""

    provider: EmbeddingProvider
    model: str
    reason: OfferReason
    detail: str


class EmbeddingShown(Schema):
    """Which model turns text into vectors: the choice, and what search reads until all vectors are made."""

    provider: EmbeddingProvider
    model: str
    active: EmbeddingModelShown
    fallback: EmbeddingModelShown | None
    """What answers while the model in use is away."""
    build: EmbeddingBuildShown | None
    offer: EmbeddingOfferShown | None


class EmbeddingChoiceBody(Schema):
    """The embedding model to use; what is not named stays."""

    model_config = ConfigDict(extra="forbid")

    provider: EmbeddingProvider | None = None
    model: Name | None = None


class EmbeddingChange(EmbeddingChoiceBody):
    """The embedding model to use. Vectors are made in the background; search goes on with those there are."""

    consent: bool = False
    """Saved text may go to the model's place, where that is not this machine."""


class LeavingShown(Schema):
    """What would leave this machine."""

    place: str
    passages: int
    characters: int


class EmbeddingEstimateShown(Schema):
    """What a change would cost."""

    provider: EmbeddingProvider
    model: str
    passages: int
    left_out: int
    seconds: float
    disk_bytes: int
    dimension: int
    tokens: int | None
    cost_usd: float | None
    leaves: LeavingShown | None
    needs_consent: bool
    instant: bool
    """The vectors are there already."""


def embedding_shown(status: EmbeddingStatus) -> EmbeddingShown:
    """The choice, what is active and what is under way."""
    build = status.build
    chosen = status.chosen
    return EmbeddingShown(
        provider=chosen.provider,
        model=chosen.model,
        active=_model(status.active),
        fallback=_model(status.fallback) if status.fallback is not None else None,
        build=EmbeddingBuildShown(
            source=_model(build.source) if build.source is not None else None,
            target=_model(build.target),
            state=build.state,
            done=build.done,
            total=build.total,
            left_out=build.left_out,
            seconds_left=round(build.seconds_left, 1) if build.seconds_left is not None else None,
            error=build.error,
            started_at=build.started_at,
            finished_at=build.finished_at,
            freed_bytes=build.freed_bytes,
        )
        if build is not None
        else None,
        offer=EmbeddingOfferShown(
            provider=status.offer.choice.provider,
            model=status.offer.choice.model,
            reason=status.offer.reason,
            detail=status.offer.detail,
        )
        if status.offer is not None
        else None,
    )


def estimate_shown(estimate: EmbeddingEstimate) -> EmbeddingEstimateShown:
    """An estimate."""
    leaves = estimate.leaves
    return EmbeddingEstimateShown(
        provider=estimate.choice.provider,
        model=estimate.choice.model,
        passages=estimate.passages,
        left_out=estimate.left_out,
        seconds=estimate.seconds,
        disk_bytes=estimate.disk_bytes,
        dimension=estimate.dimension,
        tokens=estimate.tokens,
        cost_usd=estimate.cost_usd,
        leaves=LeavingShown(place=leaves.place, passages=leaves.passages, characters=leaves.characters)
        if leaves is not None
        else None,
        needs_consent=estimate.needs_consent,
        instant=estimate.is_instant,
    )


def _model(choice: EmbeddingChoice) -> EmbeddingModelShown:
    return EmbeddingModelShown(provider=choice.provider, model=choice.model)
