"""Stretches of stored texts, by version and code points: what citations are made from and checked against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cortex.db.database import Database
from cortex.db.driver import Connection


@dataclass(frozen=True, slots=True)
class Span:
    """Code points `start`–`end` of an item's text at a version."""

    item_id: str
    content_version: int
    start: int
    end: int


class TextRepository:
    """Reads spans of texts."""

    def __init__(self, database: Database):
        self._database = database

    async def read_spans(self, spans: Sequence[Span]) -> list[str | None]:
        """The text of each span, in order; None where the item or the version is gone."""

        def select(connection: Connection) -> list[str | None]:
            texts: dict[tuple[str, int], str | None] = {}
            for span in spans:
                key = (span.item_id, span.content_version)
                if key not in texts:
                    row = connection.execute(
                        "SELECT text FROM item_contents JOIN items ON items.number = item_number "
                        "WHERE items.id = ? AND version = ?",
                        key,
                    ).fetchone()
                    texts[key] = row["text"] if row is not None else None
            # Sliced here and not by SQLite's substr, which stops at a NUL.
            return [
                text[span.start : span.end] if (text := texts[span.item_id, span.content_version]) is not None else None
                for span in spans
            ]

        return await self._database.read(select)
