"""Chunks: the stored passages. Functions of a connection, for use inside one transaction or snapshot."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cortex.db.driver import Connection
from cortex.db.repositories import items
from cortex.domain.chunk import Chunk, ChunkDraft, chunk_id, chunk_number, item_entry_number
from cortex.domain.item import Item

HEADING_SEPARATOR = " › "


@dataclass(frozen=True, slots=True)
class FoundChunk:
    """A chunk with its item."""

    number: int
    chunk: Chunk
    item: Item


@dataclass(frozen=True, slots=True)
class Unembedded:
    """A passage without a vector, and what is embedded with it."""

    number: int
    title: str
    heading: str
    text: str


def replace_all(
    connection: Connection, item_number: int, content_version: int, text: str, drafts: Sequence[ChunkDraft]
) -> list[int]:
    """Store these passages as all that the item has; gives their numbers. Index rows of the old ones go with them."""
    delete_all(connection, item_number)
    rows = [
        (
            chunk_number(item_number, draft.ordinal),
            item_number,
            content_version,
            draft.ordinal,
            draft.start,
            draft.end,
            draft.page,
            HEADING_SEPARATOR.join(draft.heading),
            text[draft.start : draft.end],
            draft.token_count,
        )
        for draft in drafts
    ]
    connection.executemany(
        'INSERT INTO chunks (id, item_number, content_version, ordinal, start, "end", page, heading, text, '
        "token_count) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    return [row[0] for row in rows]


def delete_all(connection: Connection, item_number: int) -> None:
    """Delete an item's passages, with their rows in the word index and in every embedding space (triggers)."""
    connection.execute("DELETE FROM chunks WHERE item_number = ?", (item_number,))


def of_item(connection: Connection, item_number: int) -> Iterator[tuple[int, str, str]]:
    """Number, heading and text of each of an item's passages, in order."""
    for row in connection.execute(
        "SELECT id, heading, text FROM chunks WHERE item_number = ? ORDER BY id", (item_number,)
    ):
        yield row[0], row[1], row[2]


def mark(connection: Connection, item_number: int) -> tuple[int, ...]:
    """Numbers that tell whether an item's passages are still the same ones."""
    row = connection.execute(
        'SELECT count(*), coalesce(sum(start), 0), coalesce(sum("end"), 0), coalesce(max(content_version), 0) '
        "FROM chunks WHERE item_number = ?",
        (item_number,),
    ).fetchone()
    return tuple(row)


def count(connection: Connection, item_number: int) -> int:
    """How many passages an item has."""
    return int(connection.execute("SELECT count(*) FROM chunks WHERE item_number = ?", (item_number,)).fetchone()[0])


def total(connection: Connection) -> int:
    """How many passages the library has; reads an index from end to end."""
    return int(connection.execute("SELECT count(*) FROM chunks").fetchone()[0])


def after(connection: Connection, number: int, *, limit: int) -> list[tuple[int, str, str]]:
    """Number, heading and text of the passages that follow a number, in order."""
    rows = connection.execute("SELECT id, heading, text FROM chunks WHERE id > ? ORDER BY id LIMIT ?", (number, limit))
    return [(row[0], row[1], row[2]) for row in rows]


def get_many(connection: Connection, numbers: Sequence[int]) -> list[FoundChunk]:
    """The chunks that exist among these, with their live items, in the order given."""
    rows = connection.execute(
        "SELECT c.*, i.id AS item_id FROM chunks c JOIN items i ON i.number = c.item_number "
        "WHERE c.id IN (SELECT value FROM json_each(?)) AND i.deleted_at IS NULL",
        (json.dumps(list(numbers)),),
    ).fetchall()
    found = {item.id: item for item in items.get_many(connection, list({row["item_id"] for row in rows}))}
    chunks = {
        row["id"]: FoundChunk(
            row["id"],
            Chunk(
                id=chunk_id(row["id"]),
                item_id=row["item_id"],
                content_version=row["content_version"],
                ordinal=row["ordinal"],
                start=row["start"],
                end=row["end"],
                page=row["page"],
                heading=row["heading"],
                text=row["text"],
                token_count=row["token_count"],
            ),
            found[row["item_id"]],
        )
        for row in rows
    }
    return [chunks[number] for number in numbers if number in chunks]


def unembedded(connection: Connection, item_number: int, space: int, *, limit: int) -> list[Unembedded]:
    """The first passages of an item that have no vector in a space."""
    return [
        Unembedded(*row)
        for row in connection.execute(
            "SELECT c.id, i.title, c.heading, c.text FROM chunks c JOIN items i ON i.number = c.item_number "
            f"WHERE c.item_number = ? AND c.id NOT IN (SELECT chunk_id FROM vector_int8_{space} "
            "WHERE chunk_id BETWEEN ? AND ?) ORDER BY c.id LIMIT ?",
            (item_number, chunk_number(item_number, 0), item_entry_number(item_number), limit),
        )
    ]


def text_of(connection: Connection, number: int) -> str | None:
    """The text of one passage, None when it is gone."""
    row = connection.execute("SELECT text FROM chunks WHERE id = ?", (number,)).fetchone()
    return row[0] if row is not None else None
