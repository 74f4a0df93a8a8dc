"""Digests: asking for one, reading them, deleting them, and saying that less like this is wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import digest_material, digests, interests, items, undo
from cortex.db.repositories.changes import ChangeLog
from cortex.db.repositories.interests import Disliked
from cortex.domain import clock
from cortex.domain.digest import Digest, MadeFor
from cortex.domain.ids import new_id
from cortex.domain.paging import Page
from cortex.exceptions import ConflictError, ItemNotFoundError, ValidationError
from cortex.queue import jobs
from cortex.queue.wakeup import Wakeup
from cortex.services.digests import duties
from cortex.services.digests.days import Days
from cortex.services.digests.interests import Interest
from cortex.services.digests.records import body_from_json
from cortex.services.digests.rediscovery import learned
from cortex.services.events import EventBus

FIRST_DAYS = 7
"""How far the first digest reaches back."""
_MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Learned:
    """What the owner is interested in, strongest first, and what they want less like."""

    interests: tuple[Interest, ...]
    less: tuple[Disliked, ...]


class DigestService:
    """Reads digests, and asks for them; a durable job makes each (`cortex.workflows.digest`)."""

    def __init__(
        self,
        database: Database,
        events: EventBus,
        wakeup: Wakeup,
        days: Days | None = None,
        now: Callable[[], str] = clock.now,
    ):
        self._database = database
        self._events = events
        self._wakeup = wakeup
        self._days = days or Days()
        self._now = now

    async def request(self, since: str | None = None) -> tuple[Digest, str | None]:
        """A digest of what happened since then (default: since the last one), which is now being made; and the undo id.

        Gives the one that is being made already, if there is one, and then no undo id. Raises ValidationError for a
        `since` that is not in the past, or more than a year ago.
        """
        now = self._now()
        if since is not None and not self._days.before(now, days=_MOST_DAYS) <= since < now:
            message = "`since` must lie in the past, at most a year ago. No digest was made."
            raise ValidationError(message, details=[{"loc": ["body", "since"], "msg": message, "type": "since"}])

        def write(connection: Connection) -> tuple[Digest, str | None]:
            present = digests.pending(connection)
            if present is not None:
                return present, None
            begin = since or self.covered(connection, now)
            digest = self.enqueue(connection, made_for="request", since=begin, until=now)
            log = ChangeLog(connection)
            log.created_digest(digest.id)
            return digest, undo.record(connection, "make digest", log.before)

        requested = await self._database.write(write)
        self._wakeup.notify()
        return requested

    def covered(self, connection: Connection, now: str) -> str:
        """Up to when digests reach: the next one begins there. Digests that were deleted count, too."""
        last = max(digests.latest_until(connection) or "", digests.schedule(connection).get("covered", ""))
        return last or self._days.before(now, days=FIRST_DAYS)

    def enqueue(self, connection: Connection, *, made_for: MadeFor, since: str, until: str) -> Digest:
        """A new digest and the job that makes it, in one transaction. Call `Wakeup.notify` after it."""
        digest_id = new_id("digest")
        # a clock that was set back must not make a period end before it begins
        digests.insert(
            connection, digest_id, made_for=made_for, since=min(since, until), until=until, created_at=self._now()
        )
        jobs.enqueue(connection, "digest", digest_id)
        return digests.get(connection, digest_id)

    def is_news(self, connection: Connection, since: str, until: str) -> bool:
        """Whether anything happened: something was saved, became due, or died."""
        if digest_material.new_items(connection, since, until, limit=1):
            return True
        period = Digest("", "pending", "schedule", since, until, until)
        if duties.are_due(connection, period, self._days):
            return True
        return bool(digest_material.dead_links(connection, until=until, limit=1))

    async def get(self, digest_id: str) -> Digest:
        """One digest. Raises DigestNotFoundError."""
        return await self._database.read(lambda connection: digests.get(connection, digest_id))

    async def page(self, *, limit: int, cursor: str | None, offset: int = 0) -> Page[Digest]:
        """A page of digests without their bodies, newest first. Raises ValidationError for a foreign cursor."""
        return await self._database.read(
            lambda connection: digests.page(connection, limit=limit, cursor=cursor, offset=offset)
        )

    async def schedule(self) -> dict[str, str]:
        """What the schedule remembers: `slot`, `outcome`, `covered`."""
        return await self._database.read(digests.schedule)

    async def delete(self, digest_id: str) -> str | None:
        """Delete a digest; gives the undo id. Raises DigestNotFoundError, ConflictError while it is being made."""

        def write(connection: Connection) -> str | None:
            if digests.get(connection, digest_id).status == "pending":
                raise ConflictError("This digest is still being made. Delete it once it is ready.")
            jobs.cancel(connection, "digest", digest_id)
            log = ChangeLog(connection)
            log.set_digest(digest_id, None)
            return undo.record(connection, "delete digest", log.before)

        undo_id = await self._database.write(write)
        self._events.publish("digest.deleted", {"digest_id": digest_id})
        return undo_id

    async def want_less(self, digest_id: str, item_id: str, *, less: bool) -> str | None:
        """Want less like an item that this digest names, or take that back; gives the undo id (None: it was so).

        Raises DigestNotFoundError, ItemNotFoundError (no such item, or the digest does not name it).
        """

        def write(connection: Connection) -> str | None:
            digest = digests.get(connection, digest_id)
            lines = body_from_json(digest.body).lines if digest.body else ()
            named = {line.item_id for line in lines} | {one.item_id for line in lines for one in line.citations}
            if item_id not in named or not items.exists(connection, item_id):
                raise ItemNotFoundError(f"This digest names no item {item_id[:80]}.")
            log = ChangeLog(connection)
            if (digests.less_like_row(connection, item_id) is not None) != less:
                log.set_less_like(item_id, self._now() if less else None)
            return undo.record(connection, "less like this" if less else "no less like this", log.before)

        return await self._database.write(write)

    async def learned(self, *, limit: int) -> Learned:
        """What digests rank by, each with what it was learned from."""

        def read(connection: Connection) -> Learned:
            return Learned(tuple(learned(connection).strongest[:limit]), tuple(interests.disliked(connection)[:limit]))

        return await self._database.read(read)
