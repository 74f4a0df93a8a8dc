"""Models that can be asked, and trying a choice of them."""

from __future__ import annotations

from fastapi import APIRouter

from cortex.api.deps import App
from cortex.api.errors import responses
from cortex.api.schemas.ai import (
    AISettingsChange,
    AISettingsTried,
    CapabilitiesShown,
    EmbeddingTried,
    OfferedModel,
    OfferedModels,
)
from cortex.security.scopes import Scope, requires

router = APIRouter(tags=["settings"])


@router.get("/api/models")
@requires(Scope.read)
async def list_models(app: App) -> OfferedModels:
    """The language models that may be named in a question: those of the settings, and what else is installed."""
    return OfferedModels(
        items=[
            OfferedModel(
                name=one.identity.name,
                provider=one.identity.provider,
                model=one.identity.model,
                local=one.identity.is_local,
                place=one.identity.place,
                default=one.is_default,
                capabilities=list(one.capabilities) if one.capabilities is not None else None,
                context_length=one.context_tokens,
                size=one.size,
            )
            for one in await app.intelligence.models.models()
        ]
    )


@router.post("/api/settings/ai/test", responses=responses(422))
@requires(Scope.owner)
async def test_ai_settings(change: AISettingsChange, app: App) -> AISettingsTried:
    """Try the settings as they would be after this change: connect, ask what the model can do, let it say a few words.

    Stores nothing and sends nothing of the library. A stored key is sent to no place but its own; a model elsewhere is
    asked only if its place stands in `remote_hosts`, here or in the settings. Can take a minute while a model loads.
    """
    trial = await app.intelligence.trial.run(
        change.named(), embedding=await _embedding(app, change), embedded=app.embeddings.embedder
    )
    can = trial.capabilities
    return AISettingsTried(
        ok=trial.ok,
        provider=trial.provider,
        model=trial.model,
        place=trial.place,
        local=trial.local,
        milliseconds=trial.milliseconds,
        first_token_ms=trial.first_token_ms,
        tokens_per_second=trial.tokens_per_second,
        capabilities=CapabilitiesShown(
            context_tokens=can.context_tokens, tools=can.tools, schema_output=can.schema, thinking=can.thinking
        )
        if can is not None
        else None,
        sample=trial.sample,
        error=trial.error,
        advice=trial.advice,
        embedding=EmbeddingTried.model_validate(trial.embedding, from_attributes=True) if trial.embedding else None,
    )


async def _embedding(app: App, change: AISettingsChange) -> tuple[str, str] | None:
    """The embedding model to try; what was not named is as it is chosen now."""
    if change.embedding is None:
        return None
    now = await app.intelligence.settings.read()
    provider = change.embedding.provider or now.embedding_provider
    model = change.embedding.model
    if model is None:
        model = now.embedding_model if provider == now.embedding_provider else app.settings.embedding_model
    return provider, model
