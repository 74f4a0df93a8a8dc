"""Which models are asked: the owner's choice."""

from __future__ import annotations

import functools
from collections.abc import Callable

from fastapi import APIRouter

from cortex.api.deps import App
from cortex.api.errors import responses
from cortex.api.schemas.ai import (
    AISettingsChange,
    AISettingsChanged,
    AISettingsShown,
    CloudShown,
    EmbeddingChange,
    EmbeddingShown,
    FallbackShown,
    KeyState,
    ModelInUse,
)
from cortex.domain.access import Scope
from cortex.domain.settings import AIPreferences
from cortex.exceptions import ValidationError
from cortex.providers.cloud_place import CloudPlace
from cortex.security.scopes import requires
from cortex.services.model_places import fallback_place, main_place

router = APIRouter(prefix="/api/settings/ai", tags=["settings"])


@router.get("")
@requires(Scope.owner)
async def get_ai_settings(app: App) -> AISettingsShown:
    """Which models are chosen, and which would be asked now. Keys are never shown."""
    return await _shown(app, await app.intelligence.settings.read())


@router.put("", responses=responses(422))
@requires(Scope.owner)
async def change_ai_settings(change: AISettingsChange, app: App) -> AISettingsChanged:
    """Choose models. One invalid value, and nothing is changed.

    A key is kept apart from the settings, for the place that it was given for; undoing never brings one back.
    """
    _check_embedding(app, change.embedding)
    preferences, undo_id = await app.intelligence.settings.change(change.named())
    return AISettingsChanged(**(await _shown(app, preferences)).model_dump(), undo_id=undo_id)


def _check_embedding(app: App, embedding: EmbeddingChange | None) -> None:
    if embedding is None:
        return
    if embedding.provider not in (None, "embedded"):
        message = f"Vectors by {embedding.provider} are not there yet; this Cortex has the embedded model."
        raise ValidationError(
            message, details=[{"loc": ["body", "embedding", "provider"], "msg": message, "type": "value"}]
        )
    if embedding.model not in (None, app.settings.embedding_model):
        message = f"There is no embedded model {embedding.model}; this Cortex has {app.settings.embedding_model}."
        raise ValidationError(
            message, details=[{"loc": ["body", "embedding", "model"], "msg": message, "type": "value"}]
        )


async def _shown(app: App, preferences: AIPreferences) -> AISettingsShown:
    choice = await app.intelligence.models.choose()
    cloud = preferences.cloud
    return AISettingsShown(
        provider=preferences.provider,
        ollama_host=preferences.ollama_host,
        chat_model=preferences.chat_model,
        embedding=EmbeddingShown(provider=preferences.embedding_provider, model=preferences.embedding_model),
        cloud=CloudShown(
            model=cloud.model, api_base=cloud.api_base, api_key=await _key_state(app, lambda: main_place(preferences))
        ),
        fallbacks=[
            FallbackShown(
                provider=one.provider,
                model=one.model,
                api_key=await _key_state(app, functools.partial(fallback_place, preferences, one))
                if one.provider == "cloud"
                else None,
            )
            for one in preferences.fallbacks
        ],
        remote_hosts=list(preferences.remote_hosts),
        keep_alive=preferences.keep_alive,
        preload=preferences.preload,
        thinking=preferences.thinking,
        in_use=[
            ModelInUse(
                name=one.identity.name,
                provider=one.identity.provider,
                model=one.identity.model,
                local=one.identity.is_local,
                place=one.identity.place,
            )
            for one in choice.models
        ],
        notes=list(choice.notes),
        consent_needed=list(choice.consent_needed),
    )


async def _key_state(app: App, where: Callable[[], CloudPlace | None]) -> KeyState:
    try:
        place = where()
    except ValueError:  # stored by another version of Cortex
        return "unset"
    return "set" if place is not None and await app.intelligence.settings.has_key(place.key_name) else "unset"
