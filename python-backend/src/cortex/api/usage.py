"""What models took: calls, tokens, money, time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AfterValidator

from cortex.api.deps import App
from cortex.api.errors import responses
from cortex.api.schemas.base import Schema
from cortex.api.schemas.words import DayOrMoment
from cortex.domain import clock
from cortex.domain.access import Scope
from cortex.domain.model_call import UsageGrouping
from cortex.exceptions import ValidationError
from cortex.security.scopes import requires

router = APIRouter(prefix="/api/usage", tags=["usage"])

_SHOWN_SECONDS = 30 * 24 * 3600.0
_DAY_LENGTH = len("2026-01-31")


def _in_tenths(milliseconds: float) -> float:
    return round(milliseconds, 1)


class UsageSum(Schema):
    """Calls added up. Tokens and cost are known only of calls that ended well."""

    calls: int
    """Those answered from memory included."""
    prompt_tokens: int
    completion_tokens: int
    cost_usd: float
    """As the provider's prices were known when the call was made; 0 for models on this machine."""
    cost_unknown: int
    """Calls that may have cost something that `cost_usd` lacks: nobody says their price, or they broke off."""
    milliseconds: Annotated[float, AfterValidator(_in_tenths)]
    """All calls together, whether side by side or one after the other."""
    remote: int
    """Calls that left this machine."""
    cached: int
    """Calls answered from memory: no model was asked."""
    failed: int
    """Calls that ended without a whole answer, other than by being cancelled."""


class UsageRow(UsageSum):
    """One group; what was not asked to be told apart is null."""

    day: str | None
    """In UTC."""
    provider: str | None
    model: str | None
    purpose: str | None


class UsageReport(Schema):
    """The sums of a period."""

    since: str
    until: str | None
    group_by: list[UsageGrouping]
    totals: UsageSum
    rows: list[UsageRow]


@router.get("", operation_id="usage", responses=responses(422))
@requires(Scope.read)
async def usage(
    app: App,
    since: DayOrMoment | None = None,
    until: DayOrMoment | None = None,
    group_by: Annotated[list[UsageGrouping] | None, Query(max_length=4)] = None,
) -> UsageReport:
    """What models took in a period, kept for a year: the last 30 days unless told otherwise.

    A day as `since` means from its start, as `until` up to its end, in UTC. `group_by` may be repeated; without it
    rows tell day, provider, model and purpose apart. The latest day comes first.
    """
    start = _start_of(since) if since else clock.after(-_SHOWN_SECONDS)
    end = _end_of(until) if until else None
    groups: list[UsageGrouping] = list(dict.fromkeys(group_by or ("day", "provider", "model", "purpose")))
    totals, rows = await app.intelligence.usage.usage(since=start, until=end, group_by=groups)
    return UsageReport(
        since=start,
        until=end,
        group_by=groups,
        totals=UsageSum.model_validate(totals, from_attributes=True),
        rows=[UsageRow.model_validate(row, from_attributes=True) for row in rows],
    )


def _start_of(text: str) -> str:
    return f"{text}T00:00:00.000Z" if len(text) == _DAY_LENGTH else text


def _end_of(text: str) -> str:
    if len(text) != _DAY_LENGTH:
        return text
    try:
        return f"{date.fromisoformat(text) + timedelta(days=1)}T00:00:00.000Z"
    except OverflowError:
        raise ValidationError("There is no day after this one.") from None
