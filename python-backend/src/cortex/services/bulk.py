"""One action on many items, in one transaction, with the failures named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import collections, item_lists, items, undo
from cortex.db.repositories.changes import ChangeLog
from cortex.domain import clock
from cortex.domain.item import ItemFilters
from cortex.exceptions import ConflictError, CortexError, ItemNotFoundError, ValidationError
from cortex.queue import jobs
from cortex.queue.wakeup import Wakeup
from cortex.services import smart_collections
from cortex.services.capture import PROCESS
from cortex.services.events import EventBus
from cortex.services.item_events import tell_items
from cortex.services.items import ItemService
from cortex.services.term_refresh import TermsChanged

Action = Literal[
    "delete", "restore", "tag", "untag", "move", "archive", "unarchive", "favourite", "unfavourite", "retry"
]  # fmt: skip
_REWORDS = frozenset({"tag", "untag"})


@dataclass(frozen=True, slots=True)
class BulkAction:
    """What to do. `tags` for tag and untag; `collection_id` for move (None: out of any collection).

    `at_most`: with more items than this, nothing.
    """

    name: Action
    tags: tuple[str, ...] = ()
    collection_id: str | None = None
    permanent: bool = False
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class BulkFailure:
    """An item that was left as it was."""

    id: str
    error: CortexError


@dataclass(frozen=True, slots=True)
class BulkResult:
    """`done` counts the items that are now as wished, also those that were before."""

    done: int
    failed: list[BulkFailure]
    undo_id: str | None


class BulkService:
    """Runs bulk actions."""

    def __init__(
        self, database: Database, items_: ItemService, events: EventBus, wakeup: Wakeup, terms_changed: TermsChanged
    ):
        self._database = database
        self._items = items_
        self._events = events
        self._wakeup = wakeup
        self._terms_changed = terms_changed

    async def run(self, target: ItemFilters, action: BulkAction) -> BulkResult:
        """Do it to the items with `target.ids`, trashed or not, or else to all that match the filters.

        Raises ValidationError (nothing to tag with), CollectionNotFoundError, ConflictError (more than
        `action.at_most`); then nothing is changed.
        """
        if action.name in _REWORDS and not action.tags:
            message = f"Say which tags to {action.name}."
            raise ValidationError(message, details=[{"loc": ["body", "tags"], "msg": message, "type": "missing"}])
        if action.name == "delete" and action.permanent:
            return await self._delete_permanently(target, action.at_most)

        def write(connection: Connection) -> tuple[BulkResult, list[str]]:
            if action.name == "move" and action.collection_id is not None:
                collections.require_folder(connection, action.collection_id)
            log = ChangeLog(connection)
            apply = _appliers(log, action)
            done, failed = 0, []
            for item_id in _targets(connection, target, action.at_most):
                try:
                    apply(item_id)
                    done += 1
                except (ItemNotFoundError, ConflictError) as error:
                    failed.append(BulkFailure(item_id, error))
            return BulkResult(done, failed, undo.record(connection, action.name, log.before)), log.before.item_ids

        result, changed = await self._database.write(write)
        if action.name == "retry":
            self._wakeup.notify()
        if action.name in _REWORDS:
            await self._terms_changed(changed)
            self._events.publish("tags.updated", {})
        tell_items(self._events, "item.deleted" if action.name == "delete" else "item.updated", changed)
        return result

    async def _delete_permanently(self, target: ItemFilters, at_most: int | None) -> BulkResult:
        wanted = await self._database.read(lambda connection: _targets(connection, target, at_most))
        deleted = set(await self._items.delete_trashed(wanted))
        left = [item_id for item_id in wanted if item_id not in deleted]
        live = {item.id for item in await self._database.read(lambda connection: items.get_many(connection, left))}
        failed = [
            BulkFailure(item_id, ConflictError("This item is not in the trash. Move it there first."))
            if item_id in live
            else BulkFailure(item_id, ItemNotFoundError(f"No item {item_id[:80]}."))
            for item_id in left
        ]
        return BulkResult(len(deleted), failed, None)


def _targets(connection: Connection, target: ItemFilters, at_most: int | None) -> list[str]:
    if target.ids is not None:
        found = list(dict.fromkeys(target.ids))
    else:
        found = item_lists.matching_ids(connection, smart_collections.resolve_list(connection, target))
    if at_most is not None and len(found) > at_most:
        raise ConflictError(f"By now these are {len(found):,} items, not {at_most:,}. Nothing was changed.")
    return found


def _appliers(log: ChangeLog, action: BulkAction) -> Callable[[str], object]:
    now = clock.now()

    def live(item_id: str) -> None:
        if not items.is_live(log.connection, item_id):
            raise ConflictError("This item is in the trash. Restore it first.")

    def set_columns(item_id: str, **columns: object) -> None:
        live(item_id)
        log.set_columns(item_id, **columns)

    def delete(item_id: str) -> None:
        if items.is_live(log.connection, item_id):
            log.set_columns(item_id, deleted_at=now)

    def tag(item_id: str) -> None:
        live(item_id)
        for name in action.tags:
            log.add_tag(item_id, name)

    def untag(item_id: str) -> None:
        live(item_id)
        for name in action.tags:
            log.remove_tag(item_id, name)

    def retry(item_id: str) -> None:
        live(item_id)
        items.restart(log.connection, item_id)
        jobs.enqueue(log.connection, kind=PROCESS, subject_id=item_id)

    appliers: dict[Action, Callable[[str], object]] = {
        "delete": delete,
        "restore": lambda item_id: log.set_columns(item_id, deleted_at=None),
        "tag": tag,
        "untag": untag,
        "move": lambda item_id: set_columns(item_id, collection_id=action.collection_id),
        "archive": lambda item_id: set_columns(item_id, archived=1),
        "unarchive": lambda item_id: set_columns(item_id, archived=0),
        "favourite": lambda item_id: set_columns(item_id, favourite=1),
        "unfavourite": lambda item_id: set_columns(item_id, favourite=0),
        "retry": retry,
    }
    return appliers[action.name]
