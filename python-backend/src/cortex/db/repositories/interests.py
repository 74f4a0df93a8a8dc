"""What the owner did with items: read, marked, kept, asked about, wanted less of. Functions of a connection."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from cortex.db.driver import Connection
from cortex.db.repositories import connection_facts

_READ = 0.6
"""From this share on an item counts as read: few people scroll through the notes at the end."""


@dataclass(frozen=True, slots=True)
class Engagement:
    """What the owner did with one item."""

    number: int
    read: bool = False
    marked: bool = False
    favourite: bool = False
    asked: bool = False
    """An answer to a question of the owner's cites it."""
    disliked: bool = False


@dataclass(frozen=True, slots=True)
class Disliked:
    """An item that the owner wants less like."""

    item_id: str
    title: str
    since: str


def engagements(connection: Connection, *, limit: int) -> list[Engagement]:
    """Everything the owner did with items, for the latest `limit` items of each kind; live items only."""
    known = {
        row[0]: (row[1] >= _READ, bool(row[2]))
        for row in connection.execute(
            "SELECT number, read_progress, favourite FROM items INDEXED BY items_engaged "
            "WHERE (read_progress > 0 OR favourite = 1) AND deleted_at IS NULL ORDER BY number DESC LIMIT ?",
            (limit,),
        )
    }
    marked = _numbers(connection, "SELECT item_id FROM highlights ORDER BY created_at DESC LIMIT ?", limit)
    asked = _numbers(
        connection,
        "SELECT c.value ->> 'item_id' FROM (SELECT citations FROM messages WHERE role = 'assistant' "
        "ORDER BY rowid DESC LIMIT ?) m, json_each(m.citations) c",
        limit,
    )
    disliked = _numbers(connection, "SELECT item_id FROM less_like LIMIT ?", limit)
    return [
        Engagement(
            number,
            read=known.get(number, (False, False))[0],
            marked=number in marked,
            favourite=known.get(number, (False, False))[1],
            asked=number in asked,
            disliked=number in disliked,
        )
        for number in sorted({*known, *marked, *asked, *disliked})
    ]


def _numbers(connection: Connection, ids: str, limit: int) -> set[int]:
    rows = connection.execute(f"SELECT number FROM items WHERE deleted_at IS NULL AND id IN ({ids})", (limit,))
    return {row[0] for row in rows}


def disliked(connection: Connection) -> list[Disliked]:
    """What the owner wants less of, latest first."""
    return [
        Disliked(*row)
        for row in connection.execute(
            "SELECT l.item_id, i.title, l.created_at FROM less_like l JOIN items i ON i.id = l.item_id "
            "ORDER BY l.created_at DESC, l.item_id"
        )
    ]


def site_counts(connection: Connection, sites: Sequence[str]) -> dict[str, int]:
    """How many live items come from each of these sites."""
    rows = connection.execute(
        "SELECT site, count(*) FROM items WHERE deleted_at IS NULL AND site IN (SELECT value FROM json_each(?)) "
        "GROUP BY site",
        (json.dumps(list(sites)),),
    )
    return {row[0]: row[1] for row in rows}


def saved_with(
    connection: Connection, tags: Sequence[str], names: Sequence[str], sites: Sequence[str]
) -> dict[tuple[str, str], int]:
    """How many items have each of these tags, names and sites."""
    return (
        {("tag", tag): count for tag, count in connection_facts.tag_counts(connection, tags).items()}
        | {("name", key): count for key, count in connection_facts.name_counts(connection, names).items()}
        | {("site", site): count for site, count in site_counts(connection, sites).items()}
    )
