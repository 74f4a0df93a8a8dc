"""What language models wrote about items, and what they were asked. Functions of a connection, inside a transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from cortex.db.driver import Connection
from cortex.domain import clock
from cortex.domain.written import Entity, PartNotes, WritingOutcome, Written


def store(connection: Connection, item_number: int, written: Written) -> None:
    """Put it in the place of the extractive summary. `updated_at` stays: nothing that a person saved has changed."""
    connection.execute(
        "UPDATE items SET summary = ?, summary_line = ?, key_points = ?, summary_by = ? WHERE number = ?",
        (
            written.paragraph,
            written.line,
            json.dumps(written.key_points, ensure_ascii=False),
            written.by,
            item_number,
        ),
    )
    replace_entities(connection, item_number, written.entities)


def forget(connection: Connection, item_number: int, content_version: int) -> None:
    """Drop what was written, for the content is read anew; a model that could not write about this stays noted."""
    connection.execute("UPDATE items SET summary_line = NULL, key_points = '[]' WHERE number = ?", (item_number,))
    replace_entities(connection, item_number, ())
    connection.execute("DELETE FROM proposed_tags WHERE item_number = ?", (item_number,))
    connection.execute(
        "DELETE FROM writing_tries WHERE item_number = ? AND (content_version <> ? OR outcome = 'written')",
        (item_number, content_version),
    )
    connection.execute(
        "DELETE FROM written_parts WHERE item_number = ? AND content_version <> ?", (item_number, content_version)
    )


def replace_entities(connection: Connection, item_number: int, entities: Iterable[Entity]) -> None:
    """Keep these as all that the item names."""
    connection.execute("DELETE FROM item_entities WHERE item_number = ?", (item_number,))
    connection.executemany(
        "INSERT OR IGNORE INTO item_entities (item_number, key, name, kind, occurrences, start) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        [(item_number, one.key, one.name, one.kind, one.occurrences, one.start) for one in entities],
    )


def entities_of(connection: Connection, item_number: int) -> list[Entity]:
    """What the item names, most often first."""
    rows = connection.execute(
        "SELECT key, name, kind, occurrences, start FROM item_entities WHERE item_number = ? "
        "ORDER BY occurrences DESC, start, key",
        (item_number,),
    )
    return [Entity(*row) for row in rows]


def note_try(
    connection: Connection, item_number: int, content_version: int, model: str, outcome: WritingOutcome
) -> None:
    """Remember how it went, and drop the notes of parts, which nobody needs any more."""
    connection.execute(
        "INSERT OR REPLACE INTO writing_tries (item_number, content_version, model, outcome, tried_at) "
        "VALUES (?, ?, ?, ?, ?)",
        (item_number, content_version, model, outcome, clock.now()),
    )
    connection.execute("DELETE FROM written_parts WHERE item_number = ?", (item_number,))


def was_refused(connection: Connection, item_number: int, content_version: int, model: str) -> bool:
    """Whether this model was asked about this content, and could not write about it."""
    row = connection.execute(
        "SELECT 1 FROM writing_tries WHERE item_number = ? AND content_version = ? AND model = ? "
        "AND outcome = 'refused'",
        (item_number, content_version, model),
    ).fetchone()
    return row is not None


def forget_refusals(connection: Connection, item_id: str) -> None:
    """Ask every model again about this item: the owner wants it."""
    connection.execute(
        "DELETE FROM writing_tries WHERE item_number = (SELECT number FROM items WHERE id = ?)", (item_id,)
    )


def unwritten(
    connection: Connection,
    *,
    summary_by: str,
    least_words: int,
    model: str | None = None,
    before: int | None = None,
    limit: int,
) -> list[tuple[int, str, int]]:
    """(number, id, version) of ready items whose summary is by this one, newest first, below a number.

    Left out are those with fewer words, with a job to write them already, and with `model` those that it refused.
    """
    rows = connection.execute(
        "SELECT i.number, i.id, i.content_version FROM items i "
        "WHERE i.status = 'ready' AND i.deleted_at IS NULL AND i.summary_by = ? AND i.word_count >= ? "
        "AND (? IS NULL OR i.number < ?) "
        "AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.kind = 'write' AND j.subject_id = i.id AND j.state <> 'dead') "
        "AND NOT EXISTS (SELECT 1 FROM writing_tries t WHERE t.item_number = i.number "
        "AND t.content_version = i.content_version AND t.model = ? AND t.outcome = 'refused') "
        "ORDER BY i.number DESC LIMIT ?",
        (summary_by, least_words, before, before, model, limit),
    )
    return [(row[0], row[1], row[2]) for row in rows]


def parts(connection: Connection, item_number: int, content_version: int, model: str) -> list[PartNotes]:
    """What this model noted of the parts of this content so far."""
    found = []
    for start, end, notes in connection.execute(
        'SELECT start, "end", notes FROM written_parts '
        "WHERE item_number = ? AND content_version = ? AND model = ? ORDER BY start",
        (item_number, content_version, model),
    ):
        stored = json.loads(notes)
        entities = tuple((name, kind) for name, kind in stored["entities"])
        found.append(PartNotes(start, end, tuple(stored["points"]), entities))
    return found


def keep_part(connection: Connection, item_number: int, content_version: int, model: str, notes: PartNotes) -> None:
    """Keep what a model noted of a part, so that a kill loses no more than the next one."""
    connection.execute(
        'INSERT OR REPLACE INTO written_parts (item_number, content_version, model, start, "end", notes) '
        "VALUES (?, ?, ?, ?, ?, ?)",
        (
            item_number,
            content_version,
            model,
            notes.start,
            notes.end,
            json.dumps({"points": notes.points, "entities": notes.entities}, ensure_ascii=False),
        ),
    )


def propose_tags(connection: Connection, item_number: int, tags: Sequence[tuple[str, str]]) -> None:
    """Keep these (key, name) as the new tags that a model proposed for an item."""
    connection.execute("DELETE FROM proposed_tags WHERE item_number = ?", (item_number,))
    connection.executemany(
        "INSERT OR IGNORE INTO proposed_tags (item_number, key, name) VALUES (?, ?, ?)",
        [(item_number, key, name) for key, name in tags],
    )


def proposers(connection: Connection, keys: Sequence[str]) -> dict[str, list[tuple[int, str]]]:
    """By tag, the live items (number, id) for which a model proposed it."""
    found: dict[str, list[tuple[int, str]]] = {}
    for key, number, item_id in connection.execute(
        "SELECT p.key, i.number, i.id FROM proposed_tags p JOIN items i ON i.number = p.item_number "
        "WHERE p.key IN (SELECT value FROM json_each(?)) AND i.deleted_at IS NULL ORDER BY p.key, i.number",
        (json.dumps(list(keys)),),
    ):
        found.setdefault(key, []).append((number, item_id))
    return found
