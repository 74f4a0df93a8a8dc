"""The vocabulary of tags: renaming, merging, forgetting."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import items, tags, undo
from cortex.db.repositories.changes import ChangeLog
from cortex.domain.tag import TagCount, TagMerge
from cortex.exceptions import ConflictError
from cortex.services.events import EventBus
from cortex.services.phrases import key_of
from cortex.services.term_refresh import TermsChanged


@dataclass(frozen=True, slots=True)
class TagChange:
    """What renaming, merging or deleting a tag does, or would do."""

    name: str
    into: str | None
    """The name afterwards; None when the tag is deleted."""
    merged: bool
    items: int
    """Items that carry the tag."""
    carrying_both: int
    """Of those, the ones that carry the other tag already."""
    undo_id: str | None = None


class VocabularyService:
    """Reads and changes the vocabulary."""

    def __init__(self, database: Database, events: EventBus, terms_changed: TermsChanged):
        self._database = database
        self._events = events
        self._terms_changed = terms_changed

    async def counted(self, prefix: str) -> list[TagCount]:
        """Every tag in use, most used first."""
        return await self._database.read(lambda connection: tags.counted(connection, prefix))

    async def merges(self) -> list[TagMerge]:
        """Tags that differ by case, signs or ending alone, each with the most used of its kind; most used first."""
        used = await self.counted("")
        return await asyncio.to_thread(_alike, used)

    async def unused(self) -> list[str]:
        """Tags that no item carries any more."""
        return await self._database.read(tags.unused)

    async def preview(self, name: str, into: str | None, *, merge: bool) -> TagChange:
        """What `rename` or (with `into` None) `delete` would do. Raises what they raise."""
        return await self._database.read(lambda connection: _plan(connection, name, into, merge=merge))

    async def rename(self, name: str, into: str, *, merge: bool) -> TagChange:
        """Rename a tag; with `merge`, into one that is there already.

        Raises TagNotFoundError, ConflictError (there is such a tag and `merge` was not asked for).
        """
        return await self._change("rename tag", name, into, merge=merge)

    async def delete(self, name: str) -> TagChange:
        """Take a tag off every item. Raises TagNotFoundError."""
        return await self._change("delete tag", name, None, merge=False)

    async def _change(self, action: str, name: str, into: str | None, *, merge: bool) -> TagChange:
        def write(connection: Connection) -> tuple[TagChange, list[str]]:
            plan = _plan(connection, name, into, merge=merge)
            touched = items.tagged(connection, plan.name)
            log = ChangeLog(connection)
            _apply(log, plan, touched)
            undo_id = undo.record(connection, action, log.before)
            return (
                TagChange(plan.name, plan.into, plan.merged, plan.items, plan.carrying_both, undo_id),
                touched if undo_id else [],
            )

        change, touched = await self._database.write(write)
        await self._terms_changed(touched)
        if change.undo_id is not None:
            self._events.publish("tags.updated", {})
        return change


def _alike(used: list[TagCount]) -> list[TagMerge]:
    first: dict[str, TagCount] = {}
    found: list[TagMerge] = []
    for tag in used:
        # C, C++ and C# are three things
        key = " ".join([key_of(tag.name), *re.findall(r"[+#]", tag.name)])
        best = first.setdefault(key, tag)
        if key_of(tag.name) and best is not tag:
            found.append(TagMerge(tag.name, tag.count, best.name, best.count))
    return found


def _plan(connection: Connection, name: str, into: str | None, *, merge: bool) -> TagChange:
    present = tags.require(connection, name)
    carrying = items.tagged(connection, present)
    other = tags.find(connection, into) if into is not None else None
    is_merge = other is not None and other.casefold() != present.casefold()
    if is_merge and not merge:
        raise ConflictError(f"There is a tag {other} already. Send merge: true to make the two one.")
    both = set(items.tagged(connection, other)) & set(carrying) if is_merge and other is not None else set()
    return TagChange(present, other if is_merge else into, is_merge, len(carrying), len(both))


def _apply(log: ChangeLog, plan: TagChange, touched: list[str]) -> None:
    if plan.into is not None and not plan.merged:
        log.rename_tag(plan.name, plan.into)
        return
    for item_id in touched:
        if plan.into is not None:
            log.add_tag(item_id, plan.into, log.tag_origin(item_id, plan.name))
        log.remove_tag(item_id, plan.name, refuse=plan.into is None)
    tags.remove(log.connection, plan.name)
