"""Passages that a space lacks, over the whole library. For use inside a transaction or snapshot.

`with_local_only` False leaves out items that must not leave this machine.
"""

from __future__ import annotations

from dataclasses import dataclass

from cortex.db.driver import Connection
from cortex.db.repositories.chunks import Unembedded


@dataclass(frozen=True, slots=True)
class PassageCounts:
    """Passages of live items."""

    total: int
    characters: int
    left_out: int
    """Of items that must not leave; not in `total`, where those are left out."""
    missing: int
    """Of `total`, those without a vector."""


def after(connection: Connection, space: int, number: int, *, with_local_only: bool, limit: int) -> list[Unembedded]:
    """The next passages past a number that have no vector, in order."""
    return [
        Unembedded(*row)
        for row in connection.execute(
            "SELECT c.id, i.title, c.heading, c.text FROM chunks c JOIN items i ON i.number = c.item_number "
            f"WHERE c.id > ? AND i.deleted_at IS NULL {_allowed(with_local_only)} "
            f"AND NOT EXISTS (SELECT 1 FROM vector_int8_{space} v WHERE v.chunk_id = c.id) ORDER BY c.id LIMIT ?",
            (number, limit),
        )
    ]


def counts(connection: Connection, space: int | None, *, with_local_only: bool) -> PassageCounts:
    """How many there are, and how many lack a vector (all, without a space). Reads every passage's lengths."""
    there = f"EXISTS (SELECT 1 FROM vector_int8_{space} v WHERE v.chunk_id = c.id)" if space is not None else "0"
    row = connection.execute(
        "SELECT coalesce(sum(a), 0), coalesce(sum(a * l), 0), coalesce(sum(NOT a), 0), coalesce(sum(a AND NOT t), 0) "
        f'FROM (SELECT {"1" if with_local_only else "NOT i.local_only"} AS a, c."end" - c.start AS l, {there} AS t '
        "FROM chunks c JOIN items i ON i.number = c.item_number WHERE i.deleted_at IS NULL)"
    ).fetchone()
    return PassageCounts(row[0], row[1], row[2], row[3])


def sample(connection: Connection, *, with_local_only: bool, count: int) -> list[Unembedded]:
    """Some passages, spread over the library."""
    least, most = connection.execute("SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM chunks").fetchone()
    found: dict[int, Unembedded] = {}
    for step in range(count):
        row = connection.execute(
            "SELECT c.id, i.title, c.heading, c.text FROM chunks c JOIN items i ON i.number = c.item_number "
            f"WHERE c.id >= ? AND i.deleted_at IS NULL {_allowed(with_local_only)} ORDER BY c.id LIMIT 1",
            (least + (most - least) * step // count,),
        ).fetchone()
        if row is not None:
            found[row[0]] = Unembedded(*row)
    return list(found.values())


def _allowed(with_local_only: bool) -> str:
    return "" if with_local_only else "AND NOT i.local_only"
