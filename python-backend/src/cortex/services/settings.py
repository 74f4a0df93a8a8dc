"""The owner's settings: what was chosen, over what was configured at the start."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass, replace
from typing import Any

from cortex.config import Settings
from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import settings as stored
from cortex.db.repositories import undo
from cortex.db.repositories.changes import ChangeLog
from cortex.domain.settings import AIPreferences, CloudPreferences, FallbackModel, Preferences
from cortex.services.events import EventBus

_PREFERENCES = "preferences"
_AI = "ai"


class SettingsService:
    """Reads and changes settings; every change can be undone for a day."""

    def __init__(self, database: Database, events: EventBus, configured: Settings):
        self._database = database
        self._events = events
        self._configured = configured

    async def preferences(self) -> Preferences:
        """How the library is kept."""
        return await self._database.read(lambda connection: replace(Preferences(), **_chosen(connection, _PREFERENCES)))

    async def ai(self) -> AIPreferences:
        """Which models are asked: the owner's choice, else what was configured."""
        return await self._database.read(lambda connection: _ai(self.configured_ai(), _chosen(connection, _AI)))

    async def change_preferences(self, **chosen: object) -> tuple[Preferences, str | None]:
        """Choose (values must be valid); gives all preferences and the undo id."""
        undo_id = await self._write(_PREFERENCES, asdict(Preferences()), chosen)
        return await self.preferences(), undo_id

    async def change_ai(self, **chosen: object) -> tuple[AIPreferences, str | None]:
        """Choose (values must be valid); gives all AI preferences and the undo id."""
        undo_id = await self._write(_AI, asdict(self.configured_ai()), chosen)
        return await self.ai(), undo_id

    def configured_ai(self) -> AIPreferences:
        """What holds where the owner chose nothing."""
        return AIPreferences(
            provider=self._configured.ai_provider,
            ollama_host=self._configured.ollama_host,
            chat_model=self._configured.chat_model,
            embedding_provider="embedded",
            embedding_model=self._configured.embedding_model,
        )

    async def _write(self, key: str, defaults: dict[str, Any], chosen: dict[str, object]) -> str | None:
        defaults = _as_stored(defaults)
        chosen = _as_stored(chosen)

        def write(connection: Connection) -> str | None:
            earlier = _chosen(connection, key)
            merged = {**earlier, **chosen}
            # What equals the configured value is not a choice: it follows the configuration.
            kept = {name: value for name, value in merged.items() if defaults.get(name) != value}
            log = ChangeLog(connection)
            if kept != earlier:
                log.set_setting(key, json.dumps(kept, sort_keys=True) if kept else None)
            return undo.record(connection, "change settings", log.before)

        undo_id = await self._database.write(write)
        if undo_id is not None:
            self._events.publish("settings.updated", {})
        return undo_id


def _chosen(connection: Connection, key: str) -> dict[str, Any]:
    """What the owner chose under this key."""
    return dict(stored.get(connection, key) or {})


def _as_stored(values: Mapping[str, object]) -> dict[str, Any]:
    """As JSON gives it back, so that what is equal compares as equal."""

    def plain(value: object) -> object:
        if is_dataclass(value) and not isinstance(value, type):
            return asdict(value)
        return [plain(one) for one in value] if isinstance(value, (list, tuple)) else value

    return {name: plain(value) for name, value in values.items()}


def _ai(configured: AIPreferences, chosen: Mapping[str, Any]) -> AIPreferences:
    """The stored choices over what was configured. What another version of Cortex stored besides is left alone."""
    known = {field.name for field in fields(AIPreferences)}
    given = {name: value for name, value in chosen.items() if name in known}
    if "cloud" in given:
        given["cloud"] = CloudPreferences(**given["cloud"])
    if "fallbacks" in given:
        given["fallbacks"] = tuple(FallbackModel(**one) for one in given["fallbacks"])
    if "remote_hosts" in given:
        given["remote_hosts"] = tuple(given["remote_hosts"])
    return replace(configured, **given)
