"""Conversations and messages. Functions that take a connection are for use inside one transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import tool_calls, undo
from cortex.db.repositories.changes import ChangeLog
from cortex.db.repositories.conversation_rows import (
    ANSWER_COLUMNS,
    answer_values,
    conversation_of,
    message_of,
    scope_json,
)
from cortex.domain import clock
from cortex.domain.conversation import Conversation, HistorySummary, Message, Usage
from cortex.domain.paging import Page, Position, from_cursor, to_cursor
from cortex.exceptions import ConversationNotFoundError, MessageNotFoundError, ValidationError

_CONVERSATION = (
    "SELECT c.*, (SELECT count(*) FROM messages m WHERE m.conversation_id = c.id) AS message_count FROM conversations c"
)
_LIST = "conversations"


class ConversationRepository:
    """One transaction each; an answer and its question begin together."""

    def __init__(self, database: Database):
        self._database = database

    async def create(self, conversation: Conversation) -> str | None:
        """Store a new conversation; gives the undo id."""

        def insert(connection: Connection) -> str | None:
            log = ChangeLog(connection)
            log.note_conversation(conversation.id)
            connection.execute(
                "INSERT INTO conversations (id, title, title_by_user, scope, created_at, updated_at) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (
                    conversation.id,
                    conversation.title,
                    conversation.title_by_user,
                    scope_json(conversation.scope),
                    conversation.created_at,
                    conversation.updated_at,
                ),
            )
            return undo.record(connection, "begin conversation", log.before)

        return await self._database.write(insert)

    async def get(self, conversation_id: str) -> Conversation:
        """The conversation. Raises ConversationNotFoundError."""
        return await self._database.read(lambda connection: get(connection, conversation_id))

    async def page(self, limit: int, *, cursor: str | None = None, offset: int = 0) -> Page[Conversation]:
        """Conversations, last used first. Raises ValidationError when the cursor belongs to another list."""
        before = _position(cursor) if cursor is not None else None

        def select(connection: Connection) -> Page[Conversation]:
            where, values = ("WHERE (c.updated_at, c.id) < (?, ?)", before) if before else ("", ())
            rows = connection.execute(
                f"{_CONVERSATION} {where} ORDER BY c.updated_at DESC, c.id DESC LIMIT ? OFFSET ?",
                (*values, limit + 1, 0 if before else offset),
            ).fetchall()
            total: int = connection.execute("SELECT count(*) FROM conversations").fetchone()[0]
            shown = [conversation_of(row) for row in rows[:limit]]
            following = None
            if len(rows) > limit:
                following = to_cursor(Position(_LIST, f"{shown[-1].updated_at} {shown[-1].id}", 0))
            return Page(shown, following, total)

        return await self._database.read(select)

    async def rename(self, conversation_id: str, title: str) -> tuple[Conversation, str | None]:
        """Give a title that the first question no longer replaces; gives the undo id too.

        Raises ConversationNotFoundError.
        """

        def update(connection: Connection) -> tuple[Conversation, str | None]:
            undo_id = _undoable(connection, "rename conversation", conversation_id)
            connection.execute(
                "UPDATE conversations SET title = ?, title_by_user = 1, updated_at = ? WHERE id = ?",
                (title, clock.now(), conversation_id),
            )
            return get(connection, conversation_id), undo_id

        return await self._database.write(update)

    async def delete(self, conversation_id: str) -> str | None:
        """Delete a conversation with its messages; gives the undo id. Raises ConversationNotFoundError."""

        def remove(connection: Connection) -> str | None:
            undo_id = _undoable(connection, "delete conversation", conversation_id)
            connection.execute("DELETE FROM conversations WHERE id = ?", (conversation_id,))
            return undo_id

        return await self._database.write(remove)

    async def messages(self, conversation_id: str) -> list[Message]:
        """All messages in order; empty for an unknown conversation."""
        return await self._database.read(lambda connection: messages(connection, conversation_id))

    async def message(self, conversation_id: str, message_id: str) -> Message:
        """One message of a conversation. Raises MessageNotFoundError."""
        return await self._database.read(lambda connection: message(connection, conversation_id, message_id))

    async def delete_messages(self, conversation_id: str, message_ids: Sequence[str]) -> str | None:
        """Delete messages of a conversation and give the undo id; ids that are not there are passed over.

        Raises ConversationNotFoundError.
        """

        def remove(connection: Connection) -> str | None:
            undo_id = _undoable(connection, "delete message", conversation_id)
            first = connection.execute(
                "SELECT min(position) FROM messages "
                "WHERE conversation_id = ? AND id IN (SELECT value FROM json_each(?))",
                (conversation_id, json.dumps(list(message_ids))),
            ).fetchone()[0]
            if first is not None:
                _forget_summary(connection, conversation_id, first)
            connection.executemany(
                "DELETE FROM messages WHERE conversation_id = ? AND id = ?",
                [(conversation_id, message_id) for message_id in message_ids],
            )
            _touch(connection, conversation_id)
            return undo_id

        return await self._database.write(remove)

    async def begin_turn(
        self, new: Sequence[Message], *, asked_again: Message | None = None, title: str | None = None
    ) -> tuple[list[Message], str | None]:
        """Append messages of one conversation; gives them with their positions, and the undo id.

        `asked_again` is a stored question, perhaps with other words, behind which everything goes first. `title`
        is set unless a person gave one. Raises ConversationNotFoundError.
        """
        conversation_id = new[0].conversation_id

        def append(connection: Connection) -> tuple[list[Message], str | None]:
            conversation = get(connection, conversation_id)
            undo_id = _undoable(connection, "answer again" if asked_again else "ask", conversation_id)
            if asked_again is not None:
                connection.execute(
                    "DELETE FROM messages WHERE conversation_id = ? AND position > ?",
                    (conversation_id, asked_again.position),
                )
                _forget_summary(connection, conversation_id, asked_again.position)
                connection.execute(
                    "UPDATE messages SET content = ?, updated_at = ? WHERE id = ? AND content <> ?",
                    (asked_again.content, clock.now(), asked_again.id, asked_again.content),
                )
            if title is not None and not conversation.title_by_user:
                connection.execute("UPDATE conversations SET title = ? WHERE id = ?", (title, conversation_id))
            for each in new:
                _insert(connection, each)
            _touch(connection, conversation_id)
            return [message(connection, conversation_id, each.id) for each in new], undo_id

        return await self._database.write(append)

    async def save_answer(self, answer: Message) -> Message:
        """Store how an answer stands now, and give it with its tool calls. One that was deleted meanwhile stays
        deleted."""

        def update(connection: Connection) -> Message:
            columns = ", ".join(f"{name} = ?" for name in ANSWER_COLUMNS)
            connection.execute(
                f"UPDATE messages SET {columns}, updated_at = ? WHERE id = ?",
                (*answer_values(answer), answer.updated_at, answer.id),
            )
            _touch(connection, answer.conversation_id)
            return replace(answer, tool_calls=tuple(tool_calls.of_message(connection, answer.id)))

        return await self._database.write(update)

    async def save_afterthoughts(self, message_id: str, suggestions: Sequence[str], usage: Usage | None) -> None:
        """Store what came after an answer had ended; the conversation counts as untouched."""

        def update(connection: Connection) -> None:
            connection.execute(
                "UPDATE messages SET suggestions = ?, usage = coalesce(?, usage) WHERE id = ?",
                (
                    json.dumps(suggestions, ensure_ascii=False),
                    json.dumps(asdict(usage)) if usage else None,
                    message_id,
                ),
            )

        await self._database.write(update)

    async def improve_title(self, conversation_id: str, *, instead_of: str, title: str) -> bool:
        """Give a better title than the one made from the first question; False when a person or an edit came first."""

        def update(connection: Connection) -> bool:
            changed = connection.execute(
                "UPDATE conversations SET title = ? WHERE id = ? AND title = ? AND title_by_user = 0",
                (title, conversation_id, instead_of),
            )
            return changed.rowcount > 0

        return await self._database.write(update)

    async def save_summary(self, conversation_id: str, summary: HistorySummary, *, last: str) -> bool:
        """Keep what came first in short. False, and nothing is kept, when `last`, the id of the last message that
        it covers, is no longer there: the summary would tell of what was taken back."""

        def update(connection: Connection) -> bool:
            changed = connection.execute(
                "UPDATE conversations SET summary = ? WHERE id = ? "
                "AND EXISTS (SELECT 1 FROM messages WHERE id = ? AND position = ? AND conversation_id = ?)",
                (
                    json.dumps(asdict(summary), ensure_ascii=False),
                    conversation_id,
                    last,
                    summary.until,
                    conversation_id,
                ),
            )
            return changed.rowcount > 0

        return await self._database.write(update)

    async def mark_interrupted(self) -> int:
        """Mark answers that a former run left unfinished; gives how many there were."""

        def update(connection: Connection) -> int:
            changed = connection.execute(
                "UPDATE messages SET status = 'interrupted', updated_at = ? WHERE status = 'streaming'", (clock.now(),)
            )
            return changed.rowcount

        return await self._database.write(update)


def _position(cursor: str) -> tuple[str, str]:
    """(updated_at, id) of the last conversation seen."""
    try:
        position = from_cursor(cursor)
    except ValueError:
        position = None
    if position is None or position.sort != _LIST or not isinstance(position.value, str):
        message = "This cursor does not belong to this list. Start again without one."
        raise ValidationError(message, details=[{"loc": ["query", "cursor"], "msg": message, "type": "cursor"}])
    updated_at, _, conversation_id = position.value.partition(" ")
    return updated_at, conversation_id


def get(connection: Connection, conversation_id: str) -> Conversation:
    """The conversation. Raises ConversationNotFoundError."""
    row = connection.execute(f"{_CONVERSATION} WHERE c.id = ?", (conversation_id,)).fetchone()
    if row is None:
        raise ConversationNotFoundError(f"No conversation {conversation_id}.")
    return conversation_of(row)


def messages(connection: Connection, conversation_id: str) -> list[Message]:
    """All messages in order."""
    rows = connection.execute(
        "SELECT * FROM messages WHERE conversation_id = ? ORDER BY position", (conversation_id,)
    ).fetchall()
    calls = tool_calls.of_conversation(connection, conversation_id)
    return [replace(one, tool_calls=tuple(calls.get(one.id, ()))) for one in map(message_of, rows)]


def message(connection: Connection, conversation_id: str, message_id: str) -> Message:
    """One message of a conversation. Raises MessageNotFoundError."""
    row = connection.execute(
        "SELECT * FROM messages WHERE id = ? AND conversation_id = ?", (message_id, conversation_id)
    ).fetchone()
    if row is None:
        raise MessageNotFoundError(f"No message {message_id} in conversation {conversation_id}.")
    return replace(message_of(row), tool_calls=tuple(tool_calls.of_message(connection, message_id)))


def grounds(connection: Connection, message_id: str) -> tuple[str, ...]:
    """The items that an answer was made from, as far as they are noted by now."""
    row = connection.execute("SELECT grounds FROM messages WHERE id = ?", (message_id,)).fetchone()
    return tuple(json.loads(row["grounds"])) if row is not None else ()


def note_grounds(connection: Connection, message_id: str, item_ids: Sequence[str]) -> None:
    """Add items that an answer is made from, before it ends."""
    noted = json.dumps(list(dict.fromkeys((*grounds(connection, message_id), *item_ids))))
    connection.execute("UPDATE messages SET grounds = ? WHERE id = ?", (noted, message_id))


def _undoable(connection: Connection, action: str, conversation_id: str) -> str | None:
    """Keep how a conversation stands; gives the undo id. Raises ConversationNotFoundError."""
    get(connection, conversation_id)
    log = ChangeLog(connection)
    log.note_conversation(conversation_id)
    return undo.record(connection, action, log.before)


def _insert(connection: Connection, new: Message) -> None:
    connection.execute(
        f"INSERT INTO messages ({', '.join(ANSWER_COLUMNS)}, "
        "id, conversation_id, role, scope, created_at, updated_at, position) "
        f"SELECT {'?, ' * len(ANSWER_COLUMNS)}?, ?, ?, ?, ?, ?, coalesce(max(position) + 1, 0) "
        "FROM messages WHERE conversation_id = ?",
        (
            *answer_values(new),
            new.id,
            new.conversation_id,
            new.role,
            scope_json(new.scope),
            new.created_at,
            new.updated_at,
            new.conversation_id,
        ),
    )


def _touch(connection: Connection, conversation_id: str) -> None:
    connection.execute("UPDATE conversations SET updated_at = ? WHERE id = ?", (clock.now(), conversation_id))


def _forget_summary(connection: Connection, conversation_id: str, position: int) -> None:
    """Drop the summary of what came first when a message from `position` on is no longer what it was."""
    connection.execute(
        "UPDATE conversations SET summary = NULL WHERE id = ? AND json_extract(summary, '$.until') >= ?",
        (conversation_id, position),
    )
