"""Words that people give: cleaned on the way in, refused with a reason where cleaning would change what is meant."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from cortex.domain import clock
from cortex.services.extraction.characters import clean_characters, collapse

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _line(value: object) -> object:
    return collapse(value) if isinstance(value, str) else value


def _text(value: object) -> object:
    return clean_characters(value) if isinstance(value, str) else value


def _tag(value: object) -> object:
    """A tag as it was answered (`{"name": …, "by": …}`) may be sent back as it is."""
    return _line(value.get("name") if isinstance(value, dict) else value)


def _moment(value: str) -> str:
    try:
        return clock.to_text(clock.from_text(value))
    except (ValueError, OverflowError):
        raise ValueError("this is not a time such as 2026-01-31 or 2026-01-31T10:20:30Z") from None


def _day_or_moment(value: str) -> str:
    if _DAY.fullmatch(value) is None:
        return _moment(value)
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise ValueError("there is no such day") from None


Line = Annotated[str, BeforeValidator(_line)]
Reference = Annotated[str, BeforeValidator(_line), Field(max_length=1000)]
"""An id or a name that something may have: what never was one finds nothing."""
Name = Annotated[str, BeforeValidator(_line), Field(min_length=1, max_length=200)]
TagName = Annotated[str, BeforeValidator(_tag), Field(min_length=1, max_length=100)]
LongText = Annotated[str, BeforeValidator(_text), Field(max_length=200_000)]
Moment = Annotated[str, Field(max_length=40), AfterValidator(_moment)]
DayOrMoment = Annotated[str, Field(max_length=40), AfterValidator(_day_or_moment)]
"""A moment, or a day (`2026-01-31`) that stays one."""
Source = Annotated[str, BeforeValidator(_line), Field(min_length=1, max_length=64)]


def each_once(names: list[str]) -> list[str]:
    """Tags without repetitions, the first spelling kept."""
    return list({name.casefold(): name for name in reversed(names)}.values())[::-1]
