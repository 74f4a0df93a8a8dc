"""Tasks: what there is to do, by when, and because of which words of which item."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from cortex.api.deps import App
from cortex.api.errors import responses
from cortex.api.schemas.tasks import TaskChanged, TaskEdit, TaskNew, TaskPage, TaskShown
from cortex.api.schemas.words import DayOrMoment
from cortex.api.undo import UNDO_HEADER
from cortex.domain.access import Scope
from cortex.domain.task import Task, TaskFilters, TaskStatus
from cortex.security.scopes import requires
from cortex.services.tasks import TaskSort

router = APIRouter(prefix="/api/tasks", tags=["tasks"])


def _filters(
    *,
    status: TaskStatus | None = None,
    due_before: DayOrMoment | None = None,
    due_after: DayOrMoment | None = None,
    overdue: bool | None = None,
    reminded: bool | None = None,
    item_id: str | None = None,
) -> TaskFilters:
    return TaskFilters(status, due_before, due_after, overdue, reminded, item_id)


def _shown(app: App, task: Task) -> TaskShown:
    return TaskShown.of(task, overdue=app.tasks.is_overdue(task))


def _changed(app: App, task: Task, undo_id: str | None) -> TaskChanged:
    return TaskChanged(**_shown(app, task).model_dump(), undo_id=undo_id)


@router.get("", responses=responses(422))
@requires(Scope.read)
async def list_tasks(
    app: App,
    filters: Annotated[TaskFilters, Depends(_filters)],
    q: Annotated[str, Query(max_length=1000)] = "",
    sort: TaskSort = "due_at",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=4000)] = None,
    offset: Annotated[int, Query(ge=0, lt=1 << 40)] = 0,
) -> TaskPage:
    """A page of tasks, the next due first; those without a due time come last.

    `q`: all its words stand in the title or the note, the last one perhaps unfinished. `due_before` is excluded,
    `due_after` included; a task that is due on a day counts as due at its last moment.
    """
    page = await app.tasks.page(filters, query=q, sort=sort, limit=limit, cursor=cursor, offset=offset)
    return TaskPage(items=[_shown(app, one) for one in page.items], next_cursor=page.next_cursor, total=page.total)


@router.post("", status_code=201, responses=responses(404, 409, 422))
@requires(Scope.write)
async def create_task(new: TaskNew, app: App) -> TaskChanged:
    """Make a task, of its own or from words of an item."""
    return _changed(app, *await app.tasks.create(new.to_new()))


@router.get("/{task_id}", responses=responses(404))
@requires(Scope.read)
async def get_task(task_id: str, app: App) -> TaskShown:
    """One task."""
    return _shown(app, await app.tasks.get(task_id))


@router.put("/{task_id}", responses=responses(404, 409, 422))
@requires(Scope.write)
async def change_task(task_id: str, edit: TaskEdit, app: App) -> TaskChanged:
    """Change a task. A new `remind_at` reminds again; a new `item_id` without a passage takes the old one off."""
    return _changed(app, *await app.tasks.change(task_id, edit.changes()))


@router.delete("/{task_id}", status_code=204, responses=responses(404))
@requires(Scope.write)
async def delete_task(task_id: str, app: App) -> Response:
    """Delete a task; the header has the undo id."""
    undo_id = await app.tasks.delete(task_id)
    return Response(status_code=204, headers={UNDO_HEADER: undo_id} if undo_id else None)
