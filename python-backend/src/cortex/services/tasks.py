"""Tasks: making, changing, finding, deleting them; every change can be undone for a day."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Literal

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import items, tasks, undo
from cortex.db.repositories.changes import ChangeLog
from cortex.domain import clock
from cortex.domain.ids import new_id
from cortex.domain.index_text import index_text
from cortex.domain.paging import Page
from cortex.domain.task import Task, TaskFilters, TaskMaker, TaskPassage, TaskStatus
from cortex.exceptions import ConflictError, ValidationError
from cortex.services.events import EventBus
from cortex.services.highlights import nearest_place
from cortex.services.retrieval.plan import all_words

_LONGEST_INDEXED = 100_000
TaskSort = Literal["due_at", "-due_at", "created_at", "-created_at", "updated_at", "-updated_at"]
_Change = Literal["task.created", "task.updated", "task.deleted"]


@dataclass(frozen=True, slots=True)
class NewPassage:
    """Words of an item as somebody points at them; without a version those of its current text."""

    quote: str
    start: int
    content_version: int | None = None


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task to make. `due_at` is a moment or a day, `remind_at` a moment (RFC 3339, UTC, milliseconds)."""

    title: str
    note: str | None = None
    status: TaskStatus = "open"
    due_at: str | None = None
    remind_at: str | None = None
    item_id: str | None = None
    passage: NewPassage | None = None


class TaskService:
    """Reads and changes tasks."""

    def __init__(self, database: Database, events: EventBus, now: Callable[[], str] = clock.now):
        self._database = database
        self._events = events
        self._now = now

    async def page(
        self,
        filters: TaskFilters,
        *,
        query: str = "",
        sort: TaskSort = "due_at",
        limit: int = 50,
        cursor: str | None = None,
        offset: int = 0,
    ) -> Page[Task]:
        """A page of tasks; those without a due time come last when sorted by it.

        `query` asks for words that all stand in the title or the note, the last one perhaps unfinished; nothing in it
        is an operator. Raises ValidationError when the cursor belongs to another list.
        """
        expression = all_words(query)
        if query.strip() and expression is None:
            return Page([], None, 0)  # nothing but punctuation stands in no index
        return await self._database.read(
            lambda connection: tasks.page(
                connection,
                filters,
                now=self._now(),
                expression=expression,
                sort=sort,
                limit=limit,
                cursor=cursor,
                offset=offset,
            )
        )

    async def get(self, task_id: str) -> Task:
        """One task. Raises TaskNotFoundError."""
        return await self._database.read(lambda connection: tasks.get(connection, task_id))

    def is_overdue(self, task: Task) -> bool:
        """Whether its time is over now."""
        return task.is_overdue(self._now())

    async def create(self, new: NewTask, by: TaskMaker = "user") -> tuple[Task, str | None]:
        """A new task and the undo id.

        Raises ItemNotFoundError, ConflictError (the item has no text for the passage), ValidationError (a passage
        without an item, or whose words are not in its text).
        """
        task_id = new_id("task")
        now = self._now()

        def write(log: ChangeLog) -> None:
            task = Task(
                id=task_id,
                title=new.title,
                status=new.status,
                created_by=by,
                created_at=now,
                updated_at=now,
                note=new.note,
                due_at=new.due_at,
                remind_at=new.remind_at,
                item_id=new.item_id,
                passage=_placed(log.connection, new.item_id, new.passage),
                completed_at=now if new.status == "done" else None,
            )
            log.set_task(task_id, _row(task))

        undo_id = await self._write("create task", "task.created", task_id, write)
        return await self.get(task_id), undo_id

    async def change(self, task_id: str, changes: Mapping[str, object]) -> tuple[Task, str | None]:
        """Change what `changes` names of NewTask's fields; gives the task and the undo id.

        Another `remind_at` reminds again. Another item takes the passage off, unless one is named.
        Raises TaskNotFoundError and what `create` raises.
        """

        def write(log: ChangeLog) -> None:
            present = tasks.get(log.connection, task_id)
            wanted = dict(changes)
            if "item_id" in wanted and wanted["item_id"] != present.item_id:
                wanted.setdefault("passage", None)
            if "passage" in wanted:
                item_id = wanted.get("item_id", present.item_id)
                wanted["passage"] = _placed(log.connection, item_id, wanted["passage"])  # type: ignore[arg-type] # as the schema has them
            elif "item_id" in wanted:
                _placed(log.connection, wanted["item_id"], None)  # type: ignore[arg-type] # as the schema has them
            changed = replace(present, **wanted)  # type: ignore[arg-type] # fields of NewTask are fields of Task
            if changed == present:
                return
            now = self._now()
            if changed.remind_at != present.remind_at:
                changed = replace(changed, reminded_at=None)
            if changed.status != present.status:
                changed = replace(changed, completed_at=now if changed.status == "done" else None)
            log.set_task(task_id, _row(replace(changed, updated_at=now)))

        undo_id = await self._write("change task", "task.updated", task_id, write)
        return await self.get(task_id), undo_id

    async def delete(self, task_id: str) -> str | None:
        """Delete a task; gives the undo id. Raises TaskNotFoundError."""

        def write(log: ChangeLog) -> None:
            tasks.get(log.connection, task_id)
            log.set_task(task_id, None)

        return await self._write("delete task", "task.deleted", task_id, write)

    async def _write(self, action: str, told: _Change, task_id: str, work: Callable[[ChangeLog], None]) -> str | None:
        def write(connection: Connection) -> str | None:
            log = ChangeLog(connection)
            work(log)
            return undo.record(connection, action, log.before)

        undo_id = await self._database.write(write)
        if undo_id is not None:
            self._events.publish(told, {"task_id": task_id})
        return undo_id


def _row(task: Task) -> dict[str, object]:
    row: dict[str, object] = asdict(task)
    del row["item"]
    row["passage"] = json.dumps(asdict(task.passage), ensure_ascii=False) if task.passage else None
    row["words"] = index_text(f"{task.title}\n{task.note or ''}"[:_LONGEST_INDEXED])
    return row


def _placed(connection: Connection, item_id: str | None, passage: NewPassage | None) -> TaskPassage | None:
    """The passage where its words stand nearest to where they are said to."""
    if item_id is not None:
        items.get(connection, item_id)
    if passage is None:
        return None
    if item_id is None:
        raise _refused("A passage needs the item that it stands in.")
    content = items.content(connection, item_id, passage.content_version)
    if content is None or content.text is None:
        raise ConflictError("This item has no text (of this version) to take a passage from. Nothing was stored.")
    start = nearest_place(content.text, passage.quote, passage.start)
    if start is None:
        raise _refused("These words do not stand in the item's text.")
    return TaskPassage(start, start + len(passage.quote), passage.quote, content.version)


def _refused(message: str) -> ValidationError:
    return ValidationError(message, details=[{"loc": ["body", "passage"], "msg": message, "type": "passage"}])
