"""Whether saved addresses still lead somewhere. Functions of a connection."""

from __future__ import annotations

from dataclasses import dataclass

from cortex.db.driver import Connection


@dataclass(frozen=True, slots=True)
class Address:
    """A saved address that may be looked at."""

    number: int
    item_id: str
    url: str


def due(connection: Connection, *, checked_before: str, failing_before: str, limit: int) -> list[Address]:
    """Addresses to look at next: those that failed on an earlier day, then never looked at, then longest ago.

    What may not leave this machine is left out: looking would tell its site.
    """
    rows = connection.execute(
        "SELECT number, id, url FROM ("
        "SELECT i.number, i.id, i.url, 0 AS place, l.checked_at AS at FROM link_checks l "
        "JOIN items i ON i.number = l.item_number WHERE l.state = 'failing' AND l.checked_at < ?2 "
        "AND i.deleted_at IS NULL AND i.local_only = 0 "
        "UNION ALL SELECT * FROM (SELECT i.number, i.id, i.url, 1, '' FROM items i INDEXED BY items_with_address "
        "WHERE i.canonical_url IS NOT NULL AND i.deleted_at IS NULL AND i.local_only = 0 AND i.status = 'ready' "
        "AND NOT EXISTS (SELECT 1 FROM link_checks l WHERE l.item_number = i.number) ORDER BY i.number LIMIT ?3) "
        "UNION ALL SELECT * FROM (SELECT i.number, i.id, i.url, 2, l.checked_at FROM link_checks l "
        "JOIN items i ON i.number = l.item_number WHERE l.checked_at < ?1 AND i.deleted_at IS NULL "
        "AND i.local_only = 0 ORDER BY l.checked_at LIMIT ?3)"
        ") WHERE url IS NOT NULL GROUP BY number ORDER BY min(place), at, number LIMIT ?3",
        (checked_before, failing_before, limit),
    )
    return [Address(row[0], row[1], row[2]) for row in rows]


def note(connection: Connection, item_number: int, *, at: str, day: str, reason: str | None) -> None:
    """What a look gave: `reason` is why the address counts as dead, None where it leads somewhere.

    An address is dead once it failed on two different days in a row of looks; one that comes back is alive again, and
    is told of anew should it die once more.
    """
    row = connection.execute("SELECT failing_day FROM link_checks WHERE item_number = ?", (item_number,)).fetchone()
    first = row[0] if row is not None else None
    if reason is None:
        state, failing_day = "alive", None
        connection.execute(
            "DELETE FROM digest_mentions WHERE item_number = ? AND section = 'dead_links'", (item_number,)
        )
    else:
        failing_day = first or day
        state = "dead" if failing_day < day else "failing"
    connection.execute(
        "INSERT INTO link_checks (item_number, checked_at, state, reason, failing_day) "
        "SELECT number, ?, ?, ?, ? FROM items WHERE number = ? ON CONFLICT (item_number) DO UPDATE SET "
        "checked_at = excluded.checked_at, state = excluded.state, reason = excluded.reason, "
        "failing_day = excluded.failing_day",
        (at, state, reason, failing_day, item_number),
    )


def put_off(connection: Connection, item_number: int, at: str) -> None:
    """Nothing could be said: look again when its turn comes, and leave what is known as it is."""
    connection.execute(
        "INSERT INTO link_checks (item_number, checked_at, state) "
        "SELECT number, ?, 'alive' FROM items WHERE number = ? "
        "ON CONFLICT (item_number) DO UPDATE SET checked_at = excluded.checked_at",
        (at, item_number),
    )
