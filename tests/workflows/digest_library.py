"""A library that lives through days by a clock that the test sets, with digests made by the real graph."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.findable import Library, open_library

from cortex.config import load_settings
from cortex.db.checkpoints import CheckpointStore
from cortex.db.driver import Connection
from cortex.db.repositories import item_reads, items
from cortex.db.repositories.texts import Span, TextRepository
from cortex.domain import clock
from cortex.domain.digest import Digest, DigestBody
from cortex.domain.job import Job
from cortex.domain.task import Task
from cortex.providers.chat_model import ChatModel
from cortex.providers.gateway.gateway import Gateway
from cortex.queue import leases
from cortex.queue.wakeup import Wakeup
from cortex.services.connections import ConnectionService
from cortex.services.digests.days import Days
from cortex.services.digests.digests import DigestService
from cortex.services.digests.making import DigestMaking
from cortex.services.digests.records import body_from_json
from cortex.services.digests.schedule import DigestSchedule
from cortex.services.digests.writing import DigestWriter
from cortex.services.events import EventBus
from cortex.services.settings import SettingsService
from cortex.services.tasks import NewTask, TaskService
from cortex.worker.digests import MakeDigest
from cortex.workflows.digest.graph import DigestWorkflow

BERLIN = ZoneInfo("Europe/Berlin")


@dataclass
class Life:
    """A library, its clock, and everything that makes digests. Start at eight in the morning in Berlin."""

    library: Library
    zone: tzinfo = BERLIN
    moment: str = "2026-03-01T07:00:00.000Z"
    models: list[ChatModel] = field(default_factory=list)
    notes: Path | None = None
    """The file of the checkpoints; in memory where there is none."""

    def __post_init__(self) -> None:
        database = self.library.database
        self.database = database
        self.events = EventBus()
        self.days = Days(self.zone)
        self.preferences = SettingsService(database, self.events, load_settings())
        self.connections = ConnectionService(database)
        self.checkpoints = CheckpointStore(self.notes)

        async def chain(_: str | None) -> Sequence[ChatModel]:
            return self.models

        self.gateway = Gateway(chain)
        self.service = DigestService(database, self.events, Wakeup(), self.days, self.now)
        self.schedule = DigestSchedule(
            database, self.events, self.preferences, self.service, Wakeup(), self.days, self.now
        )
        writer = DigestWriter(database, self.gateway)
        self.making = DigestMaking(database, self.events, self.preferences, writer, self.days, self.now)
        self.workflow = DigestWorkflow(self.making, self.checkpoints)
        self.handler = MakeDigest(self.workflow, self.events)
        self.tasks = TaskService(database, self.events, self.now)

    def now(self) -> str:
        return self.moment

    def later(self, **length: int) -> str:
        """Move the clock on."""
        self.moment = self.days.before(self.moment, **{unit: -count for unit, count in length.items()})
        return self.moment

    async def save(
        self, title: str, text: str | None, tags: tuple[str, ...] = (), site: str = "", **columns: Any
    ) -> str:
        """Save something now."""
        if site:
            columns |= {"url": f"https://{site}/{title}", "canonical_url": f"https://{site}/{title}"}
        item_id = await self.library.add(
            title,
            text,
            tags=tags,
            site=site or None,
            created_at=self.moment,
            **{"processed_at": self.moment} | columns,
        )
        await self.connections.connect_item(item_id)
        return item_id

    async def read(self, item_id: str, progress: float = 1.0) -> None:
        """Read an item now."""

        def write(connection: Connection) -> None:
            number = items.number_of(connection, item_id)
            gained = progress - items.get(connection, item_id).read_progress
            items.update(connection, item_id, read_progress=progress)
            item_reads.note(connection, number, now=self.moment, day=self.days.day(self.moment), gained=gained)

        await self.database.write(write)

    async def task(self, title: str, due_at: str | None = None, **fields: object) -> Task:
        task, _ = await self.tasks.create(NewTask(title, due_at=due_at, **fields))  # type: ignore[arg-type] # as NewTask has them
        return task

    async def claim(self) -> Job | None:
        """The job of the digest that is to be made."""
        return await self.database.write(lambda raw: leases.claim(raw, "test", kinds=["digest"]))

    async def work(self) -> None:
        """What the worker does with it."""
        job = await self.claim()
        assert job is not None
        await self.handler.run(job)
        await self.database.write(lambda raw: leases.finish(raw, "test", job))
        await self.handler.after(job, None)

    async def made(self, digest: Digest) -> tuple[Digest, DigestBody]:
        """A digest once it is made, with what it says; all of it is cited, word for word, and nothing stands twice."""
        await self.work()
        digest = await self.service.get(digest.id)
        assert (digest.status, digest.error) == ("ready", None)
        assert digest.body is not None
        body = body_from_json(digest.body)
        await self.assert_sound(body)
        return digest, body

    async def asked(self, since: str | None = None) -> DigestBody:
        """What a digest says that is asked for now."""
        return (await self.made(await self.requested(since)))[1]

    async def requested(self, since: str | None = None) -> Digest:
        """A digest that is asked for now, not made yet."""
        return (await self.service.request(since))[0]

    async def assert_sound(self, body: DigestBody) -> None:
        """Every line has a reason and its citations, each quote stands word for word where it says."""
        await self.assert_quotes(body)
        for line in body.lines:
            assert line.text, line
            assert line.reason.endswith("."), line
            assert line.citations or line.task_id, line
        about = [line.item_id for line in body.lines if line.item_id]
        assert len(about) == len(set(about)), "an item stands in two lines"
        numbers = {(one.item_id, one.start, one.end): one.n for line in body.lines for one in line.citations}
        assert sorted(numbers.values()) == list(range(1, len(numbers) + 1))

    async def assert_quotes(self, body: DigestBody) -> None:
        """Each quote stands word for word where it says."""
        cited = [one for line in body.lines for one in line.citations if one.quote is not None]
        spans = [Span(one.item_id, one.content_version, one.start or 0, one.end or 0) for one in cited]
        assert await TextRepository(self.database).read_spans(spans) == [one.quote for one in cited]

    async def count(self, query: str) -> int:
        return int(await self.database.read(lambda raw: raw.execute(query).fetchone()[0]))


@asynccontextmanager
async def living(path: Path, **options: object) -> AsyncIterator[Life]:
    """A life on a database file, ended at the end."""
    async with open_library(path) as library:
        life = Life(library, **options)  # type: ignore[arg-type] # as the class has them
        try:
            yield life
        finally:
            await life.gateway.aclose()
            await life.checkpoints.close()


def day_of(moment: str) -> str:
    """The day of a moment in Berlin."""
    return clock.from_text(moment).astimezone(BERLIN).date().isoformat()
