"""The daily digest: at the owner's hour, or as soon as Cortex runs again after it; one for all the days between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import digests
from cortex.domain import clock
from cortex.domain.digest import Digest
from cortex.exceptions import CortexError
from cortex.observability.logs import get_logger
from cortex.queue.wakeup import Wakeup
from cortex.services.digests.days import Days
from cortex.services.digests.digests import DigestService
from cortex.services.events import EventBus, Subscription
from cortex.services.settings import SettingsService

log = get_logger(__name__)

LONGEST_WAIT_S = 300.0
"""Timers stand still while a machine sleeps, and clocks are set: a digest comes late by no more than this."""


class DigestSchedule:
    """Asks for the digest of each day, once."""

    def __init__(
        self,
        database: Database,
        events: EventBus,
        preferences: SettingsService,
        service: DigestService,
        wakeup: Wakeup,
        days: Days | None = None,
        now: Callable[[], str] = clock.now,
    ):
        self._database = database
        self._events = events
        self._preferences = preferences
        self._service = service
        self._wakeup = wakeup
        self._days = days or Days()
        self._now = now

    async def tick(self) -> Digest | None:
        """Ask for what is due now; gives it. A new library waits for its first hour, a period without news for the
        next one: what happens until then comes with that."""
        chosen = await self._preferences.preferences()
        now = self._now()
        slot = self._days.last_hour(now, chosen.digest_hour)
        known = (await self._database.read(digests.schedule)).get("slot")
        if known is not None and known >= slot:
            if known <= now:
                return None
            known = None  # the clock was set back to before it: begin anew

        def take(connection: Connection) -> Digest | None:
            since = self._service.covered(connection, now)
            if known is None or not chosen.digest_enabled:
                digests.remember(connection, now, slot=slot, outcome="waiting" if chosen.digest_enabled else "off")
                return None
            present = digests.pending(connection)
            if present is not None:
                return None  # it ends first; the next look decides whether more has happened
            if not self._service.is_news(connection, since, now):
                digests.remember(connection, now, slot=slot, outcome="empty")
                return None
            digest = self._service.enqueue(connection, made_for="schedule", since=since, until=now)
            digests.remember(connection, now, slot=slot, outcome="made")
            return digest

        digest = await self._database.write(take)
        if digest is not None:
            self._wakeup.notify()
        return digest

    async def next_at(self) -> str | None:
        """When the next one is due; None when they are switched off."""
        chosen = await self._preferences.preferences()
        return self._days.next_hour(self._now(), chosen.digest_hour) if chosen.digest_enabled else None

    async def run(self) -> None:
        """Ask for digests until cancelled, or until the events end."""
        with self._events.subscribe() as changes:
            while True:
                wait = LONGEST_WAIT_S
                try:
                    await self.tick()
                    following = await self.next_at()
                    if following is not None:
                        left = (clock.from_text(following) - clock.from_text(self._now())).total_seconds()
                        wait = min(max(left, 0.0), LONGEST_WAIT_S)
                except CortexError as error:
                    log.warning("digest put off", error=error.code)
                if not await _changed_or_time(changes, wait):
                    return


async def _changed_or_time(changes: Subscription, wait_s: float) -> bool:
    """Wait for a change of the settings, at most this long; False once there will be no more changes."""
    try:
        async with asyncio.timeout(wait_s):
            while (event := await changes.take()) is not None:
                if event.type in ("settings.updated", "reset"):
                    return True
            return False
    except TimeoutError:
        return True
