"""The owner's settings."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from cortex import __version__
from cortex.api.deps import App
from cortex.api.errors import responses
from cortex.api.schemas.words import Name
from cortex.domain.access import Scope
from cortex.domain.settings import AIPreferences, Preferences, Provider
from cortex.exceptions import ValidationError
from cortex.providers.server_address import parse_server_address
from cortex.security.scopes import requires

router = APIRouter(prefix="/api/settings", tags=["settings"])


def _address(value: str) -> str:
    return parse_server_address(value).url


class LimitsShown(BaseModel):
    """Upper bounds in bytes, set at the start."""

    capture_body: int
    upload_file: int
    other_body: int


class SettingsShown(BaseModel):
    """What the owner chose, and what was set at the start (`CORTEX_…`)."""

    trash_days: int
    """After so many days in the trash an item is deleted for good."""
    version: str
    data_dir: str
    max_concurrent_processing: int
    limits: LimitsShown


class SettingsChanged(SettingsShown):
    """All settings after a change."""

    undo_id: str | None


class SettingsChange(BaseModel):
    """What to choose; what is not named stays."""

    model_config = ConfigDict(extra="forbid")

    trash_days: Annotated[int, Field(ge=1, le=3650)] | None = None


class EmbeddingShown(BaseModel):
    """Which model turns text into vectors. `embedded`: the one that ships with Cortex."""

    model_config = ConfigDict(extra="forbid")

    provider: Literal["embedded"]
    model: str


class AISettingsShown(BaseModel):
    """Which models are asked."""

    provider: Provider
    ollama_host: str
    chat_model: str
    embedding: EmbeddingShown


class AISettingsChanged(AISettingsShown):
    """The settings after a change."""

    undo_id: str | None


class EmbeddingChange(BaseModel):
    """The embedding model to use."""

    model_config = ConfigDict(extra="forbid")

    provider: Literal["embedded"] | None = None
    model: Name | None = None


class AISettingsChange(BaseModel):
    """What to choose; what is not named stays."""

    model_config = ConfigDict(extra="forbid")

    provider: Provider | None = None
    ollama_host: Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_address)] | None = None
    chat_model: Name | None = None
    embedding: EmbeddingChange | None = None


@router.get("")
@requires(Scope.owner)
async def get_settings(app: App) -> SettingsShown:
    """Everything that can be chosen, and what was set at the start."""
    return _shown(app, await app.preferences.preferences())


@router.put("", responses=responses(422))
@requires(Scope.owner)
async def change_settings(change: SettingsChange, app: App) -> SettingsChanged:
    """Choose. One invalid value, and nothing is changed."""
    chosen = change.model_dump(exclude_none=True)
    preferences, undo_id = await app.preferences.change_preferences(**chosen)
    return SettingsChanged(**_shown(app, preferences).model_dump(), undo_id=undo_id)


@router.get("/ai")
@requires(Scope.owner)
async def get_ai_settings(app: App) -> AISettingsShown:
    """Which models are asked."""
    return _ai(await app.preferences.ai())


@router.put("/ai", responses=responses(422))
@requires(Scope.owner)
async def change_ai_settings(change: AISettingsChange, app: App) -> AISettingsChanged:
    """Choose models. One invalid value, and nothing is changed."""
    chosen = change.model_dump(exclude_none=True, exclude={"embedding"})
    model = change.embedding.model if change.embedding is not None else None
    if model is not None and model != app.settings.embedding_model:
        message = f"There is no embedded model {model}; this Cortex has {app.settings.embedding_model}."
        raise ValidationError(
            message, details=[{"loc": ["body", "embedding", "model"], "msg": message, "type": "value"}]
        )
    preferences, undo_id = await app.preferences.change_ai(**chosen)
    return AISettingsChanged(**_ai(preferences).model_dump(), undo_id=undo_id)


def _shown(app: App, preferences: Preferences) -> SettingsShown:
    limits = app.settings.limits
    return SettingsShown(
        trash_days=preferences.trash_days,
        version=__version__,
        data_dir=str(app.data_dir),
        max_concurrent_processing=app.settings.max_concurrent_processing,
        limits=LimitsShown(
            capture_body=limits.capture_body, upload_file=limits.upload_file, other_body=limits.other_body
        ),
    )


def _ai(preferences: AIPreferences) -> AISettingsShown:
    return AISettingsShown(
        provider=preferences.provider,
        ollama_host=preferences.ollama_host,
        chat_model=preferences.chat_model,
        embedding=EmbeddingShown(provider=preferences.embedding_provider, model=preferences.embedding_model),
    )
