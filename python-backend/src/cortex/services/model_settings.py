"""Changing the AI settings: everything is checked first, keys go to the store of secrets, the rest to the database."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from cortex.domain.settings import AIPreferences
from cortex.security.secrets import SecretStore
from cortex.services.events import EventBus
from cortex.services.model_keys import ModelKeys
from cortex.services.model_places import named_places
from cortex.services.model_plan import ChangePlan, check_key, plan_change
from cortex.services.settings import SettingsService


class ModelSettings:
    """The owner's choice of models, with the keys of those that have one."""

    def __init__(self, settings: SettingsService, secrets: SecretStore, keys: ModelKeys, events: EventBus):
        self._settings = settings
        self._secrets = secrets
        self._keys = keys
        self._events = events
        self._turn = asyncio.Lock()

    async def read(self) -> AIPreferences:
        """The choice. Keys are no part of it."""
        return await self._settings.ai()

    async def has_key(self, key_name: str) -> bool:
        """Whether a key is kept under this name, as far as the keyring says so at once."""
        return await self._keys.get(key_name) is not None

    async def consented(self) -> tuple[str, ...]:
        """The places beyond this machine that the owner allowed."""
        return (await self._settings.ai()).remote_hosts

    async def consent(self, place: str) -> None:
        """The owner allows one more place."""
        async with self._turn:
            allowed = await self.consented()
            if place not in allowed:
                await self._settings.change_ai(remote_hosts=(*allowed, place))

    async def plan(self, change: Mapping[str, Any]) -> ChangePlan:
        """What a change would come to. Raises ValidationError; stores nothing."""
        return await self._checked(plan_change(await self._settings.ai(), change))

    async def change(self, change: Mapping[str, Any]) -> tuple[AIPreferences, str | None]:
        """Store a change; gives the settings and the undo id, None when only keys changed: they cannot be undone.

        Raises ValidationError, StorageError; then nothing was changed.
        """
        async with self._turn:
            before = await self._settings.ai()
            plan = await self._checked(plan_change(before, change))
            earlier = {name: await self._secrets.get(name) for name in plan.keys}
            try:
                for name, key in plan.keys.items():
                    await self._secrets.set(name, key)
                chosen = {
                    field.name: getattr(plan.preferences, field.name)
                    for field in fields(AIPreferences)
                    if getattr(plan.preferences, field.name) != getattr(before, field.name)
                }
                preferences, undo_id = await self._settings.change_ai(**chosen)
            except BaseException:
                for name, kept in earlier.items():
                    await (self._secrets.delete(name) if kept is None else self._secrets.set(name, kept))
                raise
            for name in plan.forgotten:
                await self._secrets.delete(name)
        if undo_id is None and (plan.keys or plan.forgotten):
            self._events.publish("settings.updated", {})
        return preferences, undo_id

    async def _checked(self, plan: ChangePlan) -> ChangePlan:
        """A key that is kept already must not get onto an open line either."""
        for name, place in named_places(plan.preferences).items():
            if name in plan.keys or (name not in plan.forgotten and await self._secrets.get(name) is not None):
                check_key(place)
        return plan
