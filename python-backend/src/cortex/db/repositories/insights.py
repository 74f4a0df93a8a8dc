"""What was saved, read and asked, counted. Functions of a connection; each reads an index over its period."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from cortex.db.driver import Connection

_RANGES = "WITH days(place, start, stop) AS (SELECT d.key, d.value ->> 0, d.value ->> 1 FROM json_each(?1) d) "


class ReadOn(NamedTuple):
    """What was read on a day."""

    day: str
    items: int
    visits: int
    minutes: float


class Topic(NamedTuple):
    """How many items with a tag were saved in a stretch of time."""

    name: str
    place: int
    items: int


class Revisited(NamedTuple):
    """An item that was opened on several days."""

    item_id: str
    title: str
    days: int
    visits: int
    last_at: str


class Source(NamedTuple):
    """How much was saved from a site, and read of that."""

    site: str
    saved: int
    read: int


class Library(NamedTuple):
    """How much there is."""

    items: int
    unread: int
    unread_minutes: int
    archived: int


def saved_per(connection: Connection, ranges: Sequence[tuple[str, str]]) -> list[int]:
    """How many live items were saved in each of these stretches (start included, stop excluded)."""
    rows = connection.execute(
        f"{_RANGES}SELECT (SELECT count(*) FROM items WHERE deleted_at IS NULL AND created_at >= start "
        "AND created_at < stop) FROM days ORDER BY place",
        (json.dumps(ranges),),
    )
    return [row[0] for row in rows]


def asked_per(connection: Connection, ranges: Sequence[tuple[str, str]]) -> list[int]:
    """How many questions were asked in each of these stretches."""
    rows = connection.execute(
        f"{_RANGES}SELECT (SELECT count(*) FROM messages WHERE role = 'user' AND created_at >= start "
        "AND created_at < stop) FROM days ORDER BY place",
        (json.dumps(ranges),),
    )
    return [row[0] for row in rows]


def read_on(connection: Connection, since_day: str) -> list[ReadOn]:
    """What was read on each day since then; minutes by how far items were read that day and how long they take."""
    rows = connection.execute(
        "SELECT r.day, count(*), sum(r.visits), sum(r.gained * i.reading_minutes) FROM item_reads r "
        "JOIN items i ON i.number = r.item_number WHERE r.day >= ? AND i.deleted_at IS NULL GROUP BY r.day ORDER BY 1",
        (since_day,),
    )
    return [ReadOn(*row) for row in rows]


def topics(connection: Connection, ranges: Sequence[tuple[str, str]], *, limit: int) -> list[Topic]:
    """How many items with each of the most used tags were saved in each of these stretches, one after the other."""
    rows = connection.execute(
        f"{_RANGES}, counted(tag, place, items) AS MATERIALIZED (SELECT it.tag_number, d.place, count(*) "
        "FROM days d CROSS JOIN items i INDEXED BY items_created "
        "ON i.deleted_at IS NULL AND i.created_at >= d.start AND i.created_at < d.stop "
        "CROSS JOIN item_tags it ON it.item_number = i.number GROUP BY 1, 2) "
        "SELECT t.name, c.place, c.items FROM counted c JOIN tags t ON t.number = c.tag WHERE c.tag IN "
        "(SELECT tag FROM counted GROUP BY tag ORDER BY sum(items) DESC, tag LIMIT ?2) ORDER BY 1, 2",
        (json.dumps(ranges), limit),
    )
    return [Topic(*row) for row in rows]


def revisited(connection: Connection, since_day: str, *, limit: int) -> list[Revisited]:
    """The live items that were opened most often since a day, of those that were opened more than once."""
    rows = connection.execute(
        "SELECT i.id, i.title, r.days, r.visits, r.last_at FROM (SELECT item_number, count(*) AS days, "
        "sum(visits) AS visits, max(last_at) AS last_at FROM item_reads WHERE day >= ? GROUP BY item_number "
        "HAVING sum(visits) > 1) r JOIN items i ON i.number = r.item_number WHERE i.deleted_at IS NULL "
        "ORDER BY r.days DESC, r.visits DESC, r.last_at DESC, i.number LIMIT ?",
        (since_day, limit),
    )
    return [Revisited(*row) for row in rows]


def sources(connection: Connection, since: str, *, limit: int) -> list[Source]:
    """The sites that most was saved from since a moment."""
    rows = connection.execute(
        "SELECT site, count(*), count(*) FILTER (WHERE read_progress >= 0.6) FROM items INDEXED BY items_created "
        "WHERE deleted_at IS NULL AND created_at >= ? AND site IS NOT NULL GROUP BY site ORDER BY 2 DESC, 1 LIMIT ?",
        (since, limit),
    )
    return [Source(*row) for row in rows]


def growth(connection: Connection, since: str) -> list[tuple[str, str, int, int]]:
    """(id, name, items, of them saved since then) of each collection that items are put into by hand, largest first."""
    rows = connection.execute(
        "SELECT c.id, c.name, count(i.number), count(*) FILTER (WHERE i.created_at >= ?) FROM collections c "
        "LEFT JOIN items i ON i.collection_id = c.id AND i.deleted_at IS NULL WHERE c.query IS NULL "
        "GROUP BY c.id ORDER BY 4 DESC, 3 DESC, 2 LIMIT 50",
        (since,),
    )
    return [(row[0], row[1], row[2], row[3] if row[2] else 0) for row in rows]


def library(connection: Connection) -> Library:
    """How much there is in all."""
    items, archived = connection.execute(
        "SELECT count(*), coalesce(sum(archived), 0) FROM items INDEXED BY items_filters WHERE deleted_at IS NULL"
    ).fetchone()
    unread, minutes = connection.execute(
        "SELECT count(*), coalesce(sum(reading_minutes), 0) FROM items INDEXED BY items_unread "
        "WHERE deleted_at IS NULL AND archived = 0 AND read_progress < 0.95"
    ).fetchone()
    return Library(items, unread, minutes, archived)
