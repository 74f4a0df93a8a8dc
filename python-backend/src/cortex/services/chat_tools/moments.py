"""Times that a model gives: read in the owner's time zone, told to the owner in words."""

from __future__ import annotations

import re
from datetime import date, datetime

from cortex.domain import clock
from cortex.services.chat_tools.tool import ToolRefusedError

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def moment(text: str, now: str) -> str:
    """The moment of a text such as `2026-11-23T09:00`, as Cortex stores it; without a zone it is the owner's time.

    Raises ToolRefusedError when it is none, or is over.
    """
    if _DAY.fullmatch(text):
        raise ToolRefusedError(f"{text} is a day. Give a time of day, too, such as {text}T09:00.")
    try:
        found = clock.to_text(datetime.fromisoformat(text).astimezone())
    except (ValueError, OverflowError):
        raise ToolRefusedError(f"{text[:40]!r} is not a time such as 2026-11-23T09:00.") from None
    if found <= now:
        raise ToolRefusedError(f"{text[:40]} is over: it is {told(now)}.")
    return found


def day_or_moment(text: str, now: str) -> str:
    """The same, but a day stays a day; today is not over. Raises ToolRefusedError."""
    if not _DAY.fullmatch(text):
        return moment(text, now)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ToolRefusedError(f"There is no day {text}.") from None
    if day < clock.from_text(now).astimezone().date():
        raise ToolRefusedError(f"{text} is over: it is {told(now)}.")
    return text


def told(when: str) -> str:
    """A moment or a day in words, in the owner's time zone: `Monday 23 November 2026, 09:00`."""
    if _DAY.fullmatch(when):
        return _day(date.fromisoformat(when))
    local = clock.from_text(when).astimezone()
    return f"{_day(local.date())}, {local:%H:%M}"


def present(now: str) -> str:
    """A sentence for the model on what day and time it is, so that it can say when tomorrow is."""
    local = clock.from_text(now).astimezone()
    return f"It is {told(now)} where the owner is ({local.isoformat(timespec='minutes')})."


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _day(day: date) -> str:
    """Not by strftime, which speaks the machine's language."""
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"
