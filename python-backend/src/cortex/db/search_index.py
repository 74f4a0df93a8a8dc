"""The word index: passages by BM25. Functions of a connection, for use inside one transaction or snapshot."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cortex.db.driver import Connection
from cortex.db.item_filters import live_items
from cortex.domain.chunk import ORDINAL_BITS, is_highlight_entry, is_item_entry
from cortex.domain.search import NO_FILTERS, Filters

WEIGHTS = (2.0, 1.2, 1.0, 1.0)
"""How much a word counts in the title, the headings, the passage, the tags. Mild: a heavy title hurts as often."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A passage as the word index holds it: texts in which scripts without spaces are split already."""

    chunk: int
    title: str
    heading: str
    body: str
    tags: str


@dataclass(frozen=True, slots=True)
class Term:
    """A word to look for. `prefix`: every token that begins with it counts."""

    text: str
    prefix: bool = False

    @property
    def expression(self) -> str:
        quoted = '"' + self.text.replace('"', '""').replace("\x00", " ") + '"'
        return f"{quoted} *" if self.prefix else quoted


def phrase_expression(terms: Sequence[Term]) -> str:
    """An FTS5 expression for terms one after another. Quoting makes every character literal."""
    return " + ".join(term.expression for term in terms)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which items may be found: their filters, phrases that each must hold, words that none may hold."""

    filters: Filters = NO_FILTERS
    phrases: tuple[str, ...] = ()
    """FTS5 expressions."""
    excluded: tuple[str, ...] = ()
    not_item: int | None = None


def write_entries(connection: Connection, entries: Iterable[Entry]) -> None:
    """Add passages, replacing what stood under their numbers."""
    rows = [(entry.chunk, entry.title, entry.heading, entry.body, entry.tags) for entry in entries]
    connection.executemany(
        "INSERT OR REPLACE INTO chunks_fts (rowid, title, heading, body, tags) VALUES (?, ?, ?, ?, ?)", rows
    )


def remove_entry(connection: Connection, chunk: int) -> None:
    """Remove one entry, if it is there."""
    connection.execute("DELETE FROM chunks_fts WHERE rowid = ?", (chunk,))


@dataclass(frozen=True, slots=True)
class ScopeClause:
    """A scope as SQL. `items` is a query of item numbers (None: every item), `negated`: of those left out."""

    items: str | None
    values: tuple[object, ...] = ()
    negated: bool = False

    def condition(self, item: str) -> str:
        """A condition on an expression that gives an item's number; its values are `values`."""
        if self.items is None:
            return "1"
        return f"{item} {'NOT IN' if self.negated else 'IN'} ({self.items})"


def scope_clause(connection: Connection, scope: Scope) -> ScopeClause:
    """The scope as SQL. Without conditions only the trash is left out, and nothing is tested when it is empty."""
    if scope == Scope():
        trashed = "SELECT number FROM items WHERE deleted_at IS NOT NULL"
        if connection.execute(f"{trashed} LIMIT 1").fetchone() is None:
            return ScopeClause(None)
        return ScopeClause(trashed, negated=True)
    conditions = live_items(scope.filters)
    for membership, expressions in (("IN", scope.phrases), ("NOT IN", scope.excluded)):
        for expression in expressions:
            conditions.add(
                f"number {membership} (SELECT rowid >> {ORDINAL_BITS} FROM chunks_fts WHERE chunks_fts MATCH ?1)",
                expression,
            )
    if scope.not_item is not None:
        conditions.add("number <> ?1", scope.not_item)
    return ScopeClause(f"SELECT number FROM items WHERE {conditions.sql}", tuple(conditions.values))


@dataclass(frozen=True, slots=True)
class KeywordHits:
    """Passages that hold a query's words, best first, as (chunk, BM25); how many passages and items there are."""

    hits: tuple[tuple[int, float], ...] = ()
    items: int = 0


def all_but(number: int) -> ScopeClause:
    """Every item outside the trash but this one: told by what is left out, which is less."""
    left_out = "SELECT number FROM items WHERE deleted_at IS NOT NULL UNION ALL SELECT ?"
    return ScopeClause(left_out, (number,), negated=True)


