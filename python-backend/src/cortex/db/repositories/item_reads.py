"""When items were read: a row for each item and day. Functions of a connection."""

from __future__ import annotations

from cortex.db.driver import Connection
from cortex.domain import clock

_ONE_VISIT_SECONDS = 30 * 60
"""Reports within this time belong to one visit."""


def note(connection: Connection, item_number: int, *, now: str, day: str, gained: float) -> None:
    """An item is being read: `gained` is how much further than before, 0–1."""
    row = connection.execute(
        "SELECT last_at FROM item_reads WHERE item_number = ? AND day = ?", (item_number, day)
    ).fetchone()
    is_new = row is None or _seconds_between(row[0], now) > _ONE_VISIT_SECONDS
    connection.execute(
        "INSERT INTO item_reads (item_number, day, last_at, visits, gained) VALUES (?, ?, ?, 1, ?) "
        "ON CONFLICT (item_number, day) DO UPDATE SET last_at = max(last_at, excluded.last_at), visits = visits + ?, "
        "gained = min(1.0, gained + excluded.gained)",
        (item_number, day, now, max(gained, 0.0), int(is_new)),
    )


def _seconds_between(earlier: str, later: str) -> float:
    return (clock.from_text(later) - clock.from_text(earlier)).total_seconds()
