"""The owner's settings."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import ConfigDict, Field

from cortex import __version__
from cortex.api.deps import App
from cortex.api.errors import responses
from cortex.api.schemas.base import Schema
from cortex.domain.access import Scope
from cortex.domain.settings import Preferences
from cortex.security.scopes import requires

router = APIRouter(prefix="/api/settings", tags=["settings"])


class LimitsShown(Schema):
    """Upper bounds in bytes, set at the start."""

    capture_body: int
    upload_file: int
    other_body: int


class SettingsShown(Schema):
    """What the owner chose, and what was set at the start (`CORTEX_…`)."""

    trash_days: int
    """After so many days in the trash an item is deleted for good."""
    digest_enabled: bool
    """Make a digest every day on which there is something to tell."""
    digest_hour: int
    """0–23, by the clock of the machine that Cortex runs on."""
    check_links: bool
    """Look now and then whether saved addresses still lead somewhere: that asks their sites."""
    version: str
    data_dir: str
    max_concurrent_processing: int
    limits: LimitsShown


class SettingsChanged(SettingsShown):
    """All settings after a change."""

    undo_id: str | None


class SettingsChange(Schema):
    """What to choose; what is not named stays."""

    model_config = ConfigDict(extra="forbid")

    trash_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    digest_enabled: bool | None = None
    digest_hour: Annotated[int, Field(ge=0, le=23)] | None = None
    check_links: bool | None = None


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


def _shown(app: App, preferences: Preferences) -> SettingsShown:
    limits = app.settings.limits
    return SettingsShown(
        trash_days=preferences.trash_days,
        digest_enabled=preferences.digest_enabled,
        digest_hour=preferences.digest_hour,
        check_links=preferences.check_links,
        version=__version__,
        data_dir=str(app.data_dir),
        max_concurrent_processing=app.settings.max_concurrent_processing,
        limits=LimitsShown(
            capture_body=limits.capture_body, upload_file=limits.upload_file, other_body=limits.other_body
        ),
    )
