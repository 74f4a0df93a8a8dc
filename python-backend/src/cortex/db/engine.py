"""Whether the SQLite underneath can do what Cortex asks of it."""

from __future__ import annotations

from dataclasses import dataclass

from cortex.db import driver


@dataclass(frozen=True, slots=True)
class Engine:
    """What a try of the driver found."""

    is_recent: bool
    finds_words: bool
    distance: float
    """Of two vectors that are 5 apart."""
    vectors: str
    """The version of sqlite-vec."""


def tried() -> Engine:
    """Use the word index and the vectors once, in memory. Raises driver.Error when one is not there."""
    connection = driver.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE words USING fts5(body)")
        connection.execute("INSERT INTO words VALUES ('the lamp burned rapeseed oil')")
        found = connection.execute("SELECT count(*) FROM words WHERE words MATCH 'rapeseed'").fetchone()[0]
        distance = connection.execute("SELECT vec_distance_L2('[0,3]', '[4,0]')").fetchone()[0]
        vectors = connection.execute("SELECT vec_version()").fetchone()[0]
    finally:
        connection.close()
    is_recent = tuple(int(part) for part in driver.sqlite_version.split(".")) >= driver.MINIMUM
    return Engine(is_recent, found == 1, distance, vectors)
