"""Changing the embedding model: what it would cost, and stopping it. `PUT /api/settings/ai` begins it."""

from __future__ import annotations

from fastapi import APIRouter

from cortex.api.deps import App
from cortex.api.errors import responses
from cortex.api.schemas.embedding import (
    EmbeddingChoiceBody,
    EmbeddingEstimateShown,
    EmbeddingShown,
    embedding_shown,
    estimate_shown,
)
from cortex.domain.access import Scope
from cortex.security.scopes import requires

router = APIRouter(prefix="/api/settings/ai/embedding", tags=["settings"])


@router.post("/estimate", operation_id="estimate_embedding", responses=responses(422, 502, 503))
@requires(Scope.owner)
async def estimate_embedding(body: EmbeddingChoiceBody, app: App) -> EmbeddingEstimateShown:
    """What choosing this model would cost in time, room and money, and what would leave the machine.

    Nothing of the library is sent for it.
    """
    switch = app.vectors.switch
    return estimate_shown(await switch.estimate(await switch.named(body.provider, body.model)))


@router.post("/renew", operation_id="renew_embedding", responses=responses(409, 502, 503))
@requires(Scope.owner)
async def renew_embedding(app: App) -> EmbeddingShown:
    """Take the offer: the model in use has changed, make all its vectors anew."""
    return embedding_shown(await app.vectors.switch.renew())


@router.post("/pause", operation_id="pause_embedding", responses=responses(409))
@requires(Scope.owner)
async def pause_embedding(app: App) -> EmbeddingShown:
    """Stop making vectors for now; what is done is kept."""
    return embedding_shown(await app.vectors.switch.pause())


@router.post("/resume", operation_id="resume_embedding", responses=responses(409))
@requires(Scope.owner)
async def resume_embedding(app: App) -> EmbeddingShown:
    """Go on making vectors, also after a failure."""
    return embedding_shown(await app.vectors.switch.resume())


@router.post("/cancel", operation_id="cancel_embedding", responses=responses(409))
@requires(Scope.owner)
async def cancel_embedding(app: App) -> EmbeddingShown:
    """Give the change up: the new vectors are deleted, search stays as it is."""
    return embedding_shown(await app.vectors.switch.cancel())
