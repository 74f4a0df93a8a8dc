"""What items are connected by, read for many at once; and who shares it. Functions of a connection, in one snapshot."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cortex.db.driver import Connection
from cortex.domain.chunk import ORDINAL_BITS

_LAST_ORDINAL = (1 << ORDINAL_BITS) - 1


@dataclass(slots=True)
class StoredFacts:
    """An item's own address and site, its links, telling phrases and what it names (key to salience and name), and tags
    (by a person?)."""

    number: int
    address: str | None
    site: str | None
    links: set[str] = field(default_factory=set)
    names: dict[str, tuple[float, str]] = field(default_factory=dict)
    tags: dict[str, bool] = field(default_factory=dict)


def replace_links(connection: Connection, item_number: int, addresses: Iterable[str]) -> None:
    """Keep these as all the addresses that an item links to."""
    connection.execute("DELETE FROM item_links WHERE item_number = ?", (item_number,))
    connection.executemany(
        "INSERT INTO item_links (item_number, address) VALUES (?, ?)", [(item_number, one) for one in addresses]
    )


def of_items(connection: Connection, numbers: Sequence[int]) -> dict[int, StoredFacts]:
    """The facts of the live items among these."""
    given = json.dumps(list(numbers))
    inside = "IN (SELECT value FROM json_each(?))"
    found = {
        row[0]: StoredFacts(row[0], row[1], row[2])
        for row in connection.execute(
            f"SELECT number, canonical_url, site FROM items WHERE number {inside} AND deleted_at IS NULL", (given,)
        )
    }
    for number, address in connection.execute(
        f"SELECT item_number, address FROM item_links WHERE item_number {inside}", (given,)
    ):
        if number in found:
            found[number].links.add(address)
    for number, phrase, score, name in connection.execute(
        f"SELECT item_number, phrase, score, name FROM item_phrases WHERE item_number {inside}", (given,)
    ):
        if number in found:
            found[number].names[phrase] = (score, name)
    for number, key, name, kind, occurrences in connection.execute(
        f"SELECT item_number, key, name, kind, occurrences FROM item_entities WHERE item_number {inside}", (given,)
    ):
        if number in found:
            score = max(_salience(kind, occurrences), found[number].names.get(key, (0.0, ""))[0])
            found[number].names[key] = (score, name)
    for number, name, by in connection.execute(
        "SELECT it.item_number, t.name, it.by FROM item_tags it JOIN tags t ON t.number = it.tag_number "
        f"WHERE it.item_number {inside}",
        (given,),
    ):
        if number in found:
            found[number].tags[name] = by == "user"
    return found


def _salience(kind: str, occurrences: int) -> float:
    """How telling it is that a text names something: a name more than a topic, and more the more often."""
    return min(1.0, (0.4 if kind == "topic" else 0.6) + 0.1 * (occurrences - 1))


def link_counts(connection: Connection, addresses: Iterable[str]) -> dict[str, int]:
    """How many items link to each of these addresses."""
    return _counts(connection, "SELECT address, count(*) FROM item_links WHERE address", addresses)


def name_counts(connection: Connection, phrases: Iterable[str]) -> dict[str, int]:
    """In how many items each of these phrases is telling, or names something."""
    return _counts(
        connection,
        "SELECT phrase, count(DISTINCT item_number) FROM (SELECT phrase, item_number FROM item_phrases "
        "UNION ALL SELECT key, item_number FROM item_entities) WHERE phrase",
        phrases,
    )


def tag_counts(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """How many items carry each of these tags."""
    return _counts(
        connection,
        "SELECT t.name, count(*) FROM tags t JOIN item_tags it ON it.tag_number = t.number WHERE t.name",
        names,
    )


def _counts(connection: Connection, select: str, values: Iterable[str]) -> dict[str, int]:
    rows = connection.execute(f"{select} IN (SELECT value FROM json_each(?)) GROUP BY 1", (json.dumps(list(values)),))
    return {row[0]: row[1] for row in rows}


def site_count(connection: Connection, site: str | None) -> int:
    """How many items come from a site."""
    return int(connection.execute("SELECT count(*) FROM items WHERE site = ?", (site,)).fetchone()[0])


def linked(connection: Connection, facts: StoredFacts, rare: Iterable[str], *, limit: int) -> list[int]:
    """Live items that this one links to, that link to it, or that link to a `rare` address too; in this order."""
    return _numbers(
        connection,
        "SELECT number, 1 AS place FROM items WHERE canonical_url IN (SELECT value FROM json_each(?)) "
        "UNION ALL SELECT item_number, 2 FROM item_links WHERE address = ? "
        "UNION ALL SELECT item_number, 3 FROM item_links WHERE address IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(facts.links)), facts.address, json.dumps(sorted(rare))),
        facts.number,
        limit,
    )


def sharing(
    connection: Connection, facts: StoredFacts, names: Iterable[str], tags: Iterable[str], *, limit: int
) -> list[int]:
    """Live items that share the most of these phrases and tags with this one."""
    return _numbers(
        connection,
        "SELECT item_number AS number, -count(*) AS place FROM ("
        "SELECT item_number FROM ("
        "SELECT item_number, phrase FROM item_phrases WHERE phrase IN (SELECT value FROM json_each(?1)) "
        "UNION SELECT item_number, key FROM item_entities WHERE key IN (SELECT value FROM json_each(?1))) "
        "UNION ALL SELECT it.item_number FROM tags t JOIN item_tags it ON it.tag_number = t.number "
        "WHERE t.name IN (SELECT value FROM json_each(?2))) GROUP BY 1",
        (json.dumps(sorted(names)), json.dumps(sorted(tags))),
        facts.number,
        limit,
    )


def _numbers(connection: Connection, query: str, values: tuple[object, ...], item_number: int, limit: int) -> list[int]:
    rows = connection.execute(
        f"SELECT f.number FROM ({query}) f JOIN items i ON i.number = f.number "
        "WHERE i.deleted_at IS NULL AND i.number <> ? GROUP BY f.number ORDER BY min(f.place), f.number LIMIT ?",
        (*values, item_number, limit),
    )
    return [row[0] for row in rows]


def passage_numbers(
    connection: Connection, space: int, item_numbers: Sequence[int], *, most: int
) -> dict[int, list[int]]:
    """Numbers of the passages that have a vector in this space, by item; of long items `most`, evenly spread."""
    found: dict[int, list[int]] = {}
    for number, chunk in connection.execute(
        f"SELECT i.value, v.chunk_id FROM json_each(?) i CROSS JOIN vector_int8_{space} v "
        f"WHERE v.chunk_id BETWEEN i.value << {ORDINAL_BITS} AND (i.value << {ORDINAL_BITS}) + {_LAST_ORDINAL}",
        (json.dumps(list(item_numbers)),),
    ):
        found.setdefault(number, []).append(chunk)
    return {
        number: chunks[:: -(-len(chunks) // most)] if len(chunks) > most else chunks for number, chunks in found.items()
    }
