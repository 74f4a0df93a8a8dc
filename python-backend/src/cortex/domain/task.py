"""A task: something to do, perhaps by a time, perhaps because of what stands in an item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cortex.domain import clock

TaskStatus = Literal["open", "done"]
TaskMaker = Literal["user", "chat"]
_DAY_LENGTH = len("2026-11-30")


@dataclass(frozen=True, slots=True)
class TaskPassage:
    """The words of an item that led to a task; offsets are code points of its text at `content_version`."""

    start: int
    end: int
    quote: str
    content_version: int


@dataclass(frozen=True, slots=True)
class TaskItem:
    """The item that a task came from."""

    id: str
    title: str
    trashed: bool


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do. `due_at` is a moment (RFC 3339, UTC) or a day (`2026-11-30`), which lasts to its end."""

    id: str
    title: str
    status: TaskStatus
    created_by: TaskMaker
    created_at: str
    updated_at: str
    note: str | None = None
    due_at: str | None = None
    remind_at: str | None = None
    reminded_at: str | None = None
    """When the reminder of `remind_at` went out; None while it has not."""
    item_id: str | None = None
    item: TaskItem | None = None
    passage: TaskPassage | None = None
    """Kept also when the item is gone: the words are what the task is about."""
    completed_at: str | None = None

    def is_overdue(self, now: str) -> bool:
        """Whether it is open and its time is over; a day is over when it has ended where Cortex runs."""
        if self.status != "open" or self.due_at is None:
            return False
        return self.due_at < (day_of(now) if len(self.due_at) == _DAY_LENGTH else now)


@dataclass(frozen=True, slots=True)
class TaskFilters:
    """Conditions on tasks; all must hold. Due times compare as texts; a day counts as its last moment, in UTC."""

    status: TaskStatus | None = None
    due_before: str | None = None
    """Excluded; a task without a due time never matches."""
    due_after: str | None = None
    """Included."""
    overdue: bool | None = None
    reminded: bool | None = None
    """Whether its reminder went out."""
    item_id: str | None = None


def day_of(moment: str) -> str:
    """The day of a moment in the time zone of this machine, such as `2026-11-30`."""
    return clock.from_text(moment).astimezone().date().isoformat()
