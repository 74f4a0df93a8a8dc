"""Undoing: any write of the last day, itself undoable."""

from __future__ import annotations

from dataclasses import dataclass

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import items, undo
from cortex.db.repositories.changes import Before, ChangeLog
from cortex.exceptions import ForbiddenError
from cortex.queue import jobs
from cortex.queue.wakeup import Wakeup
from cortex.services.capture import PROCESS
from cortex.services.events import EventBus
from cortex.services.item_events import tell_items
from cortex.services.term_refresh import TermsChanged


@dataclass(frozen=True, slots=True)
class Undone:
    """What was put back. `missing`: items that are gone for good by now."""

    action: str
    item_ids: list[str]
    missing: list[str]
    undo_id: str | None
    """Undoes the undo."""


class UndoService:
    """Puts back what a write changed."""

    def __init__(self, database: Database, events: EventBus, wakeup: Wakeup, terms_changed: TermsChanged):
        self._database = database
        self._events = events
        self._wakeup = wakeup
        self._terms_changed = terms_changed

    async def undo(self, undo_id: str, *, settings_too: bool = True) -> Undone:
        """Put everything back as it was before; without `settings_too`, changes of settings are refused.

        Raises UndoNotFoundError, ConflictError, ForbiddenError; then nothing is changed.
        """

        def write(connection: Connection) -> tuple[Undone, list[str], set[str], Before]:
            action, before = undo.take(connection, undo_id)
            if before.settings and not settings_too:
                raise ForbiddenError("Only the owner may undo a change of settings. Nothing was done.")
            retagged = [item_id for name in before.renamed_tags for item_id in items.tagged(connection, name)]
            log = ChangeLog(connection)
            missing = log.put_back(before)
            for item_id, columns in before.columns.items():
                if "content_version" in columns and item_id not in missing:
                    items.restart(connection, item_id)
                    jobs.enqueue(connection, kind=PROCESS, subject_id=item_id)
            for digest_id, row in before.digests.items():
                if row is None:
                    jobs.cancel(connection, "digest", digest_id)
                elif row["status"] == "pending":
                    jobs.enqueue(connection, "digest", digest_id)
            touched = dict.fromkeys([*before.item_ids, *log.before.item_ids])
            changed = [item_id for item_id in touched if item_id not in missing]
            reworded = [*retagged, *before.tags, *(i for i, columns in before.columns.items() if "title" in columns)]
            tables = {
                name
                for name, rows in (
                    ("tags", before.tags or before.renamed_tags),
                    ("collections", before.collections),
                    ("settings", before.settings),
                    ("searches", before.searches),
                )
                if rows
            }
            reverse = undo.record(connection, f"undo {action}".removeprefix("undo undo "), log.before)
            return (
                Undone(action, changed, missing, reverse),
                list(dict.fromkeys(reworded)),
                tables,
                before,
            )

        undone, reworded, tables, before = await self._database.write(write)
        self._wakeup.notify()
        if reworded:
            await self._terms_changed([item_id for item_id in reworded if item_id not in undone.missing])
        tell_items(self._events, "item.updated", undone.item_ids)
        if "tags" in tables:
            self._events.publish("tags.updated", {})
        if "collections" in tables:
            self._events.publish("collections.updated", {})
        if "settings" in tables:
            self._events.publish("settings.updated", {})
        if "searches" in tables:
            self._events.publish("searches.updated", {})
        for conversation_id in {**before.conversations, **before.grants}:
            self._events.publish("conversation.updated", {"id": conversation_id})
        for digest_id, digest in before.digests.items():
            self._events.publish("digest.created" if digest else "digest.deleted", {"digest_id": digest_id})
        for task_id, row in before.tasks.items():
            self._events.publish("task.updated" if row else "task.deleted", {"task_id": task_id})
        return undone
