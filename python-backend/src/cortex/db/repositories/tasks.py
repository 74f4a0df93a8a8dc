"""Tasks: rows, lists, the words in them, and which reminders are due. Functions of a connection."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cortex.db.driver import Connection, Row
from cortex.domain.paging import Page, Position, from_cursor, to_cursor
from cortex.domain.task import Task, TaskFilters, TaskItem, TaskPassage, day_of
from cortex.exceptions import TaskNotFoundError, ValidationError

_COLUMNS = (
    "number", "id", "title", "note", "status", "due_at", "remind_at", "reminded_at", "item_id", "passage",
    "created_by", "completed_at", "created_at", "updated_at", "words",
)  # fmt: skip
_COLUMNS_SHOWN = "t.*, i.title AS item_title, i.deleted_at AS item_deleted_at"
_FROM = "FROM tasks t LEFT JOIN items i ON i.id = t.item_id"
_LATEST = "~"
"""Sorts after every time: what has none comes last."""
_SORT_KEYS = {
    "due_at": f"coalesce(t.due_key, '{_LATEST}')",
    "-due_at": "coalesce(t.due_key, '')",
    "created_at": "t.created_at",
    "-created_at": "t.created_at",
    "updated_at": "t.updated_at",
    "-updated_at": "t.updated_at",
}
_OVERDUE = (
    "(t.status = 'open' AND t.due_at IS NOT NULL AND t.due_at < CASE WHEN length(t.due_at) = 10 THEN ? ELSE ? END)"
)
_WAITING = "status = 'open' AND remind_at IS NOT NULL AND reminded_at IS NULL"


def get(connection: Connection, task_id: str) -> Task:
    """One task. Raises TaskNotFoundError."""
    row = connection.execute(f"SELECT {_COLUMNS_SHOWN} {_FROM} WHERE t.id = ?", (task_id,)).fetchone()
    if row is None:
        raise TaskNotFoundError(f"No task {task_id[:80]}.")
    return _task(row)


def row_of(connection: Connection, task_id: str) -> dict[str, Any] | None:
    """The plain row of a task; None when there is none."""
    row = connection.execute("SELECT * FROM tasks WHERE id = ?", (task_id,)).fetchone()
    return {name: row[name] for name in _COLUMNS} if row is not None else None


def put(connection: Connection, task_id: str, row: Mapping[str, object] | None) -> None:
    """Write a row as it is (its number is given to it where it has none); None deletes it."""
    if row is None:
        connection.execute("DELETE FROM tasks WHERE id = ?", (task_id,))
        return
    changed = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name not in ("number", "id"))
    connection.execute(
        f"INSERT INTO tasks ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' for _ in _COLUMNS)}) "
        f"ON CONFLICT (id) DO UPDATE SET {changed}",
        tuple(row.get(name) for name in _COLUMNS),
    )


def page(
    connection: Connection,
    filters: TaskFilters,
    *,
    now: str,
    expression: str | None,
    sort: str,
    limit: int,
    cursor: str | None = None,
    offset: int = 0,
) -> Page[Task]:
    """A page of the matching tasks; `expression` is one of FTS5. Raises ValidationError for a foreign cursor."""
    where, values = _conditions(filters, now, expression)
    key = _SORT_KEYS[sort]
    direction, beyond = ("DESC", "<") if sort.startswith("-") else ("ASC", ">")
    total = int(connection.execute(f"SELECT count(*) FROM tasks t WHERE {where}", values).fetchone()[0])
    after = ""
    if cursor is not None:
        position = _position(cursor, sort)
        after = f" AND ({key}, t.number) {beyond} (?, ?)"
        values += [position.value, position.number]
    rows = connection.execute(
        f"SELECT {_COLUMNS_SHOWN}, {key} AS sort_value {_FROM} WHERE {where}{after} "
        f"ORDER BY {key} {direction}, t.number {direction} LIMIT ? OFFSET ?",
        (*values, limit + 1, 0 if cursor is not None else offset),
    ).fetchall()
    shown = rows[:limit]
    more = len(rows) > limit
    following = to_cursor(Position(f"tasks {sort}", shown[-1]["sort_value"], shown[-1]["number"])) if more else None
    return Page([_task(row) for row in shown], following, total)


def _conditions(filters: TaskFilters, now: str, expression: str | None) -> tuple[str, list[object]]:
    parts = ["1"]
    values: list[object] = []

    def add(condition: str, *parameters: object) -> None:
        parts.append(condition)
        values.extend(parameters)

    if filters.status is not None:
        add("t.status = ?", filters.status)
    if filters.due_before is not None:
        add("t.due_key < ?", filters.due_before)
    if filters.due_after is not None:
        add("t.due_key >= ?", filters.due_after)
    if filters.overdue is not None:
        add(_OVERDUE if filters.overdue else f"NOT {_OVERDUE}", day_of(now), now)
    if filters.reminded is not None:
        add(f"t.reminded_at IS {'NOT ' if filters.reminded else ''}NULL")
    if filters.item_id is not None:
        add("t.item_id = ?", filters.item_id)
    if expression is not None:
        add("t.number IN (SELECT rowid FROM tasks_fts WHERE tasks_fts MATCH ?)", expression)
    return " AND ".join(parts), values


def _position(cursor: str, sort: str) -> Position:
    try:
        position = from_cursor(cursor)
    except ValueError:
        position = None
    if position is None or position.sort != f"tasks {sort}":
        message = "This cursor does not belong to this list. Start again without one."
        raise ValidationError(message, details=[{"loc": ["query", "cursor"], "msg": message, "type": "cursor"}])
    return position


def take_due_reminders(connection: Connection, now: str) -> list[Task]:
    """The open tasks whose reminder is due, longest due first; each is marked as reminded, so comes once."""
    rows = connection.execute(
        f"SELECT id FROM tasks WHERE {_WAITING} AND remind_at <= ? ORDER BY remind_at, number", (now,)
    ).fetchall()
    connection.executemany("UPDATE tasks SET reminded_at = ? WHERE id = ?", [(now, row["id"]) for row in rows])
    return [get(connection, row["id"]) for row in rows]


def next_reminder(connection: Connection) -> str | None:
    """The moment of the next reminder that has not gone out; None when none is waiting."""
    row = connection.execute(f"SELECT min(remind_at) FROM tasks WHERE {_WAITING}").fetchone()
    return str(row[0]) if row[0] is not None else None


def _task(row: Row) -> Task:
    item = None
    if row["item_title"] is not None:
        item = TaskItem(row["item_id"], row["item_title"], row["item_deleted_at"] is not None)
    return Task(
        id=row["id"],
        title=row["title"],
        status=row["status"],
        created_by=row["created_by"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        note=row["note"],
        due_at=row["due_at"],
        remind_at=row["remind_at"],
        reminded_at=row["reminded_at"],
        item_id=row["item_id"],
        item=item,
        passage=TaskPassage(**json.loads(row["passage"])) if row["passage"] else None,
        completed_at=row["completed_at"],
    )