def local_only(clause: ScopeClause) -> ScopeClause:
    """Those items of a scope that must not leave this machine."""
    return ScopeClause(
        f"SELECT number FROM items WHERE local_only AND deleted_at IS NULL AND {clause.condition('number')}",
        clause.values,
    )


def search(connection: Connection, expression: str, clause: ScopeClause, *, limit: int) -> KeywordHits:
    """The best passages for an FTS5 expression within a scope."""
    weights = ", ".join(str(weight) for weight in WEIGHTS)
    item = f"(rowid >> {ORDINAL_BITS})"
    matching = f"FROM chunks_fts WHERE chunks_fts MATCH ? AND {clause.condition(item)}"
    values = (expression, *clause.values)
    rows = connection.execute(
        f"SELECT rowid, -bm25(chunks_fts, {weights}) AS score {matching} ORDER BY score DESC, rowid LIMIT ?",
        (*values, limit),
    ).fetchall()
    counted = connection.execute(f"SELECT count(DISTINCT {item}) {matching}", values).fetchone()[0]
    return KeywordHits(tuple((row[0], row[1]) for row in rows), int(counted))


def items_matching(connection: Connection, expression: str, clause: ScopeClause, *, limit: int) -> list[int]:
    """Numbers of the first items with a matching passage, in no particular order of merit."""
    item = f"(rowid >> {ORDINAL_BITS})"
    found: dict[int, None] = {}
    for row in connection.execute(
        f"SELECT {item} FROM chunks_fts WHERE chunks_fts MATCH ? AND {clause.condition(item)} LIMIT 2000",
        (expression, *clause.values),
    ):
        found.setdefault(row[0])
        if len(found) >= limit:
            break
    return list(found)


def is_own_word(connection: Connection, term: Term) -> bool:
    """Whether a word that no passage holds stands in a note, be it an item's or a highlight's."""
    rows = connection.execute("SELECT rowid FROM chunks_fts WHERE chunks_fts MATCH ?", (term.expression,))
    return any(is_item_entry(row[0]) or is_highlight_entry(row[0]) for row in rows)


def item_ids(connection: Connection, scope: Scope) -> list[str]:
    """The ids of all items in a scope, oldest first."""
    clause = scope_clause(connection, scope)
    rows = connection.execute(f"SELECT id FROM items WHERE {clause.condition('number')} ORDER BY number", clause.values)
    return [row[0] for row in rows]


def passages(connection: Connection) -> int:
    """About how many passages the library has (`search_terms` counts the empty word in each)."""
    row = connection.execute("SELECT passages FROM search_terms WHERE term = ''").fetchone()
    return int(row[0]) if row is not None else 0


def passage_counts(connection: Connection, stems: Sequence[str]) -> dict[str, int]:
    """For each stem that occurs in the library, in about how many passages."""
    return {
        row[0]: row[1]
        for row in connection.execute(
            "SELECT stem, sum(passages) FROM search_terms WHERE stem IN (SELECT value FROM json_each(?)) GROUP BY stem",
            (json.dumps(list(stems)),),
        )
    }


def change_terms(connection: Connection, counts: Mapping[tuple[str, str], int]) -> None:
    """Add to (or, negative, take from) the number of passages that hold each (word, stem)."""
    changed = [(term, stem, count) for (term, stem), count in counts.items() if count]
    connection.executemany(
        "INSERT INTO search_terms (term, stem, passages) VALUES (?, ?, ?) "
        "ON CONFLICT (term) DO UPDATE SET passages = passages + excluded.passages",
        changed,
    )
    if any(count < 0 for _, _, count in changed):
        connection.executemany(
            "DELETE FROM search_terms WHERE term = ? AND passages <= 0",
            [(term,) for term, _, count in changed if count < 0],
        )


def replace_terms(connection: Connection, counts: Mapping[tuple[str, str], int]) -> None:
    """Forget all counts of words, and keep these."""
    connection.execute("DELETE FROM search_terms")
    change_terms(connection, counts)
