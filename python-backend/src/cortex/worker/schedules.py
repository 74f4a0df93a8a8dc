"""Keeping house: what is over its time goes, and what was forgotten is taken up."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from cortex.bootstrap import Application
from cortex.exceptions import CortexError
from cortex.observability.logs import get_logger
from cortex.queue import jobs

log = get_logger(__name__)

FIRST_AFTER_SECONDS = 60.0
"""After the start, so that starting stays quick."""
EVERY_SECONDS = 6 * 3600.0


class Schedules:
    """Runs the housekeeping now and then."""

    def __init__(self, application: Application):
        self._application = application

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._alone("taking up", self._follow_changes()))
            group.create_task(self._alone("connections", self._application.connection_upkeep.run()))
            group.create_task(self._alone("reminders", self._application.reminders.run()))
            group.create_task(self._alone("digests", self._application.digests.schedule.run()))
            group.create_task(self._alone("looking after addresses", self._application.digests.links.run()))
            group.create_task(self._alone("watching models", self._application.intelligence.watch.run()))
            group.create_task(self._alone("embedding", self._application.vectors.builder.run()))
            group.create_task(self._alone("housekeeping", self._keep_house_forever()))

    async def _alone(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """A fault of Cortex in one of them must not stop the others: it is said in the log and in health."""
        try:
            await work
        except Exception as error:
            log.error("background work ended", work=name, exc_info=error)
            self._application.health.report_problem(
                name, f"Part of the work in the background ({name}) has stopped. Nothing is lost; restart Cortex."
            )

    async def _follow_changes(self) -> None:
        """Take up what changes bring back to be processed: out of the trash, by undoing."""
        with self._application.events.subscribe() as subscription:
            await self.take_up()
            async for event in subscription:
                if event.type == "reset":
                    await self.take_up()
                elif event.type == "providers.updated":
                    self._application.vectors.builder.fall_behind()
                # Progress names a status, and it comes from the worker itself.
                elif event.type == "item.updated" and "status" not in event.data:
                    self._application.vectors.builder.fall_behind()
                    await self.take_up(str(event.data.get("item_id")))

    async def _keep_house_forever(self) -> None:
        await asyncio.sleep(FIRST_AFTER_SECONDS)
        while True:
            try:
                await self.keep_house()
            except CortexError as error:
                log.warning("housekeeping put off", error=error.code)
            await asyncio.sleep(EVERY_SECONDS)

    async def take_up(self, item_id: str | None = None) -> None:
        """Give a job to items (or this one) that are to be processed but have none."""
        try:
            count = await self._application.processing.take_up(item_id)
            if count:
                log.info("items without a job taken up", count=count)
        except CortexError as error:
            log.warning("items without a job not looked for", error=error.code)

    async def keep_house(self) -> None:
        """One round. Raises StorageError, StorageFullError; what was done until then stays done."""
        live = await self._application.database.read(jobs.live_generations)
        pruned = await self._application.workflow.prune(live)
        pruned += await self._application.digests.workflow.prune(live)
        log.info("notes of ended runs pruned", count=pruned)
        await self._application.housekeeping.run()
