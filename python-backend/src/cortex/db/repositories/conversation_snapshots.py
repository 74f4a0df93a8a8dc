"""Whole conversations as plain rows, so that a write that loses messages can be undone."""

from __future__ import annotations

from typing import Any

from cortex.db.driver import Connection

_CONVERSATION = ("id", "title", "title_by_user", "scope", "created_at", "updated_at", "summary")
_MESSAGE = (
    "id", "conversation_id", "position", "role", "content", "status", "found", "error_code", "error_message",
    "citations", "claims", "tool_calls", "suggestions", "thoughts", "grounds", "scope", "provider", "model", "usage",
    "created_at", "updated_at",
)  # fmt: skip
Snapshot = dict[str, Any]
"""`conversation`: its row; `messages`: theirs, in order."""


def take(connection: Connection, conversation_id: str) -> Snapshot | None:
    """How a conversation stands; None when there is none."""
    row = connection.execute("SELECT * FROM conversations WHERE id = ?", (conversation_id,)).fetchone()
    if row is None:
        return None
    messages = connection.execute(
        "SELECT * FROM messages WHERE conversation_id = ? ORDER BY position", (conversation_id,)
    ).fetchall()
    return {
        "conversation": {name: row[name] for name in _CONVERSATION},
        "messages": [{name: message[name] for name in _MESSAGE} for message in messages],
    }


def put_back(connection: Connection, conversation_id: str, snapshot: Snapshot | None) -> None:
    """Make a conversation stand as it did; None removes it. An answer that was being made then is interrupted."""
    connection.execute("DELETE FROM conversations WHERE id = ?", (conversation_id,))
    if snapshot is None:
        return
    _insert(connection, "conversations", _CONVERSATION, snapshot["conversation"])
    for message in snapshot["messages"]:
        stopped = {"status": "interrupted"} if message["status"] == "streaming" else {}
        _insert(connection, "messages", _MESSAGE, message | stopped)


def _insert(connection: Connection, table: str, columns: tuple[str, ...], row: dict[str, Any]) -> None:
    known = [name for name in columns if name in row]  # an older Cortex kept fewer
    marks = ", ".join("?" for _ in known)
    names = ", ".join(known)
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row[name] for name in known))
