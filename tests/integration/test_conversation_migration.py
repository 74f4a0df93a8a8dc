"""Conversations of an older Cortex are all there after the schema for written answers, and can be undone."""

from __future__ import annotations

import json
from pathlib import Path

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.migrate import migrate, migrations
from cortex.db.repositories import conversation_snapshots
from cortex.db.repositories.conversations import ConversationRepository

BEFORE = 9
_MOMENT = "2026-01-01T00:00:00Z"
_CITATION = {
    "n": 1, "item_id": "item_1", "chunk_id": "chunk_1", "title": "T", "url": None, "quote": "Ada", "start": 0, "end": 3,
    "page": None, "content_version": 1, "verified": True,
}  # fmt: skip


def _old(connection: Connection) -> None:
    connection.execute(
        "INSERT INTO conversations (id, title, created_at, updated_at) VALUES ('conv_1', 'Old', ?, ?)",
        (_MOMENT, _MOMENT),
    )
    rows = (("msg_1", 0, "user", "Who?", "[]"), ("msg_2", 1, "assistant", "Ada [1].", json.dumps([_CITATION])))
    for message, position, role, content, citations in rows:
        connection.execute(
            "INSERT INTO messages "
            "(id, conversation_id, position, role, content, status, citations, created_at, updated_at) "
            "VALUES (?, 'conv_1', ?, ?, ?, 'done', ?, ?, ?)",
            (message, position, role, content, citations, _MOMENT, _MOMENT),
        )


async def test_messages_are_kept_and_an_old_snapshot_is_put_back(tmp_path: Path) -> None:
    database = Database(tmp_path / "cortex.db")
    await database.open()
    for number, sql in migrations():
        if number <= BEFORE:
            await database.maintain(lambda c, n=number, s=sql: c.executescript(f"{s}; PRAGMA user_version={n};"))  # type: ignore[misc] # bound per step
    await database.write(_old)
    await migrate(database, backups=None)
    repository = ConversationRepository(database)
    question, answer = await repository.messages("conv_1")
    assert (question.content, answer.content, answer.claims, answer.grounds) == ("Who?", "Ada [1].", (), ())
    assert answer.citations[0].quote == "Ada"

    kept = await database.read(lambda c: conversation_snapshots.take(c, "conv_1"))
    assert kept is not None
    del kept["conversation"]["summary"]
    for message in kept["messages"]:
        for name in ("claims", "suggestions", "thoughts", "grounds"):
            del message[name]
    await repository.delete("conv_1")
    await database.write(lambda c: conversation_snapshots.put_back(c, "conv_1", kept))
    assert await repository.messages("conv_1") == [question, answer]
    await database.close()
