"""Which items a conversation's tools may touch."""

from __future__ import annotations

from collections.abc import Sequence

from cortex.db import search_index
from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import items, tasks
from cortex.db.search_index import Scope
from cortex.domain.conversation import AnswerScope
from cortex.domain.item import Item
from cortex.domain.search import Filters
from cortex.domain.task import Task
from cortex.exceptions import TaskNotFoundError
from cortex.services import smart_collections
from cortex.services.chat_tools.tool import ToolContext, ToolRefusedError

LOCAL_ONLY = "Items that the owner keeps on this machine were left out: this model does not run on it."


def filters_of(scope: AnswerScope) -> Filters:
    """A conversation's scope as search knows it."""
    collections = (scope.collection_id,) if scope.collection_id is not None else ()
    return Filters(item_ids=scope.item_ids, tags=scope.tags, collections=collections)


class Reach:
    """Looks up what tools are given ids of."""

    def __init__(self, database: Database):
        self._database = database

    async def item(self, item_id: str, context: ToolContext) -> Item:
        """A live item within the conversation's scope.

        Raises ToolRefusedError for any other; also for a `local_only` one when the model runs elsewhere, in the same
        words as for one that is not there.
        """

        def find(connection: Connection) -> Item | None:
            wanted = filters_of(context.scope).and_(Filters(item_ids=(item_id,)))
            wanted = smart_collections.resolve(connection, wanted)
            if not search_index.item_ids(connection, Scope(filters=wanted)):
                return None
            return items.get(connection, item_id)

        item = await self._database.read(find)
        if item is None or (item.local_only and not context.is_local):
            hidden = "" if context.is_local else f" {LOCAL_ONLY}"
            raise ToolRefusedError(
                f"There is no item {item_id[:60]!r} in what this conversation may use. Take ids from search_library; "
                f"never make one up.{hidden}"
            )
        return item

    async def task(self, task_id: str, context: ToolContext) -> Task:
        """A task within the scope: one of an item in it, or one that this conversation made; without a scope, any.

        Raises ToolRefusedError for any other, and when its item may not be told of.
        """
        try:
            task = await self._database.read(lambda connection: tasks.get(connection, task_id))
        except TaskNotFoundError:
            task = None
        refused = ToolRefusedError(f"There is no task {task_id[:60]!r} in what this conversation may use.")
        if task is None:
            raise refused
        if task.item_id is not None and not (task.item is not None and task.item.trashed):
            try:
                await self.item(task.item_id, context)
            except ToolRefusedError:
                raise refused from None
        elif not context.scope.is_everything and task_id not in context.own_tasks:
            raise refused
        return task

    async def local_only(self, item_ids: Sequence[str]) -> frozenset[str]:
        """Those of the items that never leave this machine."""
        found = await self._database.read(lambda connection: items.get_many(connection, item_ids))
        return frozenset(item.id for item in found if item.local_only)
