"""What digests are made from: new, old, unread and dead items by their short keys. Functions of a connection."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from cortex.db.driver import Connection, Row
from cortex.domain.chunk import ORDINAL_BITS

GONE = ("http_404", "http_410", "dns")
"""Why a page could not be fetched, where that means that there is none any more. `dns` counts only for what was given
up: a machine that is offline knows no names either."""
_STRAGGLERS_DAYS = "-14 days"
_TAGGED = (
    "SELECT i.number FROM tags t JOIN item_tags it ON it.tag_number = t.number "
    "JOIN items i ON i.number = it.item_number AND t.name IN (SELECT value FROM json_each(?))"
)
_NOT_SHOWN = (
    "NOT EXISTS (SELECT 1 FROM digest_mentions m WHERE m.item_number = i.number AND m.section = ? AND m.shown_at > ?)"
)


@dataclass(frozen=True, slots=True)
class Dead:
    """An item whose address leads nowhere any more."""

    number: int
    reason: str
    since: str
    """A day or a moment from which on that was seen."""


def new_items(connection: Connection, since: str, until: str, *, limit: int) -> list[int]:
    """Items saved in the period that were read, newest first; and those saved shortly before it that were ready only
    in it."""
    return [
        row[0]
        for row in connection.execute(
            "SELECT number FROM (SELECT number, created_at FROM items WHERE deleted_at IS NULL AND status = 'ready' "
            "AND created_at > ?1 AND created_at <= ?2 ORDER BY created_at DESC, number DESC LIMIT ?3) "
            "UNION ALL SELECT number FROM (SELECT i.number FROM items i WHERE i.deleted_at IS NULL "
            "AND i.status = 'ready' AND i.created_at <= ?1 "
            "AND i.created_at > strftime('%Y-%m-%dT%H:%M:%SZ', ?1, ?4) AND i.processed_at > ?1 "
            "AND NOT EXISTS (SELECT 1 FROM digest_mentions m WHERE m.item_number = i.number AND m.section = 'new') "
            "ORDER BY i.created_at DESC, i.number DESC LIMIT ?3) LIMIT ?3",
            (since, until, limit, _STRAGGLERS_DAYS),
        )
    ]


def count_new(connection: Connection, since: str, until: str) -> tuple[int, int]:
    """How many items were saved in the period: those that are ready, those still waiting or being read."""
    row = connection.execute(
        "SELECT count(*) FILTER (WHERE status = 'ready'), "
        "count(*) FILTER (WHERE status IN ('pending', 'processing', 'waiting')) FROM items "
        "WHERE deleted_at IS NULL AND created_at > ? AND created_at <= ?",
        (since, until),
    ).fetchone()
    return int(row[0]), int(row[1])


def lately_read(connection: Connection, since_day: str, *, limit: int) -> list[int]:
    """Live items read since a day, last read first."""
    rows = connection.execute(
        "SELECT r.item_number FROM item_reads r JOIN items i ON i.number = r.item_number "
        "WHERE r.day >= ? AND i.deleted_at IS NULL GROUP BY 1 ORDER BY max(r.last_at) DESC, 1 LIMIT ?",
        (since_day, limit),
    )
    return [row[0] for row in rows]


def created(connection: Connection, numbers: Sequence[int]) -> dict[int, str]:
    """When these items were saved."""
    rows = connection.execute(
        "SELECT number, created_at FROM items WHERE number IN (SELECT value FROM json_each(?))",
        (json.dumps(list(numbers)),),
    )
    return {row[0]: row[1] for row in rows}


def local_only(connection: Connection, item_ids: Sequence[str]) -> set[str]:
    """Those of these items that may not leave this machine; those that are gone, too."""
    rows = connection.execute(
        "SELECT id FROM items WHERE local_only = 0 AND deleted_at IS NULL AND id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(item_ids)),),
    )
    return set(item_ids) - {row[0] for row in rows}


def forgotten(
    connection: Connection,
    numbers: Sequence[int],
    *,
    before: str,
    shown_before: str,
    connected_before: str,
    limit: int,
) -> list[int]:
    """Those of these items that were saved before a moment and not read or marked since, and that digests last named
    as forgotten, and as connected with something, before other moments."""
    rows = connection.execute(
        "SELECT i.number FROM json_each(?) g CROSS JOIN items i ON i.number = g.value "
        "WHERE i.deleted_at IS NULL AND i.archived = 0 AND i.status = 'ready' AND i.content_version > 0 "
        "AND i.created_at <= ? "
        "AND NOT EXISTS (SELECT 1 FROM item_reads r WHERE r.item_number = i.number AND r.last_at > ?) "
        "AND NOT EXISTS (SELECT 1 FROM highlights h WHERE h.item_id = i.id AND h.created_at > ?) "
        "AND NOT EXISTS (SELECT 1 FROM less_like l WHERE l.item_id = i.id) "
        f"AND {_NOT_SHOWN} AND {_NOT_SHOWN} ORDER BY g.key LIMIT ?",
        (
            json.dumps(list(numbers)),
            before,
            before,
            before,
            "forgotten",
            shown_before,
            "connected",
            connected_before,
            limit,
        ),
    )
    return [row[0] for row in rows]


def sharing_tags(connection: Connection, tags: Sequence[str], *, before: str, limit: int) -> list[int]:
    """Live items saved before a moment that carry the most of these tags; give none that very many items carry."""
    rows = connection.execute(
        "SELECT it.item_number FROM tags t JOIN item_tags it ON it.tag_number = t.number "
        "JOIN items i ON i.number = it.item_number WHERE t.name IN (SELECT value FROM json_each(?)) "
        "AND i.deleted_at IS NULL AND i.created_at <= ? GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ?",
        (json.dumps(list(tags)), before, limit),
    )
    return [row[0] for row in rows]


def last_read(connection: Connection, numbers: Sequence[int]) -> dict[int, str]:
    """When those of these items were read last that ever were."""
    rows = connection.execute(
        "SELECT item_number, max(last_at) FROM item_reads WHERE item_number IN (SELECT value FROM json_each(?)) "
        "GROUP BY 1",
        (json.dumps(list(numbers)),),
    )
    return {row[0]: row[1] for row in rows}


def unread(connection: Connection, *, until: str, tags: Sequence[str], sites: Sequence[str], limit: int) -> list[int]:
    """Unread items that were saved up to a moment: the newest, and the newest with one of these tags or sites.

    Notes of the owner's own are no reading, and what the owner wants less of stays away.
    """
    alike = (
        "i.deleted_at IS NULL AND i.archived = 0 AND i.read_progress < 0.95 AND i.status = 'ready' "
        "AND i.content_version > 0 AND i.kind <> 'note' AND i.created_at <= ? "
        "AND NOT EXISTS (SELECT 1 FROM less_like l WHERE l.item_id = i.id)"
    )
    found: list[int] = []
    for source, values in (
        ("SELECT i.number FROM items i INDEXED BY items_unread", ()),
        (_TAGGED, (json.dumps(list(tags)),)),
        ("SELECT i.number FROM json_each(?) s CROSS JOIN items i ON i.site = s.value", (json.dumps(list(sites)),)),
    ):
        rows = connection.execute(
            f"{source} WHERE {alike} ORDER BY i.number DESC LIMIT ?", (*values, until, limit)
        ).fetchall()
        found += [row[0] for row in rows]
    return list(dict.fromkeys(found))


def dead_links(connection: Connection, *, until: str, limit: int) -> list[Dead]:
    """Items whose page could not be fetched for good, or whose address was found dead on two days; not those that a
    digest showed since they died."""
    rows = connection.execute(
        "SELECT i.number, i.error_code, i.created_at FROM items i WHERE i.status <> 'ready' AND i.status = 'failed' "
        "AND i.deleted_at IS NULL AND i.created_at <= ? AND i.error_code IN (SELECT value FROM json_each(?)) "
        f"AND {_NOT_SHOWN} "
        "UNION ALL SELECT i.number, l.reason, l.failing_day FROM link_checks l "
        "JOIN items i ON i.number = l.item_number "
        f"WHERE l.state = 'dead' AND i.deleted_at IS NULL AND {_NOT_SHOWN} ORDER BY 1 DESC LIMIT ?",
        (until, json.dumps(GONE), "dead_links", "", "dead_links", "", limit),
    )
    return [Dead(row[0], row[1] or "", row[2] or "") for row in rows]


def beginnings(connection: Connection, numbers: Sequence[int], *, most: int) -> list[Row]:
    """The first `most` passages of each of these items: item_number, id, content_version, start, page, text."""
    return connection.execute(
        "SELECT c.item_number, c.id, c.content_version, c.start, c.page, c.text "
        "FROM json_each(?) g CROSS JOIN chunks c "
        f"ON c.id BETWEEN g.value << {ORDINAL_BITS} AND (g.value << {ORDINAL_BITS}) + ? - 1",
        (json.dumps(list(numbers)), most),
    ).fetchall()
