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
    FallbackShown,
    KeyState,
    ModelInUse,
)
from cortex.api.schemas.embedding import embedding_shown
from cortex.domain.access import Scope
from cortex.domain.settings import AIPreferences
from cortex.providers.cloud_place import CloudPlace
from cortex.security.scopes import requires
from cortex.services.model_places import fallback_place, main_place

router = APIRouter(prefix="/api/settings/ai", tags=["settings"])


@router.get("")
@requires(Scope.owner)
async def get_ai_settings(app: App) -> AISettingsShown:
    """Which models are chosen, and which would be asked now. Keys are never shown."""
    return await _shown(app, await app.intelligence.settings.read())


@router.put("", responses=responses(422, 502, 503))
@requires(Scope.owner)
async def change_ai_settings(change: AISettingsChange, app: App) -> AISettingsChanged:
    """Choose models. One invalid value, and nothing is changed.

    Another embedding model is asked first, with the settings as they were before, and its vectors are then made in the
    background. A key is kept apart from the settings, for the place that it was given for; undoing never brings one
    back.
    """
    if change.embedding is not None:
        switch, wanted = app.vectors.switch, change.embedding
        choice = await switch.named(wanted.provider, wanted.model)
        await app.intelligence.settings.plan(change.named())
        if choice != (await switch.status()).chosen:
            await switch.choose(choice, consent=wanted.consent)
    preferences, undo_id = await app.intelligence.settings.change(change.named())
    return AISettingsChanged(**(await _shown(app, preferences)).model_dump(), undo_id=undo_id)


async def _shown(app: App, preferences: AIPreferences) -> AISettingsShown:
    choice = await app.intelligence.models.choose()
    cloud = preferences.cloud
    return AISettingsShown(
        provider=preferences.provider,
        ollama_host=preferences.ollama_host,
        chat_model=preferences.chat_model,
        embedding=embedding_shown(await app.vectors.switch.status()),
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
            for one in choice.answering
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
