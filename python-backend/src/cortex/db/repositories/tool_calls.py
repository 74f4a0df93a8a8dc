"""Tool calls, the decisions on them, and which tools a conversation always allows. Functions of a connection."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

from cortex.db.driver import Connection, Row
from cortex.domain import clock
from cortex.domain.tool_call import Decision, ToolCallRecord, ToolCallState, ToolResult
from cortex.exceptions import ConflictError, ToolCallNotFoundError


def add(connection: Connection, calls: Iterable[ToolCallRecord]) -> None:
    """Store calls; one that stands already at its round and position stays as it is."""
    connection.executemany(
        "INSERT INTO tool_calls (id, conversation_id, message_id, round, position, name, arguments, description, "
        "needs_approval, state, is_local, result, undo_id, created_at, decided_at, ended_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (message_id, round, position) DO NOTHING",
        [
            (
                call.id,
                call.conversation_id,
                call.message_id,
                call.round,
                call.position,
                call.name,
                json.dumps(dict(call.arguments)),
                call.description,
                call.needs_approval,
                call.state,
                call.is_local,
                _result_json(call.result),
                call.undo_id,
                call.created_at,
                call.decided_at,
                call.ended_at,
            )
            for call in calls
        ],
    )


def get(connection: Connection, conversation_id: str, call_id: str) -> ToolCallRecord:
    """One call of a conversation. Raises ToolCallNotFoundError."""
    row = connection.execute(
        "SELECT * FROM tool_calls WHERE id = ? AND conversation_id = ?", (call_id, conversation_id)
    ).fetchone()
    if row is None:
        raise ToolCallNotFoundError(f"No tool call {call_id[:80]} in this conversation.")
    return _call(row)


def of_message(connection: Connection, message_id: str, round_: int | None = None) -> list[ToolCallRecord]:
    """The calls of an answer, or of one round of it, in order."""
    rows = connection.execute(
        "SELECT * FROM tool_calls WHERE message_id = ?1 AND round = coalesce(?2, round) ORDER BY round, position",
        (message_id, round_),
    ).fetchall()
    return [_call(row) for row in rows]


def of_conversation(connection: Connection, conversation_id: str) -> Mapping[str, Sequence[ToolCallRecord]]:
    """The calls of a conversation's answers, by message, in order."""
    found: dict[str, list[ToolCallRecord]] = {}
    for row in connection.execute(
        "SELECT * FROM tool_calls WHERE conversation_id = ? ORDER BY message_id, round, position", (conversation_id,)
    ):
        found.setdefault(row["message_id"], []).append(_call(row))
    return found


def decide(connection: Connection, conversation_id: str, call_id: str, decision: Decision) -> ToolCallRecord:
    """Note what the owner says to a pending call; saying the same again changes nothing.

    Raises ToolCallNotFoundError, ConflictError (it was decided otherwise, or the answer ended).
    """
    call = get(connection, conversation_id, call_id)
    if call.state == "pending" and not _is_open(connection, call.message_id):
        raise ConflictError("The answer that asked for this is over or was deleted. Nothing was done.")
    if call.state != "pending":
        if decision == "approve" and call.decided_at is not None and call.state in ("approved", "done", "failed"):
            return call
        if decision == "refuse" and call.state == "refused":
            return call
        raise ConflictError(f"Nothing waits for this any more: the call is {call.state}. Nothing was changed.")
    now = clock.now()
    if decision == "approve":
        connection.execute("UPDATE tool_calls SET state = 'approved', decided_at = ? WHERE id = ?", (now, call_id))
    else:
        refused = ToolResult("The owner refused this. It was not done; do not ask for it again.", is_error=True)
        _end(connection, call_id, "refused", refused, None, decided_at=now)
    return get(connection, conversation_id, call_id)


def finish(
    connection: Connection, call_id: str, state: ToolCallState, result: ToolResult, undo_id: str | None = None
) -> None:
    """Note how an approved call ended. Raises ConflictError when it may not run (any more): it must not happen."""
    row = connection.execute("SELECT state FROM tool_calls WHERE id = ?", (call_id,)).fetchone()
    if row is None or row["state"] != "approved":
        raise ConflictError("This tool call is not approved, or was carried out before. Nothing was done.")
    _end(connection, call_id, state, result, undo_id)


def add_facts(connection: Connection, call_id: str, result: ToolResult) -> None:
    """Replace the result of a call that has ended by one that says more."""
    connection.execute(
        "UPDATE tool_calls SET result = ? WHERE id = ? AND ended_at IS NOT NULL", (_result_json(result), call_id)
    )


