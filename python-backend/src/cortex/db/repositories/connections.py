"""Connections as they are stored: each item's list of its best few. Functions of a connection, inside a transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from cortex.db.driver import Connection
from cortex.domain.chunk import ORDINAL_BITS
from cortex.domain.connection import Edge, Reason

MOST = 10
"""Edges in an item's list."""


def store(connection: Connection, item_number: int, edges: Sequence[Edge]) -> None:
    """Replace an item's edges: its own list by the best of these, and its place in the lists of the others.

    Another item takes it up where its list has room or a weaker edge, which then goes. Others are live items.
    """
    connection.execute(
        "DELETE FROM connections WHERE item_number = ?1 OR other_number = ?1",
        (item_number,),
    )
    best = sorted(edges, key=lambda edge: (-edge.score, edge.other))
    _insert(connection, best[:MOST])
    _insert(connection, [edge.reversed() for edge in best])
    connection.execute(
        "DELETE FROM connections WHERE (item_number, other_number) IN (SELECT item_number, other_number FROM ("
        "SELECT item_number, other_number, row_number() OVER ("
        "PARTITION BY item_number ORDER BY score DESC, other_number) AS place "
        "FROM connections WHERE item_number IN (SELECT value FROM json_each(?))) WHERE place > ?)",
        (json.dumps([edge.other for edge in best]), MOST),
    )


def _insert(connection: Connection, edges: Iterable[Edge]) -> None:
    connection.executemany(
        "INSERT OR REPLACE INTO connections (item_number, other_number, score, reasons) VALUES (?, ?, ?, ?)",
        [(edge.item, edge.other, edge.score, _to_json(edge.reasons)) for edge in edges],
    )


def mark(connection: Connection, item_number: int, content_version: int, space: int, recipe: int) -> None:
    """Note what an item's edges were made from (`space` 0: without vectors)."""
    connection.execute(
        "INSERT OR REPLACE INTO connected_items (item_number, content_version, space, recipe) VALUES (?, ?, ?, ?)",
        (item_number, content_version, space, recipe),
    )


def outdated(
    connection: Connection, space: int | None, recipe: int, *, after: int = 0, item_id: str | None = None, limit: int
) -> list[tuple[int, str]]:
    """(number, id) of live items (or this one) past a number whose edges are to be made again, in order.

    They are ready, or wait for a model only; they have no edges of this content, recipe or, where there are
    vectors of the active `space`, of this space.
    """
    has_vectors = (
        f"EXISTS (SELECT 1 FROM vector_int8_{space} v WHERE v.chunk_id "
        f"BETWEEN i.number << {ORDINAL_BITS} AND ((i.number + 1) << {ORDINAL_BITS}) - 1)"
        if space is not None
        else "0"
    )
    return [
        (row[0], row[1])
        for row in connection.execute(
            "SELECT i.number, i.id FROM items i LEFT JOIN connected_items m ON m.item_number = i.number "
            "WHERE i.number > ? AND (? IS NULL OR i.id = ?) AND i.deleted_at IS NULL "
            "AND (i.status = 'ready' OR (i.status = 'waiting' AND i.stage = 'embed')) AND (m.item_number IS NULL "
            f"OR m.content_version <> i.content_version OR m.recipe <> ? OR (m.space <> ? AND {has_vectors})) "
            "ORDER BY i.number LIMIT ?",
            (after, item_id, item_id, recipe, space or 0, limit),
        )
    ]


def count(connection: Connection, item_number: int) -> int:
    """How many live items an item's list holds."""
    row = connection.execute(
        "SELECT count(*) FROM connections c JOIN items o ON o.number = c.other_number "
        "WHERE c.item_number = ? AND o.deleted_at IS NULL",
        (item_number,),
    ).fetchone()
    return int(row[0])


def of_item(connection: Connection, item_number: int) -> list[Edge]:
    """An item's list without what is in the trash, strongest first."""
    rows = connection.execute(
        "SELECT c.other_number, c.score, c.reasons FROM connections c JOIN items o ON o.number = c.other_number "
        "WHERE c.item_number = ? AND o.deleted_at IS NULL ORDER BY c.score DESC, c.other_number",
        (item_number,),
    ).fetchall()
    return [Edge(item_number, row[0], row[1], _from_json(row[2])) for row in rows]


def is_live(connection: Connection, item_number: int) -> bool:
    """Whether there is such an item, not in the trash."""
    row = connection.execute("SELECT deleted_at IS NULL FROM items WHERE number = ?", (item_number,)).fetchone()
    return row is not None and bool(row[0])


def neighbours(connection: Connection, numbers: Sequence[int], min_score: float) -> list[int]:
    """Live items that one of these lists or that list one of these, most strongly connected first."""
    given = json.dumps(list(numbers))
    return [
        row[0]
        for row in connection.execute(
            "SELECT n.number FROM ("
            "SELECT other_number AS number, score FROM connections "
            "WHERE item_number IN (SELECT value FROM json_each(?1)) "
            "UNION ALL SELECT item_number, score FROM connections "
            "WHERE other_number IN (SELECT value FROM json_each(?1))) n JOIN items i ON i.number = n.number "
            "WHERE n.score >= ?2 AND i.deleted_at IS NULL GROUP BY n.number ORDER BY max(n.score) DESC, n.number",
            (given, min_score),
        )
    ]


def best_connected(connection: Connection, min_score: float, *, limit: int) -> list[int]:
    """The live items that most others list, most first. Reads the index of all edges."""
    return [
        row[0]
        for row in connection.execute(
            "SELECT c.other_number FROM connections c JOIN items i ON i.number = c.other_number "
            "WHERE c.score >= ? AND i.deleted_at IS NULL "
            "GROUP BY c.other_number ORDER BY count(*) DESC, sum(c.score) DESC, c.other_number LIMIT ?",
            (min_score, limit),
        )
    ]


def among(connection: Connection, numbers: Sequence[int], min_score: float) -> list[Edge]:
    """The edges between these items, each pair once, strongest first."""
    given = json.dumps(list(numbers))
    rows = connection.execute(
        "SELECT item_number, other_number, score, reasons FROM connections "
        "WHERE item_number IN (SELECT value FROM json_each(?1)) AND other_number IN (SELECT value FROM json_each(?1)) "
        "AND score >= ?2 ORDER BY score DESC, item_number, other_number",
        (given, min_score),
    ).fetchall()
    found: dict[tuple[int, int], Edge] = {}
    for item, other, score, reasons in rows:
        if (other, item) not in found:
            found[item, other] = Edge(item, other, score, _from_json(reasons))
    return list(found.values())


def _to_json(reasons: Sequence[Reason]) -> str:
    return json.dumps(
        [
            [one.type, one.score, list(one.values), one.direction, list(one.passages) if one.passages else None]
            for one in reasons
        ],
        ensure_ascii=False,
        separators=(",", ":"),
    )


def _from_json(text: str) -> tuple[Reason, ...]:
    return tuple(
        Reason(kind, score, tuple(values), direction, (passages[0], passages[1]) if passages else None)
        for kind, score, values, direction, passages in json.loads(text)
    )
