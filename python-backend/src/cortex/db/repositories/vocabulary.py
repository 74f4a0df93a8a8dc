"""Tags as a vocabulary: which there are, what items share, and the automatic ones of one item."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cortex.db.driver import Connection
from cortex.db.repositories import items


def names(connection: Connection) -> list[str]:
    """Every tag that an item carries."""
    rows = connection.execute(
        "SELECT name FROM tags WHERE EXISTS (SELECT 1 FROM item_tags WHERE tag_number = tags.number) ORDER BY number"
    ).fetchall()
    return [row[0] for row in rows]


@dataclass(frozen=True, slots=True)
class TagUse:
    """How many live items carry a tag, and how many of these may be shown to a model elsewhere."""

    name: str
    items: int
    open_items: int


def uses(connection: Connection) -> list[TagUse]:
    """Every tag that a live item carries. Reads every use of a tag: not for each item."""
    rows = connection.execute(
        "SELECT t.name, count(*), sum(NOT i.local_only) FROM item_tags it JOIN tags t ON t.number = it.tag_number "
        "JOIN items i ON i.number = it.item_number WHERE i.deleted_at IS NULL GROUP BY t.number ORDER BY t.number"
    )
    return [TagUse(*row) for row in rows]


def carried(connection: Connection, item_numbers: Sequence[int]) -> list[tuple[int, str]]:
    """(item, tag) for every tag of these items."""
    rows = connection.execute(
        "SELECT it.item_number, t.name FROM item_tags it JOIN tags t ON t.number = it.tag_number "
        "WHERE it.item_number IN (SELECT value FROM json_each(?))",
        (json.dumps(list(item_numbers)),),
    )
    return [(row[0], row[1]) for row in rows]


def automatic_count(connection: Connection) -> int:
    """How many tags no person ever gave. Reads every use of an automatic tag: not for each item."""
    row = connection.execute(
        "SELECT count(*) FROM tags t WHERE EXISTS (SELECT 1 FROM item_tags WHERE tag_number = t.number) "
        "AND NOT EXISTS (SELECT 1 FROM item_tags WHERE tag_number = t.number AND by = 'user')"
    ).fetchone()
    return int(row[0])


def item_count(connection: Connection) -> int:
    """How many items have phrases."""
    row = connection.execute("SELECT count(*) FROM items WHERE deleted_at IS NULL").fetchone()
    return int(row[0])


def refused(connection: Connection, item_number: int) -> set[str]:
    """Automatic tags that a person took off this item."""
    rows = connection.execute("SELECT tag_name FROM refused_tags WHERE item_number = ?", (item_number,)).fetchall()
    return {row[0] for row in rows}


def store_phrases(connection: Connection, item_number: int, phrases: Mapping[str, tuple[float, str]]) -> None:
    """Replace the telling phrases of an item (key to salience and name)."""
    connection.execute("DELETE FROM item_phrases WHERE item_number = ?", (item_number,))
    connection.executemany(
        "INSERT INTO item_phrases (item_number, phrase, score, name) VALUES (?, ?, ?, ?)",
        [(item_number, phrase, score, name) for phrase, (score, name) in phrases.items()],
    )


def sharers(connection: Connection, phrases: Sequence[str], *, at_least: float) -> dict[str, list[tuple[int, str]]]:
    """By phrase, the live items (number, id) in which it is at least so salient."""
    found: dict[str, list[tuple[int, str]]] = {}
    for phrase, number, item_id in connection.execute(
        "SELECT p.phrase, i.number, i.id FROM item_phrases p JOIN items i ON i.number = p.item_number "
        "WHERE p.phrase IN (SELECT value FROM json_each(?)) AND p.score >= ? AND i.deleted_at IS NULL "
        "ORDER BY p.phrase, i.number",
        (json.dumps(list(phrases)), at_least),
    ):
        found.setdefault(phrase, []).append((number, item_id))
    return found


def tag_counts(connection: Connection, item_number: int) -> tuple[int, int]:
    """How many tags an item has (from people, automatic ones)."""
    row = connection.execute(
        "SELECT count(*) FILTER (WHERE by = 'user'), count(*) FILTER (WHERE by = 'auto') "
        "FROM item_tags WHERE item_number = ?",
        (item_number,),
    ).fetchone()
    return int(row[0]), int(row[1])


def set_automatic(connection: Connection, item_number: int, chosen: Sequence[str]) -> bool:
    """Give an item exactly these automatic tags, beside those from people; gives whether anything changed."""
    present = [
        row[0]
        for row in connection.execute(
            "SELECT t.name FROM item_tags it JOIN tags t ON t.number = it.tag_number "
            "WHERE it.item_number = ? AND it.by = 'auto' ORDER BY it.position",
            (item_number,),
        )
    ]
    if present == list(chosen):
        return False
    for name in present:
        if name not in chosen:
            items.remove_tag(connection, item_number, name)
    for name in chosen:
        items.add_tag(connection, item_number, name, "auto")
    return True
