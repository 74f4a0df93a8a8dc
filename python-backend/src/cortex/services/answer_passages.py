"""Passages found for an answer, as its workflow notes them: by id and score, their texts read again when needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import chunks
from cortex.domain.chunk import chunk_number_of
from cortex.domain.search import Passage
from cortex.services.answers import NumberedPassage
from cortex.services.retrieval.passages import passage_of

_SCORES = ("score", "cosine", "bm25", "coverage", "matched_terms", "missing_terms")


def noted(passages: Sequence[Passage], *, first: int = 1) -> list[dict[str, Any]]:
    """Passages as plain facts, numbered from `first` on."""
    return [
        {"n": number, "chunk_id": passage.chunk_id} | {name: _plain(getattr(passage, name)) for name in _SCORES}
        for number, passage in enumerate(passages, first)
    ]


class AnswerPassages:
    """Reads noted passages back."""

    def __init__(self, database: Database):
        self._database = database

    async def read(self, notes: Sequence[Mapping[str, Any]]) -> tuple[NumberedPassage, ...]:
        """The passages with their texts as they are stored now; those that are gone are left out."""
        if not notes:
            return ()
        return await self._database.read(lambda connection: _read(connection, notes))


def _read(connection: Connection, notes: Sequence[Mapping[str, Any]]) -> tuple[NumberedPassage, ...]:
    numbers = {note["chunk_id"]: chunk_number_of(note["chunk_id"]) for note in notes}
    wanted = [number for number in numbers.values() if number is not None]
    found = {each.chunk.id: each for each in chunks.get_many(connection, wanted)}
    return tuple(
        NumberedPassage(
            note["n"],
            passage_of(
                each,
                score=note.get("score", 0.0),
                cosine=note.get("cosine"),
                bm25=note.get("bm25", 0.0),
                matched=tuple(note.get("matched_terms", ())),
                missing=tuple(note.get("missing_terms", ())),
                coverage=note.get("coverage", 0.0),
            ),
            each.item.local_only,
            bool(note.get("in_exchange")),
        )
        for note in notes
        if (each := found.get(note["chunk_id"])) is not None
    )


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
