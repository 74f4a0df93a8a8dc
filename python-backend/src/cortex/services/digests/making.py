"""The steps of making a digest. Each reads what the one before left in the draft, and may run twice without harm."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import digest_material, digests, items
from cortex.db.repositories.texts import Span, TextRepository
from cortex.domain.digest import EXTRACTIVE, Digest, DigestBody, DigestCitation, DigestLine, DigestSentence, Section
from cortex.observability.logs import get_logger
from cortex.services.digests import duties, news, rediscovery
from cortex.services.digests.days import Days
from cortex.services.digests.records import Draft, body_to_json, draft_from_json, draft_to_json
from cortex.services.digests.themes import ALL, ALONE
from cortex.services.digests.writing import DigestWriter, checked
from cortex.services.events import EventBus
from cortex.services.settings import SettingsService

log = get_logger(__name__)
_READ = 40


@dataclass(frozen=True, slots=True)
class DigestMaking:
    """Makes the parts of one digest after the other. Every step gives False when the digest is no longer to be made."""

    database: Database
    events: EventBus
    preferences: SettingsService
    writer: DigestWriter
    days: Days
    now: Callable[[], str]

    async def gather(self, digest_id: str) -> bool:
        """Which items are new, which were read lately."""

        def step(connection: Connection, digest: Digest, _: Draft) -> Draft:
            ready, in_work = digest_material.count_new(connection, digest.since, digest.until)
            new = digest_material.new_items(connection, digest.since, digest.until, limit=news.MOST_NEW)
            since = self.days.day(self.days.before(digest.until, days=rediscovery.LATELY_DAYS))
            return Draft(
                new=tuple(new),
                lately_read=tuple(digest_material.lately_read(connection, since, limit=_READ)),
                body=DigestBody(new_items=max(ready, len(new)), in_work=in_work),
            )

        return await self._step(digest_id, step)

    async def theme(self, digest_id: str) -> bool:
        """New items by theme, and what they belong with."""

        def step(connection: Connection, digest: Digest, draft: Draft) -> Draft:
            themes = news.new_by_theme(connection, digest, draft.new, self.days)
            used = _about(line for theme in themes for line in theme.lines)
            older = news.connected(connection, digest, draft.new, without=used)
            return replace(draft, body=replace(draft.body, themes=themes, connected=older))

        return await self._step(digest_id, step)

    async def rank(self, digest_id: str) -> bool:
        """What died, what was forgotten, what to read next, what is due; then every citation gets its number."""
        looked_at = (await self.preferences.preferences()).check_links

        def step(connection: Connection, digest: Digest, draft: Draft) -> Draft:
            body, days = draft.body, self.days
            used = _about([*(line for theme in body.themes for line in theme.lines), *body.connected])
            dead = duties.dead_links(connection, digest, days, without=used)
            used |= _about(dead)
            known = rediscovery.learned(connection)
            seeds = (draft.new, draft.lately_read)
            old = rediscovery.forgotten(connection, digest, seeds, known, days, without=used)
            used |= _about(old)
            unread = rediscovery.unread(connection, digest, draft.new, known, days, without=used)
            body = replace(
                body,
                dead_links=dead,
                forgotten=old,
                unread=unread,
                tasks=duties.due_tasks(connection, digest, days),
                links=duties.LOOKED_AT if looked_at else duties.NOT_LOOKED_AT,
            )
            return replace(draft, body=_numbered(body))

        return await self._step(digest_id, step)

    async def write(self, digest_id: str) -> bool:
        """Let a model write about it, if there is one."""
        read = await self._read(digest_id)
        if read is None:
            return False
        proposed = await self.writer.propose(read[1])
        return await self._keep(digest_id, proposed)

    async def verify(self, digest_id: str) -> bool:
        """Look every quote up where it is said to stand; check every sentence against its quotes."""
        read = await self._read(digest_id)
        if read is None:
            return False
        digest, draft = read
        body = await self._standing(draft.body)
        body = replace(body, introduction=(_counted(body, digest, self.days),))
        body, by = await asyncio.to_thread(checked, replace(draft, body=body))
        body = replace(body, themes=tuple(theme for theme in body.themes if theme.lines))
        return await self._keep(digest_id, replace(draft, body=body, written_by=by))

    async def store(self, digest_id: str) -> bool:
        """Show it. What it names as forgotten or dead rests for a while."""
        read = await self._read(digest_id)
        if read is None:
            return False
        digest, draft = read
        body = draft.body
        now = self.now()

        def store(connection: Connection) -> bool:
            empty = not (body.new_items or body.tasks or body.dead_links)
            ready = digests.make_ready(
                connection,
                digest_id,
                body=body_to_json(body),
                written_by=draft.written_by,
                is_empty=empty,
                ready_at=now,
            )
            if ready:
                digests.mention(connection, draft.new, "new", digest.until)
                shown: tuple[tuple[Section, tuple[DigestLine, ...]], ...] = (
                    ("connected", body.connected),
                    ("forgotten", body.forgotten),
                    ("dead_links", body.dead_links),
                )
                for section, lines in shown:
                    digests.mention(connection, _numbers(connection, _about(lines)), section, digest.until)
                covered = max(digest.until, digests.schedule(connection).get("covered", ""))
                digests.remember(connection, now, covered=covered)
            return ready

        ready = await self.database.write(store)
        if ready:
            self.events.publish("digest.created", {"digest_id": digest_id})
        return ready

    async def _step(self, digest_id: str, step: Callable[[Connection, Digest, Draft], Draft]) -> bool:
        """Run a step on one snapshot, then keep what it made."""

        def read(connection: Connection) -> Draft | None:
            digest = digests.pending(connection)
            if digest is None or digest.id != digest_id:
                return None
            return step(connection, digest, draft_from_json(digests.draft(connection, digest_id)) or Draft())

        made = await self.database.read(read)
        return made is not None and await self._keep(digest_id, made)

    async def _read(self, digest_id: str) -> tuple[Digest, Draft] | None:
        def read(connection: Connection) -> tuple[Digest, Draft] | None:
            digest = digests.pending(connection)
            if digest is None or digest.id != digest_id:
                return None
            return digest, draft_from_json(digests.draft(connection, digest_id)) or Draft()

        return await self.database.read(read)

    async def _keep(self, digest_id: str, draft: Draft) -> bool:
        text = draft_to_json(draft)
        await self.database.write(lambda connection: digests.set_draft(connection, digest_id, text))
        return True

    async def _standing(self, body: DigestBody) -> DigestBody:
        """The body without what does not stand, word for word, where it is said to: its item changed meanwhile."""
        cited = {one.n: one for line in body.lines for one in line.citations if one.quote is not None}
        spans = [Span(one.item_id, one.content_version, one.start or 0, one.end or 0) for one in cited.values()]
        found = await TextRepository(self.database).read_spans(spans)
        wrong = {one.n for one, text in zip(cited.values(), found, strict=True) if one.quote != text}
        if not wrong:
            return body
        log.warning("lines of a digest left out: their quotes stand no more", count=len(wrong))

        def standing(lines: Iterable[DigestLine]) -> tuple[DigestLine, ...]:
            return tuple(line for line in lines if not any(one.n in wrong for one in line.citations))

        return replace(
            body,
            themes=tuple(replace(theme, lines=standing(theme.lines)) for theme in body.themes),
            connected=standing(body.connected),
            forgotten=standing(body.forgotten),
            unread=standing(body.unread),
            dead_links=standing(body.dead_links),
            tasks=tuple(
                replace(line, citations=tuple(one for one in line.citations if one.n not in wrong))
                for line in body.tasks
            ),
        )


def _about(lines: Iterable[DigestLine]) -> set[str]:
    """The items that these lines are about."""
    return {line.item_id for line in lines if line.item_id is not None}


def _numbers(connection: Connection, item_ids: Iterable[str]) -> list[int]:
    """Short keys of those that still are there."""
    return [items.number_of(connection, one) for one in sorted(item_ids) if items.exists(connection, one)]


def _numbered(body: DigestBody) -> DigestBody:
    """Every citation with its number, in the order in which they are read; the same words have the same one."""
    numbers: dict[tuple[object, ...], int] = {}

    def number(one: DigestCitation) -> DigestCitation:
        key = (one.item_id, one.content_version, one.start, one.end)
        return replace(one, n=numbers.setdefault(key, len(numbers) + 1))

    def lines(found: tuple[DigestLine, ...]) -> tuple[DigestLine, ...]:
        return tuple(replace(line, citations=tuple(number(one) for one in line.citations)) for line in found)

    return replace(
        body,
        themes=tuple(replace(theme, lines=lines(theme.lines)) for theme in body.themes),
        connected=lines(body.connected),
        forgotten=lines(body.forgotten),
        unread=lines(body.unread),
        tasks=lines(body.tasks),
        dead_links=lines(body.dead_links),
    )


def _counted(body: DigestBody, digest: Digest, days: Days) -> DigestSentence:
    """What is new, in Cortex's own words: only counting."""
    since = days.in_words(digest.since, digest.until)
    waiting = ""
    if body.in_work:
        waiting = f" {body.in_work} more {'is' if body.in_work == 1 else 'are'} waiting or being read."
    if not body.new_items:
        return DigestSentence(f"You saved nothing new since {since}.{waiting}", (), EXTRACTIVE)
    parts: list[str] = []
    cited: list[int] = []
    counted = 0
    for theme in body.themes:
        if theme.heading in (ALL, ALONE) or not theme.lines:
            continue
        count = len(theme.lines) + theme.more
        counted += count
        parts.append(f"{count} about {theme.heading}")
        cited += [one.n for one in theme.lines[0].citations[:1]]
    rest = body.new_items - counted
    if parts and rest > 0:
        parts.append(f"{rest} other{'s' if rest > 1 else ''}")
    if not cited:
        cited = [one.n for theme in body.themes for line in theme.lines for one in line.citations[:1]][:1]
    things = "1 thing" if body.new_items == 1 else f"{body.new_items} things"
    listed = f": {_listed(parts)}" if parts else ""
    return DigestSentence(f"You saved {things} since {since}{listed}.{waiting}", tuple(cited), EXTRACTIVE)


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