def end_pending(connection: Connection, message_id: str, state: ToolCallState, reason: str) -> list[str]:
    """End every call of an answer that waits for a decision; gives their ids, in order."""
    pending = [call.id for call in of_message(connection, message_id) if call.state == "pending"]
    for call_id in pending:
        _end(connection, call_id, state, ToolResult(reason, is_error=True), None)
    return pending


def expire_orphans(connection: Connection, reason: str) -> int:
    """End pending calls whose answers are there and wait no more; gives their number."""
    rows = connection.execute(
        "SELECT c.id FROM tool_calls c JOIN messages m ON m.id = c.message_id "
        "WHERE c.state = 'pending' AND m.status <> 'waiting'"
    ).fetchall()
    for row in rows:
        _end(connection, row["id"], "expired", ToolResult(reason, is_error=True), None)
    return len(rows)


def waiting_answers(connection: Connection, conversation_id: str | None) -> list[tuple[str, str]]:
    """(conversation, message) of the answers that wait for the owner, oldest first."""
    rows = connection.execute(
        "SELECT conversation_id, id FROM messages "
        "WHERE status = 'waiting' AND conversation_id = coalesce(?, conversation_id) ORDER BY id",
        (conversation_id,),
    ).fetchall()
    return [(row[0], row[1]) for row in rows]


def grant(connection: Connection, conversation_id: str, name: str) -> None:
    """Always allow a tool in a conversation."""
    connection.execute(
        "INSERT INTO tool_grants (conversation_id, name, created_at) VALUES (?, ?, ?) "
        "ON CONFLICT (conversation_id, name) DO NOTHING",
        (conversation_id, name, clock.now()),
    )


def granted(connection: Connection, conversation_id: str) -> list[str]:
    """The tools that a conversation always allows, by name."""
    rows = connection.execute(
        "SELECT name FROM tool_grants WHERE conversation_id = ? ORDER BY name", (conversation_id,)
    ).fetchall()
    return [row[0] for row in rows]


def revoke(connection: Connection, conversation_id: str, name: str) -> bool:
    """Ask again from now on; False when the tool was not always allowed."""
    gone = connection.execute("DELETE FROM tool_grants WHERE conversation_id = ? AND name = ?", (conversation_id, name))
    return gone.rowcount > 0


def prune(connection: Connection, before: str) -> int:
    """Forget calls and grants from before that moment whose conversation or message is gone; gives how many."""
    calls = connection.execute(
        "DELETE FROM tool_calls WHERE created_at < ? AND message_id NOT IN (SELECT id FROM messages)", (before,)
    )
    grants = connection.execute(
        "DELETE FROM tool_grants WHERE created_at < ? AND conversation_id NOT IN (SELECT id FROM conversations)",
        (before,),
    )
    return calls.rowcount + grants.rowcount


def _is_open(connection: Connection, message_id: str) -> bool:
    """Whether an answer is being made or waits."""
    row = connection.execute("SELECT status FROM messages WHERE id = ?", (message_id,)).fetchone()
    return row is not None and row["status"] in ("streaming", "waiting")


def _end(
    connection: Connection,
    call_id: str,
    state: ToolCallState,
    result: ToolResult,
    undo_id: str | None,
    *,
    decided_at: str | None = None,
) -> None:
    connection.execute(
        "UPDATE tool_calls SET state = ?, result = ?, undo_id = ?, ended_at = ?, decided_at = coalesce(?, decided_at) "
        "WHERE id = ?",
        (state, _result_json(result), undo_id, clock.now(), decided_at, call_id),
    )


def _result_json(result: ToolResult | None) -> str | None:
    return json.dumps(asdict(result)) if result is not None else None


def _call(row: Row) -> ToolCallRecord:
    return ToolCallRecord(
        id=row["id"],
        conversation_id=row["conversation_id"],
        message_id=row["message_id"],
        round=row["round"],
        position=row["position"],
        name=row["name"],
        arguments=json.loads(row["arguments"]),
        description=row["description"],
        needs_approval=bool(row["needs_approval"]),
        state=row["state"],
        is_local=bool(row["is_local"]),
        created_at=row["created_at"],
        result=ToolResult(**json.loads(row["result"])) if row["result"] else None,
        undo_id=row["undo_id"],
        decided_at=row["decided_at"],
        ended_at=row["ended_at"],
    )
