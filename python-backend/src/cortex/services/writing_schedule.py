"""When a language model writes about an item: at once while nothing else waits, else later, and never in the way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import items, processing, written
from cortex.domain.item import Item
from cortex.domain.job import JobKind
from cortex.domain.written import WritingOutcome
from cortex.exceptions import (
    AIModelMissingError,
    AIProviderError,
    AIProviderTimeoutError,
    AIProviderUnavailableError,
    CortexError,
    ItemNotFoundError,
)
from cortex.observability.logs import get_logger
from cortex.providers.chat_model import ChatIdentity
from cortex.queue import jobs
from cortex.queue.wakeup import Wakeup
from cortex.services.capture import PROCESS
from cortex.services.events import EventBus
from cortex.services.item_writing import ItemWriter
from cortex.services.processing_events import announce
from cortex.services.summaries import EXTRACTIVE

log = get_logger(__name__)

WRITE: JobKind = "write"
"""The kind of job that lets a model write about an item."""
LEAST_WORDS = 30
"""A shorter text says in few words what it has to say."""
_NEW, _BACKLOG = -5, -10
"""Priorities: what was just saved goes before what has been there for long."""
_PAGE = 200
_INLINE_SECONDS = 90.0
"""After so long an item becomes ready with what it has, and is written later."""


class PutOffError(Exception):
    """Something goes first. What was done is kept, and the rest is done later."""


@dataclass(frozen=True, slots=True)
class BeingWritten:
    """How far a model is with an item."""

    item_id: str
    done: int
    of: int
    """Parts of the document; 0 while that is not known."""


class WritingSchedule:
    """Decides, enqueues and runs; one item at a time. `models` tells who is to be asked, there or not."""

    def __init__(
        self,
        database: Database,
        writer: ItemWriter,
        events: EventBus,
        wakeup: Wakeup,
        models: Callable[[], Awaitable[Sequence[ChatIdentity]]],
        *,
        inline_seconds: float = _INLINE_SECONDS,
    ):
        self._database = database
        self._writer = writer
        self._events = events
        self._wakeup = wakeup
        self._models = models
        self._inline_seconds = inline_seconds
        self._busy = asyncio.Lock()
        self._backlog = asyncio.Lock()
        self._now: BeingWritten | None = None

    @property
    def being_written(self) -> BeingWritten | None:
        """What a model writes about at this moment."""
        return self._now

    async def at_the_end_of_processing(self, item: Item, job_id: str, *, again: bool) -> None:
        """Write now if nothing else waits and one request suffices, else later; never raises for what a model does.

        `again`: the process ended in the middle of this very step before, so it is left to a job of its own.
        """
        if item.word_count < LEAST_WORDS or item.summary_by != EXTRACTIVE:
            return
        try:
            target = await self._writer.target(local_only=item.local_only)
            if target is None and not await self._may_come(item):
                return
            if target is not None and not again and await self._write_inline(item, job_id):
                return
        except CortexError as error:
            log.info("not written for now", item_id=item.id, error=error.code)
        except Exception as error:
            log.error("writing failed", item_id=item.id, exc_info=error)
        await self._database.write(lambda raw: _enqueue(raw, item, local=item.local_only, priority=_NEW))
        self._wakeup.notify()

    async def run(self, item_id: str, payload: Mapping[str, object], tries: int) -> None:
        """Write about an item that has a job for it. Ends quietly when the item is gone, changed, or written already.

        Raises AIProviderUnavailableError, and AIProviderError the first time that a model fails at it.
        """
        version = payload.get("version")
        item = await self._database.read(
            lambda raw: processing.current(raw, item_id, version if isinstance(version, int) else None)
        )
        if item is None or item.summary_by != EXTRACTIVE:
            return
        local_only = payload.get("local") is True

        async def progress(done: int, of: int) -> None:
            self._now = BeingWritten(item_id, done, of)
            self._events.publish("queue.updated", {"writing": {"item_id": item_id, "done": done, "of": of}})
            await self._go_on(item)

        outcome: WritingOutcome | None = None
        async with self._busy:
            self._now = BeingWritten(item_id, 0, 0)
            try:
                outcome = await self._writer.write(
                    item, local_only=local_only, progress=progress, otherwise=payload.get("asked") is True
                )
            except PutOffError:
                # asked for again while it runs, it runs once more when its turn comes
                await self._database.write(
                    lambda raw: (
                        jobs.enqueue(raw, WRITE, item_id, payload, priority=_NEW)
                        if processing.current(raw, item_id, item.content_version)
                        else None
                    )
                )
            except AIModelMissingError as error:
                # It may be pulled: that is waited for like a model that is away.
                raise AIProviderUnavailableError(error.message) from error
            except (AIProviderTimeoutError, AIProviderError) as error:
                if tries == 0:
                    # A slow machine must not be asked the same long question over and over: this counts as a try.
                    raise AIProviderError(error.message) from error
                await self._give_up(item, local_only=local_only)
            except ItemNotFoundError:
                pass  # deleted meanwhile
            finally:
                self._now = None
        if outcome == "written":
            for shown in await self._database.read(lambda raw: items.get_many(raw, [item_id])):
                announce(self._events, shown)

    async def model_available(self) -> int:
        """A local model is there: have it write what is still extractive; gives how many items that is.

        Newest first. Nothing is asked of a model elsewhere: what the owner saved before is written by one only when
        asked for, since that costs money.
        """
        async with self._backlog:
            target = await self._writer.target(local_only=True)
            if target is None:
                return 0
            count = await self._enqueue_all(model=target.identity.name, local=True)
        if count:
            log.info("items wait to be written", count=count, model=target.identity.name)
        return count

    async def ask(self, item_ids: Sequence[str] | None) -> int:
        """The owner wants these written, or all that are still extractive, by whichever model may be asked; gives how
        many items that is. Those that a model could not write about are tried again."""
        if item_ids is None:
            async with self._backlog:
                return await self._enqueue_all(model=None, local=False)

        def enqueue(raw: Connection) -> int:
            found = [
                item
                for item in items.get_many(raw, list(dict.fromkeys(item_ids)))
                if item.deleted_at is None and item.status == "ready" and item.summary_by == EXTRACTIVE
            ]
            for item in found:
                written.forget_refusals(raw, item.id)
                _enqueue(raw, item, local=item.local_only, priority=_NEW, asked=True)
            return len(found)

        count = await self._database.write(enqueue, durable=True)
        self._changed(count)
        return count

    async def _enqueue_all(self, *, model: str | None, local: bool) -> int:
        count, before = 0, None
        while True:

            def enqueue(raw: Connection, below: int | None = before) -> list[tuple[int, str, int]]:
                page = written.unwritten(
                    raw, summary_by=EXTRACTIVE, least_words=LEAST_WORDS, model=model, before=below, limit=_PAGE
                )
                for item in items.get_many(raw, [item_id for _, item_id, _ in page]):
                    if model is None:
                        written.forget_refusals(raw, item.id)
                    _enqueue(raw, item, local=local or item.local_only, priority=_BACKLOG, asked=model is None)
                return page

            page = await self._database.write(enqueue)
            count += len(page)
            if len(page) < _PAGE:
                self._changed(count)
                return count
            before = page[-1][0]

    async def _write_inline(self, item: Item, job_id: str) -> bool:
        """Whether it was settled now: written, or found that this model cannot."""
        if self._busy.locked() or await self._database.read(
            lambda raw: jobs.is_paused(raw) or jobs.are_at_hand(raw, PROCESS, besides=job_id)
        ):
            return False

        async def progress(done: int, of: int) -> None:
            self._now = BeingWritten(item.id, done, of)

        async with self._busy:
            self._now = BeingWritten(item.id, 0, 1)
            try:
                async with asyncio.timeout(self._inline_seconds):
                    outcome = await self._writer.write(item, local_only=False, progress=progress, one_request=True)
            except TimeoutError:
                return False
            finally:
                self._now = None
        return outcome is not None

    async def _go_on(self, item: Item) -> None:
        """Between two parts: stop for what goes first, and for an item that is not what it was."""

        def look(raw: Connection) -> bool:
            now = processing.current(raw, item.id, item.content_version)
            if now is None or now.local_only != item.local_only:
                return False
            return not (jobs.is_paused(raw) or jobs.are_at_hand(raw, PROCESS))

        if not await self._database.read(look):
            raise PutOffError

    async def _give_up(self, item: Item, *, local_only: bool) -> None:
        """It failed twice: the extractive result stands, and this model is not asked about this content again."""
        target = await self._writer.target(local_only=local_only or item.local_only)
        if target is not None:
            await self._writer.remember_refusal(item, target.identity.name)
        log.warning("given up writing about an item", item_id=item.id)

    async def _may_come(self, item: Item) -> bool:
        """Whether the owner has chosen a model that may be asked about this item, if not now.

        Without one nothing waits: a local model that comes one day asks for all that it has missed.
        """
        return any(identity.is_local or not item.local_only for identity in await self._models())

    def _changed(self, count: int) -> None:
        if count:
            self._wakeup.notify()
            self._events.publish("queue.updated", {})


def _enqueue(connection: Connection, item: Item, *, local: bool, priority: int, asked: bool = False) -> None:
    if processing.current(connection, item.id, item.content_version) is None:
        return
    jobs.enqueue(
        connection, WRITE, item.id, {"version": item.content_version, "local": local, "asked": asked}, priority=priority
    )
