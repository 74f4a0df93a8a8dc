"""The vectors of one embedding space: bits for the coarse scan, int8 for exact scores. Functions of a connection.

Plain tables, one pair a space; sqlite-vec supplies the distance function. See docs/adr/0011-search.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from cortex.db.driver import Connection
from cortex.db.search_index import ScopeClause
from cortex.domain.chunk import ORDINAL_BITS

SELECTIVE_ITEMS = 2000
"""Up to so many items in scope, their vectors are sought one item after another instead of scanning all."""
_LAST_ORDINAL = (1 << ORDINAL_BITS) - 1


def create_tables(connection: Connection, space: int) -> None:
    """Make the tables of a new space; rows leave with their chunks."""
    connection.execute(f"CREATE TABLE vector_bits_{space} (chunk_id INTEGER PRIMARY KEY, bits BLOB NOT NULL)")
    connection.execute(f"CREATE TABLE vector_int8_{space} (chunk_id INTEGER PRIMARY KEY, embedding BLOB NOT NULL)")
    connection.execute(
        f"CREATE TRIGGER chunks_leave_space_{space} AFTER DELETE ON chunks BEGIN "
        f"DELETE FROM vector_bits_{space} WHERE chunk_id = OLD.id; "
        f"DELETE FROM vector_int8_{space} WHERE chunk_id = OLD.id; END"
    )


def drop_tables(connection: Connection, space: int) -> None:
    """Delete a space's vectors; their pages are free for reuse."""
    connection.execute(f"DROP TRIGGER IF EXISTS chunks_leave_space_{space}")
    connection.execute(f"DROP TABLE IF EXISTS vector_bits_{space}")
    connection.execute(f"DROP TABLE IF EXISTS vector_int8_{space}")


def put(connection: Connection, space: int, vectors: Iterable[tuple[int, bytes]]) -> None:
    """Store int8 vectors by chunk; the bits are their signs. Chunks that are gone meanwhile are left out."""
    rows = list(vectors)
    connection.executemany(
        f"INSERT OR REPLACE INTO vector_int8_{space} (chunk_id, embedding) SELECT id, ?2 FROM chunks WHERE id = ?1",
        rows,
    )
    connection.executemany(
        f"INSERT OR REPLACE INTO vector_bits_{space} (chunk_id, bits) "
        "SELECT id, vec_quantize_binary(vec_int8(?2)) FROM chunks WHERE id = ?1",
        rows,
    )


def remove(connection: Connection, space: int, first: int, last: int) -> None:
    """Delete the vectors of the chunks from `first` to `last`."""
    connection.execute(f"DELETE FROM vector_bits_{space} WHERE chunk_id BETWEEN ? AND ?", (first, last))
    connection.execute(f"DELETE FROM vector_int8_{space} WHERE chunk_id BETWEEN ? AND ?", (first, last))


def count(connection: Connection, space: int) -> int:
    """How many passages have a vector in this space."""
    return int(connection.execute(f"SELECT count(*) FROM vector_int8_{space}").fetchone()[0])


def nearest(
    connection: Connection,
    space: int,
    query: bytes,
    clause: ScopeClause,
    *,
    limit: int,
    selective_items: int = SELECTIVE_ITEMS,
) -> list[tuple[int, bytes]]:
    """The chunks whose bits differ least from the query's (an int8 vector), with their int8 vectors."""
    source, condition, values = _candidates(connection, space, clause, selective_items)
    return [
        (row[0], row[1])
        for row in connection.execute(
            f"SELECT chunk_id, embedding FROM vector_int8_{space} WHERE chunk_id IN ("
            f"SELECT b.chunk_id FROM {source} WHERE {condition} "
            "ORDER BY vec_distance_hamming(vec_bit(b.bits), vec_quantize_binary(vec_int8(?))), b.chunk_id LIMIT ?)",
            (*values, query, limit),
        )
    ]


def all_bits(connection: Connection, space: int, *, limit: int) -> list[tuple[int, bytes]]:
    """The bits of every passage by chunk, ascending; none at all when there are more than `limit`."""
    rows = connection.execute(f"SELECT chunk_id, bits FROM vector_bits_{space} ORDER BY chunk_id LIMIT ?", (limit + 1,))
    found = [(row[0], row[1]) for row in rows]
    return found if len(found) <= limit else []


def bits_of(connection: Connection, query: bytes) -> bytes:
    """The bits of an int8 vector, as the space's tables hold them."""
    bits: bytes = connection.execute("SELECT vec_quantize_binary(vec_int8(?))", (query,)).fetchone()[0]
    return bits


def in_scope(connection: Connection, space: int, chunks: Sequence[int], clause: ScopeClause) -> list[tuple[int, bytes]]:
    """The int8 vectors of those of these chunks that exist and are in scope."""
    condition = clause.condition(f"(chunk_id >> {ORDINAL_BITS})")
    return [
        (row[0], row[1])
        for row in connection.execute(
            f"SELECT chunk_id, embedding FROM vector_int8_{space} "
            f"WHERE chunk_id IN (SELECT value FROM json_each(?)) AND {condition}",
            (json.dumps(list(chunks)), *clause.values),
        )
    ]


def _candidates(
    connection: Connection, space: int, clause: ScopeClause, selective_items: int
) -> tuple[str, str, tuple[object, ...]]:
    """The rows to scan: everything with a test, or, when few items are in scope, only theirs."""
    table = f"vector_bits_{space} b"
    if clause.items is not None and not clause.negated:
        items = [row[0] for row in connection.execute(f"{clause.items} LIMIT {selective_items + 1}", clause.values)]
        if len(items) <= selective_items:
            # CROSS JOIN fixes the order: one range of the table for each item
            source = f"json_each(?) i CROSS JOIN {table}"
            condition = (
                f"b.chunk_id BETWEEN i.value << {ORDINAL_BITS} AND (i.value << {ORDINAL_BITS}) + {_LAST_ORDINAL}"
            )
            return source, condition, (json.dumps(items),)
    return table, clause.condition(f"(b.chunk_id >> {ORDINAL_BITS})"), clause.values


def fetch(connection: Connection, space: int, chunks: Sequence[int]) -> dict[int, bytes]:
    """The int8 vectors of those of these chunks that have one."""
    return {
        row[0]: row[1]
        for row in connection.execute(
            f"SELECT chunk_id, embedding FROM vector_int8_{space} WHERE chunk_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(chunks)),),
        )
    }


def item_vectors(connection: Connection, space: int, item_number: int, *, limit: int) -> list[bytes]:
    """The first int8 vectors of an item."""
    first = item_number << ORDINAL_BITS
    return [
        row[0]
        for row in connection.execute(
            f"SELECT embedding FROM vector_int8_{space} WHERE chunk_id BETWEEN ? AND ? ORDER BY chunk_id LIMIT ?",
            (first, first + _LAST_ORDINAL, limit),
        )
    ]
