"""Tasks as clients send and read them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from cortex.api.schemas.base import Schema
from cortex.api.schemas.words import DayOrMoment, LongText, Moment, Name, Reference
from cortex.domain.task import Task, TaskStatus
from cortex.services.tasks import NewPassage, NewTask

_Offset = Annotated[int, Field(ge=0, lt=1 << 31)]


class TaskPassageBody(Schema):
    """Words of the item; offsets count code points of its text at `content_version` (absent: the current one)."""

    model_config = ConfigDict(from_attributes=True)

    quote: Annotated[str, Field(min_length=1, max_length=100_000)]
    start: _Offset
    end: _Offset
    content_version: Annotated[int, Field(ge=1, lt=1 << 31)] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> TaskPassageBody:
        if self.end <= self.start:
            raise ValueError("end must be greater than start")
        return self

    def to_new(self) -> NewPassage:
        """As the service takes it."""
        return NewPassage(self.quote, self.start, self.content_version)


class TaskNew(Schema):
    """A task to make. `due_at` is a time or a day (`2026-11-30`, due by its end); `remind_at` is a time."""

    title: Name
    note: LongText | None = None
    status: TaskStatus = "open"
    due_at: DayOrMoment | None = None
    remind_at: Moment | None = None
    item_id: Reference | None = None
    passage: TaskPassageBody | None = None

    def to_new(self) -> NewTask:
        """As the service takes it."""
        return NewTask(
            title=self.title,
            note=self.note or None,
            status=self.status,
            due_at=self.due_at,
            remind_at=self.remind_at,
            item_id=self.item_id,
            passage=self.passage.to_new() if self.passage else None,
        )


class TaskEdit(Schema):
    """What to change; what is not named stays, and null takes a value away (title and status always have one)."""

    title: Name | None = None
    note: LongText | None = None
    status: TaskStatus | None = None
    due_at: DayOrMoment | None = None
    remind_at: Moment | None = None
    item_id: Reference | None = None
    passage: TaskPassageBody | None = None

    def changes(self) -> dict[str, object]:
        """The fields that were named."""
        named: dict[str, object] = {name: getattr(self, name) for name in self.model_fields_set}
        for name in ("title", "status"):
            if named.get(name, "") is None:
                del named[name]
        if "note" in named:
            named["note"] = self.note or None
        if self.passage is not None:
            named["passage"] = self.passage.to_new()
        return named


class TaskItemShown(Schema):
    """The item that a task came from."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    title: str
    trashed: bool


class TaskShown(Schema):
    """A task. `item_id` is null when the item is gone for good; the words of `passage` stay."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    title: str
    note: str | None
    status: TaskStatus
    due_at: str | None
    """A time, or a day such as `2026-11-30`."""
    overdue: bool
    remind_at: str | None
    reminded_at: str | None
    item_id: str | None
    item: TaskItemShown | None
    passage: TaskPassageBody | None
    created_by: Literal["user", "chat"]
    completed_at: str | None
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, task: Task, *, overdue: bool) -> TaskShown:
        """A task as clients read it."""
        return cls(
            id=task.id,
            title=task.title,
            note=task.note,
            status=task.status,
            due_at=task.due_at,
            overdue=overdue,
            remind_at=task.remind_at,
            reminded_at=task.reminded_at,
            item_id=task.item_id,
            item=TaskItemShown.model_validate(task.item) if task.item else None,
            passage=TaskPassageBody.model_validate(task.passage) if task.passage else None,
            created_by=task.created_by,
            completed_at=task.completed_at,
            created_at=task.created_at,
            updated_at=task.updated_at,
        )


class TaskChanged(TaskShown):
    """The task after a change."""

    undo_id: str | None


class TaskPage(Schema):
    """Some tasks."""

    items: list[TaskShown]
    next_cursor: str | None
    total: int
