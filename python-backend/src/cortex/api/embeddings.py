"""Vectors of any texts, for scripts and agents."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BeforeValidator, Field

from cortex.api.deps import App
from cortex.api.errors import responses
from cortex.api.schemas.base import Schema
from cortex.security.scopes import Scope, requires

router = APIRouter(tags=["search"])


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


class EmbeddingBody(Schema):
    """Texts, or one text. What is longer than the model reads counts up to there."""

    input: Annotated[
        list[Annotated[str, Field(max_length=200_000)]], BeforeValidator(_as_list), Field(min_length=1, max_length=256)
    ]


class EmbeddingAnswer(Schema):
    """One unit vector a text, in order."""

    embeddings: list[list[float]]
    provider: str
    model: str
    dimension: int


@router.post("/api/embeddings", operation_id="embed_texts", responses=responses(422, 502, 503))
@requires(Scope.read)
async def embed_texts(body: EmbeddingBody, app: App) -> EmbeddingAnswer:
    """Embed texts with the model that search uses."""
    model, vectors = await app.embeddings.embed_texts([text.encode(errors="replace").decode() for text in body.input])
    return EmbeddingAnswer(embeddings=vectors, provider=model.provider, model=model.model, dimension=model.dimension)
