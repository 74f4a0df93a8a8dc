"""Tools that write: each describes what it would do, and does it only with the owner's approval."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, TypeVar

from pydantic import Field

from cortex.domain import clock
from cortex.domain.item import Item
from cortex.domain.tool_call import ToolResult
from cortex.services.capture import Around, CaptureService
from cortex.services.chat_tools.moments import day_or_moment, moment, told
from cortex.services.chat_tools.reach import Reach
from cortex.services.chat_tools.tool import Arguments, ChatTool, ToolContext, ToolRefusedError, named
from cortex.services.extraction.characters import clean_characters, collapse, shorten
from cortex.services.items import ItemService
from cortex.services.tasks import NewTask, TaskService

A = TypeVar("A", bound=Arguments)
_LONGEST_TITLE = 200
_LONGEST_TAG = 100
_Id = Annotated[str, Field(min_length=1, max_length=100)]
_Tags = Annotated[list[Annotated[str, Field(max_length=_LONGEST_TAG)]], Field(max_length=20)]
_When = Annotated[str, Field(min_length=1, max_length=40)]


@dataclass(frozen=True, slots=True)
class Writers:
    """The services that write, over a library that may be a witnessed one."""

    tasks: TaskService
    capture: CaptureService
    items: ItemService


class WritingTool(ChatTool[A]):
    """A tool that changes the library."""

    @abstractmethod
    async def run(self, arguments: A, context: ToolContext, writers: Writers) -> ToolResult:
        """Do it, in exactly one transaction. Raises ToolRefusedError and what the services raise."""


class CreateTaskArguments(Arguments):
    """A task to make."""

    title: Annotated[str, Field(min_length=1, max_length=_LONGEST_TITLE)]
    due: _When | None = Field(None, description="2026-11-23 or 2026-11-23T09:00")
    item_id: _Id | None = Field(None, description="From search_library.")


class SaveNoteArguments(Arguments):
    """A note to save."""

    title: Annotated[str, Field(min_length=1, max_length=_LONGEST_TITLE)]
    content: Annotated[str, Field(min_length=1, max_length=50_000, description="Markdown.")]
    tags: _Tags | None = None


class TagItemArguments(Arguments):
    """Tags to put on an item or to take off it."""

    item_id: Annotated[str, Field(min_length=1, max_length=100, description="From search_library.")]
    add: _Tags | None = None
    remove: _Tags | None = None


class SetReminderArguments(Arguments):
    """A task or an item to be reminded of."""

    when: Annotated[_When, Field(description="2026-11-23T09:00")]
    task_id: _Id | None = Field(None, description="This or item_id.")
    item_id: _Id | None = Field(None, description="From search_library.")


class CreateTask(WritingTool[CreateTaskArguments]):
    """Make a task for the owner, perhaps due by a day or time, perhaps about an item."""

    name: ClassVar[str] = "create_task"
    arguments = CreateTaskArguments

    def __init__(self, reach: Reach, now: Callable[[], str] = clock.now):
        self._reach = reach
        self._now = now

    async def describe(self, arguments: CreateTaskArguments, context: ToolContext) -> str:
        """Raises ToolRefusedError."""
        new = self._new(arguments)
        item = await self._reach.item(arguments.item_id, context) if arguments.item_id else None
        due = f", due {told(new.due_at)}" if new.due_at else ""
        return f"Make the task {named(new.title, _LONGEST_TITLE)}{due}{_about(item)}."

    async def run(self, arguments: CreateTaskArguments, context: ToolContext, writers: Writers) -> ToolResult:
        """Make it."""
        if arguments.item_id is not None:
            await self._reach.item(arguments.item_id, context)
        task, _ = await writers.tasks.create(self._new(arguments), by="chat")
        due = f", due {told(task.due_at)}" if task.due_at else ""
        return ToolResult(f"Made the task {task.id}{due}.", facts={"task_id": task.id, "item_id": task.item_id})

    def _new(self, arguments: CreateTaskArguments) -> NewTask:
        due_at = day_or_moment(arguments.due, self._now()) if arguments.due else None
        return NewTask(_line(arguments.title, "title"), due_at=due_at, item_id=arguments.item_id)


class SaveNote(WritingTool[SaveNoteArguments]):
    """Save a note to the owner's library."""

    name: ClassVar[str] = "save_note"
    arguments = SaveNoteArguments

    async def describe(self, arguments: SaveNoteArguments, context: ToolContext) -> str:
        """Raises ToolRefusedError."""
        title = named(_line(arguments.title, "title"), _LONGEST_TITLE)
        words = len(_text(arguments.content).split())
        tags = _tags(arguments.tags)
        tagged = f", tagged {_listed(tags)}" if tags else ""
        stays = ", which stays on this machine as what it was made from does" if context.stays_here else ""
        return f"Save the note {title} ({words} {'word' if words == 1 else 'words'}){tagged}{stays}."

    async def run(self, arguments: SaveNoteArguments, context: ToolContext, writers: Writers) -> ToolResult:
        """Save it. The same words saved before become no second note."""
        around = Around(
            title=_line(arguments.title, "title"),
            source="chat",
            tags=_tags(arguments.tags),
            local_only=context.stays_here,
        )
        saved = await writers.capture.save(
            url=None, content=_text(arguments.content), content_type="text/markdown", around=around
        )
        done = "These very words were saved before, as" if saved.duplicate else "Saved the note as"
        return ToolResult(f"{done} {saved.item.id}.", facts={"item_id": saved.item.id, "duplicate": saved.duplicate})


