"""What calls of models took, and their sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, fields

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.domain import clock
from cortex.domain.model_call import ModelCall, Usage, UsageGrouping

KEPT_SECONDS = 365 * 24 * 3600
_COLUMNS = ", ".join(field.name for field in fields(ModelCall))
_PLACES = ", ".join("?" for _ in fields(ModelCall))
_GROUPS: dict[UsageGrouping, str] = {
    "day": "substr(at, 1, 10)",
    "provider": "provider",
    "model": "model",
    "purpose": "purpose",
}
_SUMS = (
    "count(*), coalesce(sum(prompt_tokens), 0), coalesce(sum(completion_tokens), 0), "
    "coalesce(sum(cost_usd), 0.0), coalesce(sum(NOT is_cost_known), 0), coalesce(sum(milliseconds), 0.0), "
    "coalesce(sum(remote), 0), coalesce(sum(cached), 0), coalesce(sum(outcome NOT IN ('ok', 'cancelled')), 0)"
)

_SUMMED = len(fields(Usage)) - len(_GROUPS)


class ModelCallRepository:
    """Appends and adds up."""

    def __init__(self, database: Database):
        self._database = database

    async def add(self, calls: Sequence[ModelCall]) -> None:
        """Note calls, in order."""
        rows = [astuple(call) for call in calls]
        await self._database.write(
            lambda raw: raw.executemany(f"INSERT INTO model_calls ({_COLUMNS}) VALUES ({_PLACES})", rows)
        )

    async def usage(
        self, *, since: str | None, until: str | None, group_by: Sequence[UsageGrouping]
    ) -> tuple[Usage, list[Usage]]:
        """The sum of all calls from `since` up to (not with) `until`, and one sum for each group, the first group's
        latest or alphabetically first in front."""
        return await self._database.read(lambda raw: _usage(raw, since, until, group_by))


def _usage(
    connection: Connection, since: str | None, until: str | None, group_by: Sequence[UsageGrouping]
) -> tuple[Usage, list[Usage]]:
    period = "FROM model_calls WHERE (?1 IS NULL OR at >= ?1) AND (?2 IS NULL OR at < ?2)"
    total = connection.execute(f"SELECT {_SUMS} {period}", (since, until)).fetchone()
    rows: list[Usage] = []
    if group_by:
        groups = ", ".join(f"{_GROUPS[name]} AS by_{name}" for name in group_by)
        names = ", ".join(f"by_{name}" for name in group_by)
        order = ", ".join(f"by_{name} DESC" if name == "day" else f"by_{name}" for name in group_by)
        found = connection.execute(
            f"SELECT {_SUMS}, {groups} {period} GROUP BY {names} ORDER BY {order}", (since, until)
        )
        rows = [_summed(tuple(row), group_by) for row in found]
    return _summed(tuple(total), ()), rows


def _summed(row: tuple[object, ...], group_by: Sequence[UsageGrouping]) -> Usage:
    sums, names = row[:_SUMMED], row[_SUMMED:]
    named = dict(zip(group_by, names, strict=True))
    values = dict(zip([field.name for field in fields(Usage)][len(_GROUPS) :], sums, strict=True))
    return Usage(**named, **values)  # type: ignore[arg-type] # SQLite gives each column's own type


def prune(connection: Connection) -> int:
    """Forget calls of more than a year ago; gives their number."""
    return connection.execute("DELETE FROM model_calls WHERE at < ?", (clock.after(-KEPT_SECONDS),)).rowcount
