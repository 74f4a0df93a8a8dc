"""Days and hours where Cortex runs, in words and as moments. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo

from cortex.domain import clock

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_DAY_LENGTH = len("2026-11-30")


class Days:
    """A time zone: the machine's own unless another is given."""

    def __init__(self, zone: tzinfo | None = None):
        self._zone = zone

    def local(self, moment: str) -> datetime:
        """A moment (RFC 3339) on the clocks of this place."""
        return clock.from_text(moment).astimezone(self._zone)

    def day(self, moment: str) -> str:
        """The day of a moment, such as `2026-11-30`."""
        return self.local(moment).date().isoformat()

    def in_words(self, moment: str, now: str) -> str:
        """`3 November`, with the year where it is another one. Takes moments and days."""
        day = date.fromisoformat(moment) if len(moment) == _DAY_LENGTH else self.local(moment).date()
        year = "" if day.year == self.local(now).year else f" {day.year}"
        return f"{day.day} {_MONTHS[day.month - 1]}{year}"

    def time_in_words(self, moment: str, now: str) -> str:
        """`3 November, 14:05`; a day alone where no time was given."""
        if len(moment) == _DAY_LENGTH:
            return self.in_words(moment, now)
        return f"{self.in_words(moment, now)}, {self.local(moment):%H:%M}"

    def start_of(self, day: date) -> str:
        """The moment at which a day begins."""
        return self.hour_of(day, 0)

    def hour_of(self, day: date, hour: int) -> str:
        """The moment at which it is that hour on a day, the first where clocks show it twice; where they skip it, an
        hour later."""
        naive = datetime(day.year, day.month, day.day, hour, tzinfo=self._zone)
        return clock.to_text(naive.astimezone(UTC))

    def last_hour(self, now: str, hour: int) -> str:
        """The latest moment, up to `now`, at which it was that hour."""
        today = self.local(now).date()
        moment = self.hour_of(today, hour)
        return moment if moment <= now else self.hour_of(today - timedelta(days=1), hour)

    def next_hour(self, now: str, hour: int) -> str:
        """The next moment after `now` at which it is that hour."""
        today = self.local(now).date()
        moment = self.hour_of(today, hour)
        return moment if moment > now else self.hour_of(today + timedelta(days=1), hour)

    def before(self, moment: str, **length: int) -> str:
        """A moment that lies so many `days` or `hours` before another one."""
        return clock.to_text(clock.from_text(moment) - timedelta(**length))