class TagItem(WritingTool[TagItemArguments]):
    """Put tags on an item, or take them off."""

    name: ClassVar[str] = "tag_item"
    arguments = TagItemArguments

    def __init__(self, reach: Reach):
        self._reach = reach

    async def describe(self, arguments: TagItemArguments, context: ToolContext) -> str:
        """Raises ToolRefusedError."""
        add, remove = self._changes(arguments)
        item = await self._reach.item(arguments.item_id, context)
        steps = [f"put {_listed(add)} on" for _ in add[:1]] + [f"take {_listed(remove)} off" for _ in remove[:1]]
        what = " and ".join(steps)
        return f"{what[0].upper()}{what[1:]} {named(item.title)}."

    async def run(self, arguments: TagItemArguments, context: ToolContext, writers: Writers) -> ToolResult:
        """Do it; tags that are there, or are not, stay so."""
        add, remove = self._changes(arguments)
        item = await self._reach.item(arguments.item_id, context)
        off = {name.casefold() for name in remove}
        kept = [tag.name for tag in item.tags if tag.name.casefold() not in off]
        present = {name.casefold() for name in kept}
        tags = [*kept, *(name for name in add if name.casefold() not in present)]
        _, undo_id = await writers.items.change(item.id, {}, tags=tags, content=None)
        text = "The item's tags are changed." if undo_id else "The item's tags were so already; nothing was changed."
        return ToolResult(text, facts={"item_id": item.id})

    @staticmethod
    def _changes(arguments: TagItemArguments) -> tuple[tuple[str, ...], tuple[str, ...]]:
        add, remove = _tags(arguments.add), _tags(arguments.remove)
        if not add and not remove:
            raise ToolRefusedError("Say which tags to add or to remove.")
        if {name.casefold() for name in add} & {name.casefold() for name in remove}:
            raise ToolRefusedError("The same tag cannot be added and removed.")
        return add, remove


class SetReminder(WritingTool[SetReminderArguments]):
    """Remind the owner of a task, or of an item (then a task is made)."""

    name: ClassVar[str] = "set_reminder"
    arguments = SetReminderArguments

    def __init__(self, reach: Reach, now: Callable[[], str] = clock.now):
        self._reach = reach
        self._now = now

    async def describe(self, arguments: SetReminderArguments, context: ToolContext) -> str:
        """Raises ToolRefusedError."""
        when = self._when(arguments)
        if arguments.task_id is not None:
            task = await self._reach.task(arguments.task_id, context)
            return f"Remind you of the task {named(task.title)} on {told(when)}."
        item = await self._reach.item(arguments.item_id or "", context)
        return f"Remind you of {named(item.title)} on {told(when)}, with a task for it."

    async def run(self, arguments: SetReminderArguments, context: ToolContext, writers: Writers) -> ToolResult:
        """Do it."""
        when = self._when(arguments)
        if arguments.task_id is not None:
            await self._reach.task(arguments.task_id, context)
            task, _ = await writers.tasks.change(arguments.task_id, {"remind_at": when})
        else:
            item = await self._reach.item(arguments.item_id or "", context)
            title = shorten(collapse(f"Look at {item.title}"), _LONGEST_TITLE)
            task, _ = await writers.tasks.create(NewTask(title, remind_at=when, item_id=item.id), by="chat")
        return ToolResult(
            f"A reminder is set for {told(when)} (task {task.id}).", facts={"task_id": task.id, "item_id": task.item_id}
        )

    def _when(self, arguments: SetReminderArguments) -> str:
        if (arguments.task_id is None) == (arguments.item_id is None):
            raise ToolRefusedError("Give either task_id or item_id.")
        return moment(arguments.when, self._now())


def _line(text: str, what: str) -> str:
    line = collapse(text)
    if not line:
        raise ToolRefusedError(f"The {what} is empty.")
    return line


def _text(text: str) -> str:
    cleaned = clean_characters(text).strip()
    if not cleaned:
        raise ToolRefusedError("The content is empty.")
    return cleaned


def _tags(names: Sequence[str] | None) -> tuple[str, ...]:
    """Clean, each once, the first spelling kept."""
    cleaned = [name for name in (collapse(each).lstrip("#") for each in names or ()) if name]
    return tuple({name.casefold(): name for name in reversed(cleaned)}.values())[::-1]


def _listed(names: Sequence[str]) -> str:
    quoted = [named(name) for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def _about(item: Item | None) -> str:
    return f", about {named(item.title)}" if item is not None else ""
