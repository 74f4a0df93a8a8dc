"""Saved searches, what was searched for, and the vocabulary behind suggestions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

from cortex.db.database import Database
from cortex.db.driver import Connection, Row
from cortex.db.repositories import undo
from cortex.db.repositories.changes import ChangeLog
from cortex.domain import clock
from cortex.domain.ids import new_id
from cortex.domain.search import SavedSearch
from cortex.exceptions import SearchNotFoundError

_LAST = "\U0010ffff"
_HISTORY = 5000


class SearchRepository:
    """Saved searches and history."""

    def __init__(self, database: Database):
        self._database = database

    async def list(self) -> list[SavedSearch]:
        """All saved searches by name."""
        rows = await self._database.read(
            lambda raw: raw.execute("SELECT * FROM saved_searches ORDER BY name COLLATE NOCASE, id").fetchall()
        )
        return [_saved(row) for row in rows]

    async def get(self, search_id: str) -> SavedSearch:
        """One saved search. Raises SearchNotFoundError."""
        return await self._database.read(lambda raw: _get(raw, search_id))

    async def create(self, name: str, request: Mapping[str, object]) -> tuple[SavedSearch, str | None]:
        """Keep a search under a name; gives the undo id too."""
        now = clock.now()
        saved = SavedSearch(new_id("search"), name, request, now, now)
        return saved, await self._put(saved.id, saved, "save search")

    async def update(self, search_id: str, name: str, request: Mapping[str, object]) -> tuple[SavedSearch, str | None]:
        """Replace a saved search; gives the undo id too. Raises SearchNotFoundError."""
        changed = replace(await self.get(search_id), name=name, request=request, updated_at=clock.now())
        return changed, await self._put(search_id, changed, "change search")

    async def delete(self, search_id: str) -> str | None:
        """Forget a saved search; gives the undo id. Raises SearchNotFoundError."""
        await self.get(search_id)
        return await self._put(search_id, None, "delete search")

    async def _put(self, search_id: str, saved: SavedSearch | None, action: str) -> str | None:
        def write(raw: Connection) -> str | None:
            log = ChangeLog(raw)
            log.set_saved_search(search_id, {**asdict(saved), "request": json.dumps(saved.request)} if saved else None)
            return undo.record(raw, action, log.before)

        return await self._database.write(write)

    async def remember(self, queries: Sequence[str]) -> None:
        """Note what was searched for, in order; the oldest of thousands are forgotten."""

        def note(raw: Connection) -> None:
            raw.executemany(
                "INSERT INTO search_history (query, uses, used_at) VALUES (?, 1, ?) "
                "ON CONFLICT (query) DO UPDATE SET uses = uses + 1, used_at = excluded.used_at",
                [(query, clock.now()) for query in queries],
            )
            raw.execute(
                "DELETE FROM search_history WHERE query IN "
                "(SELECT query FROM search_history ORDER BY used_at DESC LIMIT -1 OFFSET ?)",
                (_HISTORY,),
            )

        await self._database.write(note)


def _get(connection: Connection, search_id: str) -> SavedSearch:
    row = connection.execute("SELECT * FROM saved_searches WHERE id = ?", (search_id,)).fetchone()
    if row is None:
        raise SearchNotFoundError(f"No saved search {search_id[:80]}.")
    return _saved(row)


def _saved(row: Row) -> SavedSearch:
    return SavedSearch(row["id"], row["name"], json.loads(row["request"]), row["created_at"], row["updated_at"])


def terms_like(connection: Connection, word: str) -> list[tuple[str, int]]:
    """Words (with their number of passages) that begin like this one and are about as long."""
    return [
        (row[0], row[1])
        for row in connection.execute(
            "SELECT term, passages FROM search_terms WHERE term >= ? AND term < ? AND length(term) BETWEEN ? AND ?",
            (word[0], word[0] + _LAST, len(word) - 2, len(word) + 2),
        )
    ]


def terms_from(connection: Connection, prefix: str, *, limit: int) -> list[str]:
    """The commonest words that begin so."""
    return [
        row[0]
        for row in connection.execute(
            "SELECT term FROM search_terms WHERE term >= ? AND term < ? ORDER BY passages DESC, term LIMIT ?",
            (prefix, prefix + _LAST, limit),
        )
    ]


def history_from(connection: Connection, prefix: str, *, limit: int) -> list[str]:
    """What was searched for and begins so, the latest first."""
    return [
        row[0]
        for row in connection.execute(
            "SELECT query FROM search_history WHERE query >= ? AND query < ? ORDER BY used_at DESC LIMIT ?",
            (prefix, prefix + _LAST, limit),
        )
    ]


def tags_from(connection: Connection, prefix: str, *, limit: int) -> list[str]:
    """Tags that begin so, the most used first."""
    return [
        row[0]
        for row in connection.execute(
            "SELECT t.name FROM tags t LEFT JOIN item_tags it ON it.tag_number = t.number "
            "WHERE t.name >= ? AND t.name < ? GROUP BY t.number ORDER BY count(it.item_number) DESC, t.name LIMIT ?",
            (prefix, prefix + _LAST, limit),
        )
    ]
