"""What runs beside the requests of an open library, from its opening to its closing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from cortex.bootstrap import Application
from cortex.observability.logs import get_logger
from cortex.services.health import PartHealth
from cortex.worker.digests import MakeDigest
from cortex.worker.handlers import ProcessItem
from cortex.worker.runner import Worker
from cortex.worker.schedules import Schedules
from cortex.worker.writing import WriteItem

log = get_logger(__name__)


@contextlib.asynccontextmanager
async def background(application: Application) -> AsyncIterator[None]:
    """Run the worker and the schedules; at the end, what is unfinished is handed back to the queue."""
    worker = Worker(
        application.database,
        {
            "process": ProcessItem(
                application.database, application.events, application.workflow, application.throughput
            )
        },
        application.wakeup,
        application.metrics,
        concurrency=application.settings.max_concurrent_processing,
    )
    # One at a time, beside the others: it takes minutes, and nothing that was just saved shall wait for it.
    writer = Worker(
        application.database,
        {"write": WriteItem(application.writing, application.events)},
        application.wakeup.another(),
        application.metrics,
        concurrency=1,
        yields_to="process",
    )
    # Beside both: nothing is fetched or parsed for it, and a paused queue of items is no reason to wait for it.
    digester = Worker(
        application.database,
        {"digest": MakeDigest(application.digests.workflow, application.events)},
        application.wakeup.another(),
        application.metrics,
        concurrency=1,
        pausable=False,
    )
    tasks = [
        asyncio.create_task(worker.run(), name="worker"),
        asyncio.create_task(writer.run(), name="writer"),
        asyncio.create_task(digester.run(), name="digester"),
        asyncio.create_task(Schedules(application).run(), name="schedules"),
    ]
    for task in tasks:
        task.add_done_callback(lambda ended: _report(ended, application))
        application.health.register(task.get_name(), _running)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def _running() -> PartHealth:
    return PartHealth("healthy")  # once it has ended, the problem that `_report` leaves stands instead


def _report(task: asyncio.Task[None], application: Application) -> None:
    """A background task ends only by a fault of Cortex: say so in the log and in health."""
    if task.cancelled():
        return
    log.error("background task ended", task=task.get_name(), exc_info=task.exception())
    application.health.report_problem(
        task.get_name(), "Processing in the background has stopped. What was captured is safe; restart Cortex."
    )
