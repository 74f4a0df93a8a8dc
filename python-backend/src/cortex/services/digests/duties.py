"""What is due, and which addresses have died. Functions of a connection."""

from __future__ import annotations

from http import HTTPStatus

from cortex.db.driver import Connection
from cortex.db.repositories import digest_material, items, numbered_items, tasks
from cortex.db.repositories.digest_material import Dead
from cortex.domain.digest import Digest, DigestCitation, DigestLine
from cortex.domain.task import Task, TaskFilters
from cortex.services.digests.days import Days
from cortex.services.digests.lines import Card, citation, line, read_cards

SOON_HOURS = 48
_TASKS = 12
_DEAD = 10
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
NOT_LOOKED_AT = "Saved addresses were not looked at: looking for dead links is switched off in the settings."
LOOKED_AT = "Saved addresses are looked at now and then; one counts as dead when it failed on two different days."


def due_tasks(connection: Connection, digest: Digest, days: Days) -> tuple[DigestLine, ...]:
    """Open tasks that are overdue, due soon, or that the owner was reminded of; in this order."""
    now = digest.until
    soon = days.before(now, hours=-SOON_HOURS)
    wanted = (
        TaskFilters(status="open", overdue=True),
        TaskFilters(status="open", overdue=False, due_before=soon),
        TaskFilters(status="open", reminded=True),
    )
    found: dict[str, Task] = {}
    for filters in wanted:
        page = tasks.page(connection, filters, now=now, expression=None, sort="due_at", limit=_TASKS)
        found |= {task.id: task for task in page.items if task.id not in found}
    return tuple(_task_line(connection, task, now, days) for task in list(found.values())[:_TASKS])


def are_due(connection: Connection, digest: Digest, days: Days) -> bool:
    """Whether a task became due, is to be due soon, or was reminded of, since the last digest."""
    now = digest.until
    coming = TaskFilters(status="open", due_after=digest.since, due_before=days.before(now, hours=-SOON_HOURS))
    if tasks.page(connection, coming, now=now, expression=None, sort="due_at", limit=1).items:
        return True
    reminded = TaskFilters(status="open", reminded=True)
    page = tasks.page(connection, reminded, now=now, expression=None, sort="-updated_at", limit=_TASKS)
    return any((task.reminded_at or "") > digest.since for task in page.items)


def _task_line(connection: Connection, task: Task, now: str, days: Days) -> DigestLine:
    if task.due_at is not None and task.is_overdue(now):
        reason = f"Overdue since {days.time_in_words(task.due_at, now)}."
    elif task.due_at is not None:
        reason = f"Due on {days.time_in_words(task.due_at, now)}."
    else:
        reason = f"You were reminded on {days.time_in_words(task.reminded_at or now, now)}."
    return DigestLine(
        text=task.title,
        reason=reason,
        title=task.title,
        citations=_cited(connection, task),
        item_id=None,
        task_id=task.id,
    )


def _cited(connection: Connection, task: Task) -> tuple[DigestCitation, ...]:
    """The words that led to the task, or the item that it came from; none for a task of its own."""
    if task.item is None or task.item.trashed or task.item_id is None:
        return ()
    number = items.number_of(connection, task.item_id)
    if task.passage is None:
        return (citation(read_cards(connection, [number])[number]),)
    item = numbered_items.get(connection, [number])[number]
    passage = task.passage
    return (
        DigestCitation(
            0,
            item.id,
            item.title,
            item.url,
            quote=passage.quote,
            start=passage.start,
            end=passage.end,
            content_version=passage.content_version,
        ),
    )


def dead_links(connection: Connection, digest: Digest, days: Days, *, without: set[str]) -> tuple[DigestLine, ...]:
    """Items whose address leads nowhere any more; each is told once."""
    found = digest_material.dead_links(connection, until=digest.until, limit=_DEAD)
    cards = read_cards(connection, [dead.number for dead in found])
    return tuple(
        line(cards[dead.number], _why_dead(dead, cards[dead.number], digest, days))
        for dead in found
        if dead.number in cards and cards[dead.number].item.id not in without
    )


def _why_dead(dead: Dead, card: Card, digest: Digest, days: Days) -> str:
    if dead.reason == "dns":
        what = "The site is gone: its name is not known any more"
    else:
        status = dead.reason.removeprefix("http_")
        phrase = _PHRASES.get(int(status), "") if status.isdigit() else ""
        what = f"The address answers {status}{f' ({phrase})' if phrase else ''}"
    when = days.in_words(dead.since, digest.until) if dead.since else days.in_words(digest.until, digest.until)
    if card.item.status == "failed":
        return f"{what}. You saved it on {when}, and nothing of the page could be kept but its address."
    kept = "Your copy is kept." if card.passages else "Nothing of the page was kept but its address."
    return f"{what}, first seen on {when} and again on another day. {kept}"
