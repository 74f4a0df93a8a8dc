"""Insights: what was saved, read and asked about over a period. Nothing of it leaves this machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import insights
from cortex.db.repositories.insights import Library, Revisited, Source
from cortex.domain import clock
from cortex.services.digests.days import Days

_TOPICS = 15
_LISTED = 10
_LEAST = 3
"""Items with a tag from which it can be said to rise or fall."""
_MUCH = 1.5


@dataclass(frozen=True, slots=True)
class InsightDay:
    """One day where Cortex runs. `read`: items; `minutes`: how long what was read takes an ordinary reader."""

    day: str
    saved: int
    read: int
    minutes: float
    asked: int


@dataclass(frozen=True, slots=True)
class InsightTopic:
    """A tag and how many items with it were saved week by week, the latest week last."""

    name: str
    saved: int
    per_week: tuple[int, ...]
    trend: str
    """`rising`, `falling` or `steady`: the later half of the weeks against the earlier one."""


@dataclass(frozen=True, slots=True)
class InsightCollection:
    """A collection, how many items it holds, and how many of them were saved in the period."""

    id: str
    name: str
    items: int
    added: int


@dataclass(frozen=True, slots=True)
class Insights:
    """A period of so many days up to today."""

    since: str
    until: str
    days: tuple[InsightDay, ...]
    weeks: tuple[str, ...]
    """The first day of each week that topics are counted by."""
    topics: tuple[InsightTopic, ...]
    revisited: tuple[Revisited, ...]
    sources: tuple[Source, ...]
    collections: tuple[InsightCollection, ...]
    library: Library


class InsightsService:
    """Counts."""

    def __init__(self, database: Database, days: Days | None = None, now: Callable[[], str] = clock.now):
        self._database = database
        self._days = days or Days()
        self._now = now

    async def over(self, days: int) -> Insights:
        """The last so many days, today included."""
        now = self._now()
        today = self._days.local(now).date()
        dates = [today - timedelta(days=ago) for ago in range(days - 1, -1, -1)]
        weeks = [today - timedelta(days=7 * ago + 6) for ago in range(-(-days // 7) - 1, -1, -1)]
        return await self._database.read(lambda connection: self._count(connection, now, dates, weeks))

    def _count(self, connection: Connection, now: str, dates: list[date], weeks: list[date]) -> Insights:
        per_day, per_week = self._ranges(dates, 1), self._ranges(weeks, 7)
        saved = insights.saved_per(connection, per_day)
        asked = insights.asked_per(connection, per_day)
        read = {one.day: one for one in insights.read_on(connection, dates[0].isoformat())}
        since = per_day[0][0]
        counted: dict[str, list[int]] = {}
        for topic in insights.topics(connection, per_week, limit=_TOPICS):
            counted.setdefault(topic.name, [0] * len(weeks))[topic.place] += topic.items
        return Insights(
            since=since,
            until=now,
            days=tuple(
                InsightDay(
                    day.isoformat(),
                    saved[place],
                    read[day.isoformat()].items if day.isoformat() in read else 0,
                    round(read[day.isoformat()].minutes, 1) if day.isoformat() in read else 0.0,
                    asked[place],
                )
                for place, day in enumerate(dates)
            ),
            weeks=tuple(week.isoformat() for week in weeks),
            topics=tuple(
                InsightTopic(name, sum(numbers), tuple(numbers), _trend(numbers))
                for name, numbers in sorted(counted.items(), key=lambda one: (-sum(one[1]), one[0]))
            ),
            revisited=tuple(insights.revisited(connection, dates[0].isoformat(), limit=_LISTED)),
            sources=tuple(insights.sources(connection, since, limit=_LISTED)),
            collections=tuple(InsightCollection(*row) for row in insights.growth(connection, since)),
            library=insights.library(connection),
        )

    def _ranges(self, starts: list[date], length: int) -> list[tuple[str, str]]:
        """The stretches of so many days that begin on these."""
        return [(self._days.start_of(start), self._days.start_of(start + timedelta(days=length))) for start in starts]


def _trend(per_week: list[int]) -> str:
    """The later half of the weeks against the earlier half; an odd week in the middle belongs to neither."""
    half = len(per_week) // 2
    earlier, later = sum(per_week[:half]), sum(per_week[len(per_week) - half :])
    if earlier + later < _LEAST or max(earlier, later) < _MUCH * min(earlier, later) or earlier == later:
        return "steady"
    return "rising" if later > earlier else "falling"
